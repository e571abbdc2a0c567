"""Words as people write them: compared without case, spacing, and the two ways that Unicode has for a letter."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACES: Final = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


def composed(text: str) -> str:
    """`text` with each letter in one piece: Windows-1258 and Apple's programs write a tone as a mark of its own."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """`text` for comparing: composed letters, one space between words, no capitals."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()


def bare(text: str) -> str:
    """`text` for guessing: besides, without marks on letters and with nothing but letters and digits."""
    decomposed = unicodedata.normalize("NFD", plain(text).replace("đ", "d"))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub(" ", letters).strip()


TRUE: Final = frozenset({"true", "yes", "y", "x", "✓", "✔", "có", "đúng", "1"})
FALSE: Final = frozenset({"false", "no", "n", "không", "không có", "sai", "0"})
"""What says yes and what says no, as `plain` writes it; a blank cell says neither."""
