"""Reads the decision tables of a document: the columns here, the rows in `engine.ruleset.table_rows`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from engine.feel.compiler import Expression
from engine.feel.errors import FeelError
from engine.feel.parser import parse_unary_tests
from engine.feel.printer import print_tree
from engine.feel.references import references
from engine.feel.tables import DecisionTable, HitPolicy, Input, Output
from engine.feel.types import NUMBER, Enum
from engine.ruleset.citations import LegalSource
from engine.ruleset.document import TableDeclaration, TableInput, TableOutput
from engine.ruleset.expressions import Checked, Place, check_expression, check_tests
from engine.ruleset.report import Report
from engine.ruleset.source import Path
from engine.ruleset.table import Table
from engine.ruleset.table_rows import Cells, Conditions, Results, Rows
from engine.ruleset.table_text import lines_of
from engine.ruleset.types import DeclaredType, Field, list_of
from engine.ruleset.vocabulary import Vocabulary, localized, resolve_type

_WORD: Final = re.compile(r"[^\W\d]\w*")
_ONE_ROW: Final = (
    HitPolicy.UNIQUE,
    HitPolicy.FIRST,
)  # under these, a row that repeats another's conditions is a mistake


def table_needs(written: TableDeclaration, known: AbstractSet[str], vocabulary: Vocabulary) -> set[str]:
    """Which of the names `known` the inputs and the cells of a table read."""
    inputs = (each if isinstance(each, str) else each.expression for each in written.inputs.values())
    defaults = (each.default for each in written.outputs.values() if isinstance(each, TableOutput))
    cells = (piece.text for line in lines_of(written.rules) if line.number for piece in line.pieces)
    found: set[str] = set()
    for text in {*inputs, *cells, *(default for default in defaults if default is not None)}:
        # Most cells of a large table are words and numbers, and parsing takes time.
        if not known.isdisjoint(_WORD.findall(text)):
            found.update(_names_in(text, vocabulary))
    return found & known


def _names_in(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    try:
        node = parse_unary_tests(text, types=vocabulary.feel_types)  # which an expression is, too
    except FeelError:
        return  # told where it is checked
    yield from (path.partition(".")[0] for path in references(node))


def read_table(
    name: str,
    written: TableDeclaration,
    sources: Mapping[str, LegalSource],
    vocabulary: Vocabulary,
    report: Report,
) -> Table | None:
    """The table that a declaration means; None where it is wrong."""
    known = len(report.problems)
    hit = HitPolicy(written.hit)
    reader = _Columns(("tables", name), written, Cells(vocabulary, report))
    conditions = {each: reader.conditions(each) for each in written.inputs}
    results = {each: reader.results(each) for each in written.outputs}
    for each in conditions.keys() & results.keys():
        path: Path = ("tables", name, "outputs", each)
        what, how = f"An input is called {each} too.", "Take another name."
        report.add(
            "name-taken",
            path,
            what,
            "The first line of the rows could not tell them apart.",
            how,
            at_key=True,
        )
    reader.check_policy(hit, [each for each in results.values() if each is not None])
    rules = Rows(("tables", name, "rules"), conditions, results, reader.cells, hit in _ONE_ROW).read(
        written.rules
    )
    citations = report.cited(written.cite, sources, ("tables", name, "cite"))
    columns = [each for each in conditions.values() if each is not None]
    outputs = [each for each in results.values() if each is not None]
    whole = len(columns) == len(conditions) and len(outputs) == len(results)
    if len(report.problems) > known or not whole:  # a type that is wrong itself has been told at its place
        return None
    decision = DecisionTable(
        name, [each.made for each in columns], [each.made for each in outputs], rules, hit
    )
    return Table(
        name,
        localized(written.label),
        decision,
        _declared(hit, outputs),
        tuple(dict.fromkeys(reader.cells.reads)),
        citations,
        None if written.note is None else localized(written.note),
    )


def as_definition(table: Table) -> Checked:
    """The table as a definition, which expressions call by its name."""
    node = table.decision.node
    return Checked(print_tree(node), node, table.decision.type, table.reads)


def _declared(hit: HitPolicy, outputs: Sequence[Results]) -> DeclaredType:
    """The type of a table's result, with the labels of its values."""
    if hit is HitPolicy.COUNT:
        return DeclaredType("count")
    one = outputs[0].declared
    if len(outputs) > 1:
        fields = {each.made.name: Field(each.declared) for each in outputs}
        one = DeclaredType("record", fields=MappingProxyType(fields))
    return list_of(one) if hit.gives_list else one


