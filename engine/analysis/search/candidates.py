"""Values worth trying for each fact: those where a result of the ruleset may turn, and their neighbours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, Final

from engine.analysis.study import Study, walk
from engine.feel.parser import parse_unary_tests
from engine.feel.tables.cells import NO_CONSTANT, constant_of, read_cell
from engine.feel.temporal import YearsMonths, add_months
from engine.ruleset.ruleset import Fact
from engine.ruleset.types import DeclaredType

MAX_ITEMS: Final = 12  # of a list that is tried
MAX_DENOMINATOR: Final = 100  # of a share for which whole numbers are tried: 29 % is 29 of 100
_SMALL: Final = range(6)
_STEP: Final = Decimal("0.01")  # beside a number that is not whole
_MONTHS_PER_YEAR: Final = 12
_MOST_YEARS: Final = 100
_LENGTHS: Final = (0, 1, 1, 2, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact, or a field of one, that has a single value; a list counts as one.

    Attributes:
        keys: the names that lead to it.
        declared: its type.
        empty: whether it may be null.
        fact: the fact that it is, or None where it is a field.
    """

    keys: tuple[str, ...]
    declared: DeclaredType
    empty: bool
    fact: Fact | None

    @property
    def path(self) -> str:
        """The names with dots."""
        return ".".join(self.keys)


class Candidates:
    """Values to try for the facts of one ruleset, evaluated on one day."""

    def __init__(self, study: Study, day: dt.date) -> None:
        self._study = study
        self._day = day
        self._cache: dict[tuple[DeclaredType, str], tuple[Any, ...]] = {}
        self.leaves = tuple(
            leaf
            for name, fact in study.ruleset.facts.items()
            for leaf in _leaves((name,), fact.declared, empty=fact.empty, fact=fact)
        )

    def value(self, leaf: Leaf, random: Random) -> Any:
        """A value for a leaf, one that the fact allows."""
        if leaf.empty and not random.randrange(4):
            return None
        return self._any(leaf.declared, random, leaf.fact)

    def item(self, declared: DeclaredType, random: Random) -> Any:
        """An item of a list of that type."""
        return self._any(declared, random, None)

    def _any(self, declared: DeclaredType, random: Random, fact: Fact | None) -> Any:
        if declared.kind == "list" and declared.item is not None:
            return [self.item(declared.item, random) for _ in range(random.choice(self._lengths))]
        if declared.kind == "record":
            return {
                name: None if field.empty and not random.randrange(3) else self._any(field.type, random, None)
                for name, field in declared.fields.items()
            }
        return random.choice(self.values(declared, fact))

    def values(self, declared: DeclaredType, fact: Fact | None = None) -> tuple[Any, ...]:
        """The values of a simple type; of a fact, those that it allows."""
        key = declared, fact.name if fact is not None and fact.allowed is not None else ""
        if key not in self._cache:
            found = dict.fromkeys(self._of_type(declared, fact))
            if fact is not None:
                found = {value: None for value in found if fact.allows(value) is True}
            self._cache[key] = tuple(found) or (None,)
        return self._cache[key]

    def _of_type(self, declared: DeclaredType, fact: Fact | None) -> Iterable[Any]:
        match declared.kind:
            case "boolean":
                return (True, False)
            case "enum":
                return declared.values
            case "number":
                beside = (each + step for each in self._constants for step in (_STEP, -_STEP))
                return (*self._numbers, *beside, *_ends(fact))
            case "count":
                wanted = (*self._numbers, *_ends(fact))
                return [each for each in wanted if each >= 0 and each == each.to_integral_value()]
            case "date":
                return self._dates
            case "text":
                return self._texts
            case "time":
                return (dt.time(0), dt.time(8), dt.time(23, 59))
            case "duration":
                return tuple(dt.timedelta(days=days) for days in (0, 1, 30, 365))
            case "months":
                return tuple(YearsMonths(months) for months in (0, 1, 12, 60))
        return ()

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        asked = [
            int(each)
            for each in self._constants
            if 0 < each <= MAX_ITEMS and each == each.to_integral_value()
        ]
        return (*_LENGTHS, *asked)

    @cached_property
    def _written(self) -> tuple[Any, ...]:
        """Every constant of an expression, and every value of a parameter."""
        found: list[Any] = []
        for site in self._study.sites:
            found += (value for node in walk(site.node) if (value := constant_of(node)) is not NO_CONSTANT)
        for parameter in self._study.ruleset.parameters.values():
            found += (value.value for value in parameter.values)
        return tuple(each for each in found if not isinstance(each, list))

    @cached_property
    def _constants(self) -> tuple[Decimal, ...]:
        found = {each for each in self._written if isinstance(each, Decimal)}
        return tuple(sorted(found))

    @cached_property
    def _numbers(self) -> tuple[Decimal, ...]:
        """Small numbers, the constants and their neighbours, and what makes a share of them."""
        found = {Decimal(each) for each in (*_SMALL, 10, 100, self._day.year, self._day.year - 1)}
        for constant in self._constants:
            found.update((constant - 1, constant, constant + 1))
            share = Fraction(constant).limit_denominator(MAX_DENOMINATOR)
            if share.denominator > 1:
                top, bottom = abs(share.numerator), share.denominator
                found.update(Decimal(each) for each in (bottom, top - 1, top, top + 1, 10 * bottom))
        return tuple(sorted(found))

    @cached_property
    def _dates(self) -> tuple[dt.date, ...]:
        """The day, days before and after it by what the ruleset counts in months and years, and the days it writes."""
        found = {self._day, *(each for each in self._written if type(each) is dt.date)}
        spans = {1, 6, 12, 24, 60, 120, 240, 480}
        for each in self._constants:
            if 0 < each <= _MOST_YEARS * _MONTHS_PER_YEAR and each == each.to_integral_value():
                spans.update(
                    (int(each), int(each) * _MONTHS_PER_YEAR) if each <= _MOST_YEARS else (int(each),)
                )
        for months in spans:
            found.update(
                day for way in (-months, months) if isinstance(day := add_months(self._day, way), dt.date)
            )
        one = dt.timedelta(days=1)
        near = {
            day + step
            for day in found
            for step in (-one, dt.timedelta(0), one)
            if dt.date.min < day < dt.date.max
        }
        return tuple(sorted(near))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(each for each in self._written if isinstance(each, str)), "a", "b")))


def _leaves(
    keys: tuple[str, ...], declared: DeclaredType, *, empty: bool, fact: Fact | None
) -> Iterator[Leaf]:
    if declared.kind != "record":
        yield Leaf(keys, declared, empty, fact)
        return
    for name, field in declared.fields.items():
        yield from _leaves((*keys, name), field.type, empty=field.empty, fact=None)


def _ends(fact: Fact | None) -> tuple[Decimal, ...]:
    """The ends of what a fact allows."""
    if fact is None or not fact.allowed_text:
        return ()
    cell = read_cell(parse_unary_tests(fact.allowed_text))
    if cell is None:
        return ()
    ends = [*cell.points, *(end for span in cell.spans for end in (span.low, span.high))]
    return tuple(end for end in ends if isinstance(end, Decimal))
