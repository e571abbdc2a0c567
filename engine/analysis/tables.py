"""Decision tables: rows that match the same values, values that no row matches, rows that never give the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, reduce
from itertools import islice
from operator import or_
from typing import Final

from engine.analysis.grid import Cell, Column, TooManyStates, search
from engine.analysis.model import Finding, Witness
from engine.analysis.subject import Subject
from engine.analysis.table_records import TableRecords
from engine.feel.tables import DecisionTable, HitPolicy
from engine.feel.values import text
from engine.ruleset.localized import Localized
from engine.ruleset.source import Path
from engine.ruleset.table import Table
from engine.ruleset.table_text import lines_of

MAX_ROWS: Final = 1_000  # of a table whose rows are compared
MAX_OVERLAPS: Final = 10  # told of one table
MAX_COMBINATIONS: Final = 20  # of values for which a record is looked for
_ONE_ROW: Final = (HitPolicy.UNIQUE, HitPolicy.ANY)


def table_rows(study: Subject) -> Iterator[Finding]:
    """What the rows of each table leave open, give twice or never give."""
    for table in study.ruleset.tables.values():
        if len(table.decision.rules) <= MAX_ROWS:
            yield from _Rows(study, table).findings()


class _Rows:
    """The rows of one table."""

    def __init__(self, study: Subject, table: Table) -> None:
        self._study, self._table = study, table
        self._decision: DecisionTable = table.decision
        reading = study.verdicts[-1].reading
        meant = [reading.meant(column.expression) for column in self._decision.inputs]
        self._columns = [
            Column(self._decision, place, reading.domain(node), reading.type_of(node))
            for place, node in enumerate(meant)
        ]
        self._all = (1 << len(self._decision.rules)) - 1

    def findings(self) -> Iterator[Finding]:
        """Everything that is found."""
        if not all(column.exact for column in self._columns):
            return
        try:
            yield from self._overlaps()
            yield from self._gaps()
            yield from self._unreachable()
        except TooManyStates:
            return

    def _overlaps(self) -> Iterator[Finding]:
        hit = self._decision.hit
        if hit not in _ONE_ROW:
            return
        told = 0
        for pair in self._pairs():
            rows = sum(1 << row for row in pair)
            same = self._decision.rules[pair[0]].results == self._decision.rules[pair[1]].results
            if hit is HitPolicy.ANY and same:
                continue
            first, second = (row + 1 for row in pair)
            name = f"rows {first} and {second} of {self._table.name}"
            alike = search(self._columns, rows, lambda left, cell: left & cell.sure, rows.__eq__)
            _, shown = self._shown(alike, rows, name)
            if shown is None:
                continue  # the columns hang together, or nothing asks for the result then
            details = {"first": first, "second": second, "table": self._table.name, "hit": hit.value}
            yield self._found("table-overlap", pair[1], details, shown)
            told += 1
            if told == MAX_OVERLAPS:
                return

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """The rows of which every column has a value that both match."""
        for row in range(len(self._decision.rules)):
            alike = self._all
            for column in self._columns:
                masks = (cell.sure for cell in column.cells if cell.sure >> row & 1)
                alike &= reduce(or_, masks, 0)
            yield from (
                (row, other) for other in range(row + 1, len(self._decision.rules)) if alike >> other & 1
            )

    def _gaps(self) -> Iterator[Finding]:
        """One value of each column that no row matches; where the law means there to be none, a default says so."""
        decision = self._decision
        if (
            decision.hit.gives_list
            or decision.hit.aggregates
            or any(each.default for each in decision.outputs)
        ):
            return
        alike = search(self._columns, self._all, lambda left, cell: left & cell.possible, (0).__eq__)
        cells, shown = self._shown(alike, 0, f"no row of {self._table.name}")
        if shown is not None:
            said = ", ".join(
                f"{column.name} {text(cell.value)}" for column, cell in zip(self._columns, cells, strict=True)
            )
            details = {"table": self._table.name, "values": said}
            path: Path = ("tables", self._table.name)
            yield self._study.found("table-gap", path, details, witness=shown, at_key=True)

    def _shown(
        self, combinations_: Iterator[tuple[Cell, ...]], rows: int, name: str
    ) -> tuple[tuple[Cell, ...], Witness | None]:
        """The first of some combinations of cells of which a record shows that it matters."""
        for cells in islice(combinations_, MAX_COMBINATIONS):
            shown = self._records.witness(cells, rows, name)
            if shown is not None:
                return cells, shown
        return (), None

    def _unreachable(self) -> Iterator[Finding]:
        for row in range(len(self._decision.rules)):
            because = self._never_matches(row) or self._always_after(row)
            if because is not None:
                details = {
                    "row": row + 1,
                    "table": self._table.name,
                    "because_en": because.en,
                    "because_vi": because.vi,
                }
                yield self._found("row-unreachable", row, details)

    def _never_matches(self, row: int) -> Localized | None:
        for column in self._columns:
            if not any(cell.possible >> row & 1 for cell in column.cells):
                return Localized(
                    f"{column.name} không bao giờ khớp",
                    f"its cell of {column.name} never holds",
                )
        return None

    def _always_after(self, row: int) -> Localized | None:
        """Under first, a row is of no use where those above match everything that it matches."""
        if self._decision.hit is not HitPolicy.FIRST or not row:
            return None
        mine, above = 1 << row, (1 << row) - 1
        reached = search(
            self._columns,
            mine | above,
            # A row above that only may match does not keep this one from its values.
            lambda left, cell: left & above & cell.sure | left & mine & cell.possible,
            mine.__eq__,
        )
        if next(reached, None) is not None:
            return None
        return Localized(
            "các dòng trên đã khớp mọi giá trị của dòng này", "the rows above match everything it matches"
        )

    def _found(
        self, name: str, row: int, details: Mapping[str, object], shown: Witness | None = None
    ) -> Finding:
        path: Path = ("tables", self._table.name, "rules")
        lines = {
            line.number: line.span for line in lines_of(self._study.document.tables[self._table.name].rules)
        }
        return self._study.found(name, path, details, witness=shown, span=lines[row + 1])

    @cached_property
    def _records(self) -> TableRecords:
        return TableRecords(self._study, self._table, self._columns)
