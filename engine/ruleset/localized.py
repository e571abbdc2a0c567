"""Texts in the two languages of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["vi", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Localized:
    """A text in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in `language`."""
        return self.vi if language == "vi" else self.en


def fill(text: Mapping[str, str], /, **details: Localized | str) -> Localized:
    """A text of both languages with `details` put in; one that is a `Localized` in its language."""
    return Localized(
        *(
            text[language].format_map(
                {
                    name: each.in_(language) if isinstance(each, Localized) else each
                    for name, each in details.items()
                }
            )
            for language in LANGUAGES
        )
    )
