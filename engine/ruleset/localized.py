"""Texts in the two languages of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Localized:
    """A text in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in `language`."""
        return self.vi if language == "vi" else self.en
