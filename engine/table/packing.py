"""Small numbers of many columns packed into few columns of 64 bits, and what each different row of them comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any, Final

import polars as pl

MAX_KNOWN: Final = 500_000  # rows of numbers of which is kept what they come to
_BITS: Final = 63  # of a column: a number is never below zero


class Packing:
    """Numbers, each of so many bits.

    Attributes:
        columns: the names of the columns that hold them; at least one.
    """

    def __init__(self, name: str, widths: Sequence[int]) -> None:
        self._places: list[
            tuple[int, int, int]
        ] = []  # of each number its column, its first bit, and its mask
        column, bit = 0, 0
        for width in widths:
            if bit + width > _BITS:
                column, bit = column + 1, 0
            self._places.append((column, bit, (1 << width) - 1))
            bit += width
        self.columns = [f"{name} {number}" for number in range(column + 1)]

    def pack(self, numbers: Sequence[pl.Expr]) -> list[pl.Expr]:
        """The columns that hold `numbers`; null where one of those in it is."""
        held: list[list[pl.Expr]] = [[] for _ in self.columns]
        for number, (column, bit, _) in zip(numbers, self._places, strict=True):
            held[column].append(number.cast(pl.Int64) * (1 << bit))
        nothing = pl.lit(0, pl.Int64)
        return [reduce(add, each, nothing).alias(name) for each, name in zip(held, self.columns, strict=True)]

    def unpack(self, held: Sequence[int]) -> list[int]:
        """The numbers that columns hold in one row."""
        return [held[column] >> bit & mask for column, bit, mask in self._places]


class Lookup:
    """What different rows of whole numbers come to: worked out once for each, and kept."""

    def __init__(
        self,
        columns: Sequence[str],
        comes_to: Mapping[str, pl.DataType],
        work_out: Callable[[tuple[int, ...]], tuple[Any, ...]],
    ) -> None:
        """Keep nothing yet.

        Args:
            columns: of the numbers.
            comes_to: the columns of what a row comes to, and their types.
            work_out: what a row of numbers comes to.
        """
        self._columns = list(columns)
        self._comes_to = dict(comes_to)
        self._work_out = work_out
        numbers: dict[str, pl.DataType] = dict.fromkeys(columns, pl.Int64())
        self._known = pl.DataFrame(schema=numbers | self._comes_to)

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What each of `rows` comes to, in their order; null where a number is."""
        if self._known.height > MAX_KNOWN:
            self._known = self._known.clear()
        found = self._joined(rows)
        new = found[:, 0].is_null()
        if not new.any():
            return found
        different = rows.filter(new).drop_nulls().unique(maintain_order=True)
        if different.is_empty():
            return found
        worked_out = [self._work_out(row) for row in different.iter_rows()]
        results = pl.DataFrame(worked_out, schema=self._comes_to, orient="row")
        self._known = pl.concat([self._known, different.hstack(results)], rechunk=True)
        return self._joined(rows)

    def _joined(self, rows: pl.DataFrame) -> pl.DataFrame:
        joined = rows.join(self._known, on=self._columns, how="left", maintain_order="left")
        return joined.select(list(self._comes_to))
