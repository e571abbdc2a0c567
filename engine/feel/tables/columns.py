"""Columns of conditions: which rows a value passes, by an index or by evaluating cell after cell."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from engine.feel.tables.cells import PLAIN, Cell, Span, read_cell
from engine.feel.tables.rows import rows_of, set_of
from engine.feel.unknown import Unknown

if TYPE_CHECKING:
    from engine.feel.tree import UnaryTests

Test: TypeAlias = Callable[[Mapping[str, object]], object]
Doubts: TypeAlias = list[tuple[int, Unknown]]
"""Sets of rows of which it is not known whether they match, and what is not known."""

_MAX_TOGGLED: Final = 8
"""Rows by which a place may differ from a set that is kept: few sets stay in memory, and few rows are toggled."""


class ScannedColumn:
    """A column whose cells are evaluated one after the other.

    Args:
        cells: the tests, a row each.
        compiled: makes of a cell a function of ``?`` and the names that it reads.

    Attributes:
        anything: the rows that any value passes.
        evaluated: the rows whose cells are evaluated each time.
    """

    def __init__(self, cells: Sequence[UnaryTests], compiled: Callable[[UnaryTests], Test]) -> None:
        self.cells = cells
        self.anything = set_of(row for row, cell in enumerate(cells) if not cell.tests)
        self.evaluated = (1 << len(cells)) - 1 ^ self.anything
        self._compile = compiled
        self._tests: list[Test | None] = [None] * len(cells)  # made when first asked for

    def find(self, value: object, names: Mapping[str, object], among: int, doubts: Doubts) -> tuple[int, int]:
        """The rows whose cell holds for `value`, and those for which that is so or not known.

        Args:
            value: of the column's expression.
            names: values of the names that cells read.
            among: the rows that are of interest; others may be given or not.
            doubts: gets why it is not known.
        """
        sure, possible = self.evaluate(value, names, among & ~self.anything, doubts)
        return sure | self.anything, possible | self.anything

    def evaluate(
        self, value: object, names: Mapping[str, object], rows: int, doubts: Doubts
    ) -> tuple[int, int]:
        """As `find`, of some rows only."""
        if not rows:
            return 0, 0
        context = {**names, "?": value}
        sure: list[int] = []
        open_: list[int] = []
        for row in rows_of(rows):
            test = self._tests[row]
            if test is None:
                test = self._tests[row] = self._compile(self.cells[row])
            answer = test(context)
            if answer is True:
                sure.append(row)
            elif isinstance(answer, Unknown):
                open_.append(row)
                doubts.append((1 << row, answer))
        found = set_of(sure)
        return found, found | set_of(open_)


class IndexedColumn(ScannedColumn):
    """A column that is asked by value: constant cells are looked up, only the others are evaluated."""

    def __init__(self, cells: Sequence[UnaryTests], compiled: Callable[[UnaryTests], Test]) -> None:
        super().__init__(cells, compiled)
        read: dict[UnaryTests, Cell | None] = {}
        constant: dict[int, Cell] = {}
        evaluated: list[int] = []
        for row, node in enumerate(cells):
            if not node.tests:
                continue
            cell = read[node] if node in read else read.setdefault(node, read_cell(node))
            if cell is None:
                evaluated.append(row)
            else:
                constant[row] = cell
        self.evaluated = set_of(evaluated)
        self._constant = set_of(constant)
        passing_null = set_of(row for row, cell in constant.items() if cell.holds_for_null)
        self._for_null = self.anything | passing_null
        classes = frozenset().union(*(cell.classes for cell in constant.values())) - {type(None)}
        self._by_class = {class_: _ClassIndex(class_, constant, self.anything) for class_ in classes}

    def find(self, value: object, names: Mapping[str, object], among: int, doubts: Doubts) -> tuple[int, int]:
        """As `ScannedColumn.find`."""
        index = self._by_class.get(value.__class__)
        if index is not None:
            sure = index.rows(value)
        elif value is None:
            sure = self._for_null
        elif value.__class__ in PLAIN:
            sure = self.anything
        elif value.__class__ is Unknown:
            return self._find_unknown(value, names, among, doubts)
        else:
            return super().find(value, names, among, doubts)
        if not self.evaluated:
            return sure, sure
        found, possible = self.evaluate(value, names, among & self.evaluated, doubts)
        return sure | found, sure | possible

    def _find_unknown(
        self, value: object, names: Mapping[str, object], among: int, doubts: Doubts
    ) -> tuple[int, int]:
        """No constant test says anything of a value that is not known."""
        doubts.append((self._constant, Unknown.union(value)))
        found, possible = self.evaluate(value, names, among & self.evaluated, doubts)
        sure = self.anything | found
        return sure, sure | possible | self._constant


class _ClassIndex:
    """The rows that each value of one class passes.

    The values that cells name cut the class into places: before the first value, the value itself, between it and
    the next, and so on. All values at a place pass the same rows. For each place there is a set of rows and the few
    rows that are in the one and not in the other.
    """

    def __init__(self, class_: type, cells: Mapping[int, Cell], anything: int) -> None:
        here = {row: cell for row, cell in cells.items() if cell.holds_in(class_)}
        ends: set[Any] = set()
        for cell in here.values():
            ends.update(point for point in cell.points if type(point) is class_)
            ends.update(end for span in cell.spans if span.of is class_ for end in (span.low, span.high))
        self._values = sorted(ends - {None})
        self._place = {value: 2 * position + 1 for position, value in enumerate(self._values)}
        last = 2 * len(self._values) + 1
        turns: dict[int, list[int]] = defaultdict(list)
        for row, cell in here.items():
            for place in self._turns(cell, class_, last):
                turns[place].append(row)
        self._sets = _compressed(anything, turns, last)

    def rows(self, value: Any) -> int:
        """The rows that a value of the class passes."""
        place = self._place.get(value)
        if place is None:
            place = 2 * bisect_left(self._values, value)
        rows, toggled = self._sets[place]
        for row in toggled:
            rows ^= 1 << row
        return rows

    def _turns(self, cell: Cell, class_: type, last: int) -> set[int]:
        """The places at which the row begins to match, and those at which it ends."""
        pieces = [
            (place, place + 1)
            for place in (self._place[point] for point in cell.points if type(point) is class_)
        ]
        pieces += [self._piece(span, last) for span in cell.spans if span.of is class_]
        turns: set[int] = {0} if cell.negated else set()
        end = -1
        for start, stop in sorted(piece for piece in pieces if piece[0] < piece[1]):
            if stop > end:  # where pieces overlap or touch, the row goes on matching at the first one's end
                turns ^= {max(end, start), stop}
                end = stop
        return turns

    def _piece(self, span: Span, last: int) -> tuple[int, int]:
        start = 0 if span.low is None else self._place[span.low] + (not span.low_closed)
        stop = last if span.high is None else self._place[span.high] + span.high_closed
        return start, stop


def _compressed(
    before: int, turns: Mapping[int, Sequence[int]], last: int
) -> list[tuple[int, tuple[int, ...]]]:
    """For each place a set of rows and the rows to toggle in it."""
    found = []
    toggled: set[int] = set()
    for place in range(last):
        toggled.symmetric_difference_update(turns.get(place, ()))
        if len(toggled) > _MAX_TOGGLED:
            before ^= set_of(toggled)
            toggled = set()
        found.append((before, tuple(toggled)))
    return found
