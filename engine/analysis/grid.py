"""A decision table cut into cells: for each column values that stand for all others, and the rows that each passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from engine.analysis.proof import Domain, Numbers, Value
from engine.feel.compiler import compile as compile_expression
from engine.feel.tables import DecisionTable
from engine.feel.tables.cells import read_cell
from engine.feel.tree import UnaryTests
from engine.feel.types import DATE, NUMBER, Type
from engine.feel.unknown import Unknown

MAX_STATES: Final = 50_000  # sets of rows that a search through the columns looks at
_EXACT: Final = Context(prec=60)


class Cell(NamedTuple):
    """Values of a column that all rows answer alike.

    Attributes:
        value: one of them.
        sure: the rows whose tests it passes, as bits.
        possible: the rows of which that is so or hangs on other names.
    """

    value: Any
    sure: int
    possible: int


class TooManyStates(Exception):  # noqa: N818 - an answer, not a mistake
    """A table has too many combinations to look through."""


class Column:
    """A column of conditions.

    Attributes:
        name: what it is called.
        cells: a cell for each way in which its values may pass the rows.
        exact: whether these are all: of times, lists and the like they are not.
    """

    def __init__(self, table: DecisionTable, place: int, domain: Domain, type_: Type) -> None:
        column, names = table.inputs[place], (*table.names, "?")
        self.name = column.name
        self._scope = {name: Unknown.fact(name) for name in table.names}
        self._tests = [rule.tests[place] for rule in table.rules]
        self._compiled = {
            test: compile_expression(test, names=names) for test in dict.fromkeys(self._tests) if test.tests
        }
        allowed = None if column.allowed is None else compile_expression(column.allowed, names=names)
        values = (_as_feel(each, type_) for each in dict.fromkeys(domain.cells(_constants(self._tests))))
        self.cells = tuple(
            self.cell(value)
            for value in values
            if allowed is None or allowed({**self._scope, "?": value}) is True
        )
        self.exact = not isinstance(domain, Numbers) or type_ in (NUMBER, DATE)

    def cell(self, value: object) -> Cell:
        """The rows that a value passes."""
        context = {**self._scope, "?": value}
        answers = {test: run(context) for test, run in self._compiled.items()}
        sure = possible = 0
        for row, test in enumerate(self._tests):
            answer = answers[test] if test.tests else True
            sure |= (answer is True) << row
            possible |= (answer is True or isinstance(answer, Unknown)) << row
        return Cell(value, sure, possible)


def _constants(tests: Iterable[UnaryTests]) -> Iterator[Value]:
    """What tests compare with."""
    for test in tests:
        cell = read_cell(test) if test.tests else None
        if cell is not None:
            ends = (end for span in cell.spans for end in (span.low, span.high))
            yield from map(_as_value, (*cell.points, *ends))


def _as_value(value: Any) -> Value:
    match value:
        case Decimal():
            return Fraction(value)
        case dt.date():
            return Fraction(value.toordinal())
        case str() | bool():
            return value
    return None


def _as_feel(value: Value, type_: Type) -> Any:
    if not isinstance(value, Fraction):
        return value
    if type_ == DATE:
        return dt.date.fromordinal(int(value))
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def search(
    columns: Sequence[Column], rows: int, narrow: Callable[[int, Cell], int], found: Callable[[int], bool]
) -> Iterator[tuple[Cell, ...]]:
    """Cells of the columns with which the rows that are left are as wanted; of combinations that are alike, one.

    Args:
        columns: the columns.
        rows: the rows to begin with, as bits.
        narrow: the rows that are left of some when a column has a value of a cell.
        found: whether what is left in the end is as wanted.

    Raises:
        TooManyStates: after `MAX_STATES`.
    """
    seen: set[tuple[int, int]] = set()

    def walk(place: int, left: int) -> Iterator[tuple[Cell, ...]]:
        if place == len(columns):
            if found(left):
                yield ()
            return
        if (place, left) in seen:
            return
        seen.add((place, left))
        if len(seen) > MAX_STATES:
            raise TooManyStates
        for cell in columns[place].cells:
            for rest in walk(place + 1, narrow(left, cell)):
                yield (cell, *rest)

    return walk(0, rows)
