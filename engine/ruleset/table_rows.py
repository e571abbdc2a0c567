"""Reads the rows of a table: each cell parsed, its bare words understood, checked against its column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from engine.feel import operators
from engine.feel.compiler import compile as compile_expression
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.printer import print_tree
from engine.feel.tables import Input, Output, Rule
from engine.feel.tables.cells import NO_CONSTANT, constant_of
from engine.feel.tree import Node, UnaryTests
from engine.feel.types import BOOLEAN, STRING, Enum, ListOf, Type
from engine.ruleset.expressions import Place, check_tree, parsed
from engine.ruleset.problems import listing, suggest
from engine.ruleset.report import Report
from engine.ruleset.source import Path
from engine.ruleset.table_text import Line, Piece, lines_of
from engine.ruleset.types import DeclaredType
from engine.ruleset.vocabulary import Vocabulary
from engine.ruleset.words import with_words

MAX_WRONG_CELLS: Final = 50  # told of one table: where a column's type is wrong, all its cells are
_Tree = TypeVar("_Tree", bound=Node)


@dataclass(frozen=True, slots=True)
class Conditions:
    """A column of conditions, and the type of what its cells test."""

    made: Input
    type: Type


@dataclass(frozen=True, slots=True)
class Results:
    """A column of results, and the type of its cells."""

    made: Output
    declared: DeclaredType


@dataclass(slots=True)
class Cells:
    """Reads cells; one that stands in many rows is read, and told of, once.

    Attributes:
        reads: the paths that the cells read.
    """

    vocabulary: Vocabulary
    report: Report
    reads: list[str] = field(default_factory=list)
    _tests: dict[tuple[str, str], UnaryTests | None] = field(default_factory=dict)
    _results: dict[tuple[str, str], Node | None] = field(default_factory=dict)

    def tests(self, text: str, place: Place, column: Conditions) -> UnaryTests | None:
        """The tests of a cell; None where they are wrong."""
        key = column.made.name, text
        if key not in self._tests:
            types = self.vocabulary.feel_types
            self._tests[key] = self._read(
                text, place, lambda: parse_unary_tests(text, types=types), column.type, tested=column.type
            )
            if (node := self._tests[key]) is not None:
                self._check_allowed(node, place, column)
        return self._tests[key]

    def result(self, text: str, place: Place, column: Results) -> Node | None:
        """The expression of a cell; None where it is wrong."""
        key = column.made.name, text
        if key not in self._results:
            types = self.vocabulary.feel_types
            node = self._read(text, place, lambda: parse(text, types=types), column.declared.feel)
            self._results[key] = node
            value = NO_CONSTANT if node is None else constant_of(node)
            values = column.made.values
            if value is None or value is NO_CONSTANT or not values:
                return node
            if all(operators.equal(value, each) is not True for each in values):
                self._not_allowed(text, place, column.made.name)
        return self._results[key]

    def _read(
        self,
        text: str,
        place: Place,
        read: Callable[[], _Tree],
        type_: Type,
        *,
        tested: Type | None = None,
    ) -> _Tree | None:
        node = parsed(read, place, self.report)
        if node is None or (node := with_words(node, type_, place, self.vocabulary, self.report)) is None:
            return None
        expected = BOOLEAN if tested else written_type(type_)
        checked = check_tree(node, text, place, self.vocabulary, self.report, expected, tested=tested)
        if checked is None:
            return None
        self.reads += checked.reads
        return node

    def _check_allowed(self, node: UnaryTests, place: Place, column: Conditions) -> None:
        """Report a test for a value that the column never has."""
        if column.made.allowed is None:
            return
        allows = compile_expression(column.made.allowed, names=("?",))
        for test in node.tests:
            value = constant_of(test)
            if value is not NO_CONSTANT and allows({"?": value}) is not True:
                text = print_tree(test)
                self._not_allowed(
                    text, Place(place.path, place.start + test.span.start, place.words), column.made.name
                )

    def _not_allowed(self, text: str, place: Place, column: str) -> None:
        what = f"{text} is none of the values that are allowed in {column}."
        span = (place.start, place.start + len(text))
        how = "Correct it, or what is allowed."
        self.report.add("not-allowed", place.path, place.words + what, "", how, span=span)


def written_type(type_: Type) -> Type:
    """What an expression has to give: the values of an enumeration are texts, and have been looked at as words."""
    if isinstance(type_, Enum):
        return STRING
    return ListOf(STRING) if isinstance(type_, ListOf) and isinstance(type_.item, Enum) else type_


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads the rows of one table.

    Attributes:
        path: of the text with the rows.
        conditions: the columns of conditions, in the order of the table; None for one that is wrong itself.
        results: the columns of results, likewise.
        cells: reads the cells.
        only_one: whether two rows with the same tests are a mistake.
    """

    path: Path
    conditions: Mapping[str, Conditions | None]
    results: Mapping[str, Results | None]
    cells: Cells
    only_one: bool

    def read(self, text: str) -> list[Rule]:
        """The rows that are right; the others are reported."""
        header, rows = None, []
        for line in lines_of(text):
            if line.number:
                rows.append(line)
            else:
                header = line
        if header is None or not rows:
            how = "Write the names of the columns in one line, and under it a line for each row."
            self._add("table-empty", None, "The table has no rows.", how)
            return []
        order = self._order(header)
        return [] if order is None else list(self._rules(rows, order))

    def _rules(self, rows: Sequence[Line], order: Sequence[str]) -> Iterator[Rule]:
        told = len(self.cells.report.problems)
        first: dict[tuple[UnaryTests, ...], int] = {}
        for row in rows:
            if len(self.cells.report.problems) - told >= MAX_WRONG_CELLS:
                what = f"More than {MAX_WRONG_CELLS} mistakes: the rows from {row.number} on were not read."
                self._add("table-mistakes", row.span, what, "Mend those above first.")
                return
            rule = self._rule(row, order)
            if rule is None:
                continue
            earlier = first.setdefault(rule.tests, row.number)
            if earlier != row.number and self.only_one:
                what = f"Row {row.number} has the same conditions as row {earlier}."
                self._add("row-repeated", row.span, what, "Take one of the two out.")
            yield rule

    def _order(self, header: Line) -> list[str] | None:
        """The names of the columns as they stand in the table; None where they are not those declared."""
        columns = (*self.conditions, *self.results)
        names = [piece.text for piece in header.pieces]
        right = True
        for place, piece in enumerate(header.pieces):
            if piece.text not in columns:
                what = f'There is no column "{piece.text}".' if piece.text else "A column has no name."
                self._add("table-header", piece.span, what, suggest(piece.text, columns, "columns"))
                right = False
            elif piece.text in names[:place]:
                self._add("table-header", piece.span, f"{piece.text} stands twice.", "Take one out.")
                right = False
        missing = [name for name in columns if name not in names]
        if right and missing:
            what = f"The first line names the columns, and lacks {listing(missing)}."
            self._add("table-header", header.span, what, "Write all inputs and outputs, with | between them.")
        return names if right and not missing else None

    def _rule(self, row: Line, order: Sequence[str]) -> Rule | None:
        if len(row.pieces) != len(order):
            what = f"Row {row.number} has {len(row.pieces)} cells, and there are {len(order)} columns."
            how = "Put | between two cells, and - in one of conditions that accepts anything."
            self._add("table-cells", row.span, what, how)
            return None
        pieces = dict(zip(order, row.pieces, strict=True))
        tests = [self._test(row, pieces[name], name) for name in self.conditions]
        results = [self._result(row, pieces[name], name) for name in self.results]
        right_tests = [test for test in tests if test is not None]
        right_results = [result for result in results if result is not None]
        if len(right_tests) < len(tests) or len(right_results) < len(results):
            return None
        return Rule(tuple(right_tests), tuple(right_results))

    def _test(self, row: Line, piece: Piece, name: str) -> UnaryTests | None:
        column = self.conditions[name]
        place = self._place(row, piece, name, "Write - where any value will do.")
        return None if column is None or place is None else self.cells.tests(piece.text, place, column)

    def _result(self, row: Line, piece: Piece, name: str) -> Node | None:
        column = self.results[name]
        place = self._place(row, piece, name, "Write null where there is no result.")
        return None if column is None or place is None else self.cells.result(piece.text, place, column)

    def _place(self, row: Line, piece: Piece, name: str, how: str) -> Place | None:
        """Where a cell stands; None where there is nothing in it."""
        words = f"Row {row.number}, {name}: "
        if not piece.text:
            self._add("table-cells", piece.span, f"{words}the cell is empty.", how)
            return None
        return Place(self.path, piece.start, words)

    def _add(self, code: str, span: tuple[int, int] | None, what: str, how: str) -> None:
        self.cells.report.add(code, self.path, what, "", how, span=span)
