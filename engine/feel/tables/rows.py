"""Sets of rows, as integers: row 0 is the lowest bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def rows_of(rows: int) -> Iterator[int]:
    """The rows of a set, from the first."""
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest


def set_of(rows: Iterable[int]) -> int:
    """The set of some rows."""
    found = bytearray()
    for row in rows:
        place, bit = divmod(row, 8)
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << bit
    return int.from_bytes(found, "little")
