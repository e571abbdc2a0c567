"""What a term may be: numbers between bounds, words, truth values; cut into cells at the constants it is asked about.

All values of a cell answer every test alike, so one of them stands for all. Missing counts as a value of its own:
where a term may be null, null is a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

Value: TypeAlias = Fraction | str | bool | None
"""Of a cell: dates are numbers of days; None is null."""

OTHER: Final = "\0other"
"""Stands for every text that no test names."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers from `low` to `high`, both included; an end that is None is open.

    Attributes:
        low: the least.
        high: the greatest.
        whole: only whole numbers.
        nullable: null as well.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    whole: bool = False
    nullable: bool = True

    def cells(self, constants: Iterable[Value]) -> Iterator[Value]:
        """A value for each cell."""
        if self.nullable:
            yield None
        points = {each for each in constants if isinstance(each, Fraction) and not isinstance(each, bool)}
        points |= {end for end in (self.low, self.high) if end is not None}
        yield from filter(self._holds, self._representatives(sorted(points)))

    def _representatives(self, points: list[Fraction]) -> Iterator[Fraction]:
        """The points, and a number before, between and after them."""
        if not points:
            yield Fraction(0)
            return
        yield self._below(points[0])
        for left, right in zip(points, [*points[1:], None], strict=True):
            yield left
            if right is None:
                yield self._above(left)
            elif not self.whole:
                yield (left + right) / 2
            elif self._above(left) < right:
                yield self._above(left)

    def _below(self, point: Fraction) -> Fraction:
        return Fraction(-(-point // 1) - 1) if self.whole else point - 1

    def _above(self, point: Fraction) -> Fraction:
        return Fraction(point // 1 + 1) if self.whole else point + 1

    def _holds(self, value: Fraction) -> bool:
        low = self.low is None or self.low <= value
        high = self.high is None or value <= self.high
        return low and high and not (self.whole and value.denominator != 1)

    def scaled(self, factor: Fraction) -> Numbers:
        """The numbers times a factor that is not 0."""
        ends = [None if end is None else end * factor for end in (self.low, self.high)]
        low, high = ends if factor > 0 else ends[::-1]
        return Numbers(low, high, self.whole and factor.denominator == 1, self.nullable)

    def plus(self, other: Numbers) -> Numbers:
        """The sums of one of these and one of those."""
        return Numbers(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            self.whole and other.whole,
            self.nullable or other.nullable,
        )

    def hull(self, other: Numbers) -> Numbers:
        """The least span that holds both."""
        return Numbers(
            None if self.low is None or other.low is None else min(self.low, other.low),
            None if self.high is None or other.high is None else max(self.high, other.high),
            self.whole and other.whole,
            self.nullable or other.nullable,
        )

    def within(self, low: Fraction | None, high: Fraction | None) -> Numbers:
        """Those between two ends as well."""
        lows = [end for end in (self.low, low) if end is not None]
        highs = [end for end in (self.high, high) if end is not None]
        return Numbers(max(lows, default=None), min(highs, default=None), self.whole, self.nullable)


@dataclass(frozen=True, slots=True)
class Words:
    """Texts: those of an enumeration, or any where `values` is None."""

    values: tuple[str, ...] | None = None
    nullable: bool = True

    def cells(self, constants: Iterable[Value]) -> Iterator[Value]:
        """A value for each cell."""
        if self.nullable:
            yield None
        if self.values is not None:
            yield from self.values
        else:
            yield from dict.fromkeys(each for each in constants if isinstance(each, str))
            yield OTHER


@dataclass(frozen=True, slots=True)
class Truths:
    """True and false."""

    nullable: bool = True

    def cells(self, constants: Iterable[Value]) -> Iterator[Value]:  # noqa: ARG002 - as the other domains
        """A value for each cell."""
        if self.nullable:
            yield None
        yield from (True, False)


Domain: TypeAlias = Numbers | Words | Truths


@dataclass(frozen=True, slots=True)
class Term:
    """Something that has a value in every record: a fact, or an expression that is not looked into.

    Attributes:
        key: its text; the same text is the same term.
        domain: what it may be.
    """

    key: str
    domain: Domain
