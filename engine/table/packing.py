"""Small numbers of many columns packed into few columns of 64 bits, so that rows can be told apart quickly."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


class Packing:
    """So many numbers, of so many bits each.

    Attributes:
        columns: the names of the columns that hold them.
    """

    def __init__(self, name: str, count: int, bits: int) -> None:
        self._bits = bits
        self._count = count
        self._each = 63 // bits
        self.columns = [f"{name} {number}" for number in range(-(-count // self._each))]

    def pack(self, numbers: Sequence[pl.Expr]) -> list[pl.Expr]:
        """The columns that hold `numbers`."""
        return [
            pl.sum_horizontal(
                number.cast(pl.Int64) * (1 << self._bits * place)
                for place, number in enumerate(numbers[at * self._each : (at + 1) * self._each])
            ).alias(column)
            for at, column in enumerate(self.columns)
        ]

    def unpack(self, held: Sequence[int]) -> list[int]:
        """The numbers that columns hold in one row."""
        mask = (1 << self._bits) - 1
        return [
            held[number // self._each] >> self._bits * (number % self._each) & mask
            for number in range(self._count)
        ]
