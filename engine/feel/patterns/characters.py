"""Sets of characters: sorted, disjoint, inclusive ranges of code points; and those that escapes name."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import groupby
from typing import Final, TypeAlias

from engine.feel.patterns.blocks import BLOCKS

Ranges: TypeAlias = tuple[tuple[int, int], ...]

LAST: Final = sys.maxunicode
_CATEGORY: Final = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")

SPACE: Final[Ranges] = ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
_NAME_START: Final[Ranges] = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_NAME_MORE: Final[Ranges] = (
    (0x2D, 0x2E),
    (0x30, 0x39),
    (0xB7, 0xB7),
    (0x300, 0x36F),
    (0x203F, 0x2040),
)


def merge(ranges: list[tuple[int, int]]) -> Ranges:
    """The union, sorted and without overlaps."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


def complement(ranges: Ranges) -> Ranges:
    """Every other character."""
    result: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if start < low:
            result.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        result.append((start, LAST))
    return tuple(result)


def subtract(ranges: Ranges, other: Ranges) -> Ranges:
    """What is in `ranges` and not in `other`."""
    return complement(merge([*complement(ranges), *other]))


def contains(ranges: Ranges, code: int) -> bool:
    """Whether the character `code` is in `ranges`."""
    position = bisect_right(ranges, (code, LAST)) - 1
    return position >= 0 and ranges[position][0] <= code <= ranges[position][1]


_ASCII_CASED: Final = tuple((code, (code ^ 32,)) for code in range(128) if chr(code).isalpha())


@cache
def _cased() -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Each character that has another case, with all that it is in upper and lower case."""
    found = []
    for code in range(LAST + 1):
        one = chr(code)
        both = {ord(other) for other in (one.lower(), one.upper(), one.title()) if len(other) == 1} - {code}
        if both:
            found.append((code, tuple(both)))
    return tuple(found)


def both_cases(ranges: Ranges) -> Ranges:
    """`ranges` with the other case of each character."""
    if all(high < 128 for _, high in ranges):  # what most patterns have, without the whole of Unicode
        cased: tuple[tuple[int, tuple[int, ...]], ...] = _ASCII_CASED
    else:
        cased = _cased()
    others = [(other, other) for code, both in cased if contains(ranges, code) for other in both]
    return merge([*ranges, *others])


@cache
def _by_category() -> dict[str, Ranges]:
    """The characters of each two-letter category."""
    found: dict[str, list[tuple[int, int]]] = {}
    for category, codes in groupby(range(LAST + 1), lambda code: unicodedata.category(chr(code))):
        run = list(codes)
        found.setdefault(category, []).append((run[0], run[-1]))
    return {category: tuple(ranges) for category, ranges in found.items()}


@cache
def named(name: str) -> Ranges | None:
    """The characters of ``s``, ``d``, ``w``, ``i``, ``c``, a category or a block; None if there is no such."""
    match name:
        case "s":
            return SPACE
        case "i":
            return _NAME_START
        case "c":
            return merge([*_NAME_START, *_NAME_MORE])
        case "d":
            return named("Nd")
        case "w":
            return complement(merge([each for top in "PZC" for each in named(top) or ()]))
    if _CATEGORY.fullmatch(name):
        return merge(
            [each for full, ranges in _by_category().items() if full.startswith(name) for each in ranges]
        )
    return BLOCKS.get(name)