@dataclass(frozen=True, slots=True)
class _Columns:
    """Reads the columns of one table."""

    path: Path
    written: TableDeclaration
    cells: Cells

    def conditions(self, name: str) -> Conditions | None:
        """A column of conditions; None where it is wrong."""
        written, path = self.written.inputs[name], (*self.path, "inputs", name)
        vocabulary, report = self.cells.vocabulary, self.cells.report
        given = TableInput(expression=written) if isinstance(written, str) else written
        at = path if isinstance(written, str) else (*path, "expression")
        declared = given.type and resolve_type(given.type, (*path, "type"), vocabulary, report)
        expected = declared.feel if isinstance(declared, DeclaredType) else None
        checked = check_expression(given.expression, at, vocabulary, report, expected)
        if checked is None:
            return None
        self.cells.reads += checked.reads
        type_ = checked.type if expected is None else expected
        if isinstance(checked.type, Enum) and isinstance(type_, Enum) and checked.type != type_:
            what = f"{given.expression} is a {checked.type.name}, and not a {type_.name}."
            report.add("result-type", (*path, "type"), what, "", "Correct the type, or leave it out.")
        allowed = given.allowed and check_tests(given.allowed, (*path, "allowed"), type_, report)
        return Conditions(Input(name, checked.node, allowed or None), type_)

    def results(self, name: str) -> Results | None:
        """A column of results; None where it is wrong."""
        written, path = self.written.outputs[name], (*self.path, "outputs", name)
        given = TableOutput(type=written) if isinstance(written, str) else written
        at = path if isinstance(written, str) else (*path, "type")
        declared = resolve_type(given.type, at, self.cells.vocabulary, self.cells.report)
        if declared is None:
            return None
        values = self._values(name, given, declared)
        column = Results(Output(name, declared.feel, values), declared)
        if given.default is None:
            return column
        default = self.cells.result(given.default, Place((*path, "default")), column)
        return replace(column, made=replace(column.made, default=default))

    def _values(self, name: str, given: TableOutput, declared: DeclaredType) -> tuple[object, ...]:
        """The values that an output may have; those of an enumeration are known."""
        if not given.allowed:
            return tuple(declared.values)
        # They are constants: nothing is known here that an expression could read.
        constants = Cells(Vocabulary(types=self.cells.vocabulary.types), self.cells.report)
        column = Results(Output(name, declared.feel), declared)
        nodes = [
            constants.result(text, Place((*self.path, "outputs", name, "allowed", index)), column)
            for index, text in enumerate(given.allowed)
        ]
        return tuple(Expression(node, "", ())({}) for node in nodes if node is not None)

    def check_policy(self, hit: HitPolicy, results: Sequence[Results]) -> None:
        """Report a policy that the outputs do not allow."""
        what = how = ""
        ranked = any(isinstance(each, TableOutput) and each.allowed for each in self.written.outputs.values())
        if hit.aggregates and len(self.written.outputs) > 1:
            what, how = (
                f"{hit} is of one output, and there are {len(self.written.outputs)}.",
                "Write a table for each.",
            )
        elif hit is HitPolicy.SUM and results and results[0].declared.feel != NUMBER:
            what, how = "Only numbers have a sum.", "Take a number for the output, or another policy."
        elif hit.ranks and not ranked:
            what = f"{hit} goes by the order of an output's values, and none says it."
            how = "Write them under the output, the one of highest priority first: allowed: [first, second]."
        elif hit is HitPolicy.COUNT and any(each.made.default is not None for each in results):
            what, how = "A count needs no default: where no row matches it is 0.", "Take the default out."
        if what:
            self.cells.report.add("table-policy", (*self.path, "hit"), what, "", how)
