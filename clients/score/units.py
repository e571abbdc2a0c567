"""Units of numbers, in both languages, and what turns one into another exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, Inexact, localcontext
from typing import Final

from clients.score.words import plain

# A month has no exact number of days: what is counted in one is never turned into the other.
_UNITS: Final[Mapping[str, tuple[str, int]]] = {
    "month": ("months", 1),
    "year": ("months", 12),
    "day": ("days", 1),
    "week": ("days", 7),
    "point": ("points", 1),
    "percent": ("shares", 1),
    "share": ("shares", 100),
    "dong": ("money", 1),
    "thousand dong": ("money", 1_000),
    "million dong": ("money", 1_000_000),
    "billion dong": ("money", 1_000_000_000),
}
_WORDS: Final[Mapping[str, str]] = {
    "tháng": "month",
    "months": "month",
    "năm": "year",
    "years": "year",
    "ngày": "day",
    "days": "day",
    "tuần": "week",
    "weeks": "week",
    "điểm": "point",
    "points": "point",
    "phần trăm": "percent",
    "đồng": "dong",
    "đ": "dong",
    "vnd": "dong",
    "nghìn đồng": "thousand dong",
    "ngàn đồng": "thousand dong",
    "triệu đồng": "million dong",
    "triệu": "million dong",
    "tỷ đồng": "billion dong",
    "tỷ": "billion dong",
}
_WITH_UNIT: Final = re.compile(r"\s*([+\-−]?[\d.,'\s\u00a0\u202f]*\d)\s*(\D*?)\s*", re.DOTALL)


def named(unit: str) -> str:
    """The name of a unit as rulesets write it; what is none stays as it is."""
    word = plain(unit)
    return _WORDS.get(word, word)


def factor_of(unit: str, wanted: str) -> Decimal | None:
    """What a number in `unit` is multiplied with to be one in `wanted`; None where there is nothing exact.

    Years turn into months, and months not into years.
    """
    unit, wanted = named(unit), named(wanted)
    if unit == wanted:
        return Decimal(1)
    one, other = _UNITS.get(unit), _UNITS.get(wanted)
    if one is None or other is None or one[0] != other[0]:
        return None
    with localcontext() as context:
        context.traps[Inexact] = True
        try:
            return Decimal(one[1]) / Decimal(other[1])
        except Inexact:
            return None


def split_unit(cell: str) -> tuple[str, str]:
    """The digits in a cell and the unit after them, which is mostly empty; ``%`` stands for itself."""
    parts = _WITH_UNIT.fullmatch(cell)
    return (parts[1], parts[2]) if parts else (cell, "")
