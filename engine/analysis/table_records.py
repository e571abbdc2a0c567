"""Records on which given rows of a decision table match, or none does, and something asks for the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from engine.analysis.grid import Cell, Column
from engine.analysis.model import Witness
from engine.analysis.outcomes import rated
from engine.analysis.search import Tried, findings_expected, witness
from engine.analysis.study import OF_SCORE
from engine.analysis.subject import Subject
from engine.feel.compiler import compile_program
from engine.feel.references import references
from engine.findings import Status
from engine.judgement import VerdictStatus
from engine.ruleset.ruleset import Criterion
from engine.ruleset.table import Table
from engine.verdict import Verdict


class TableRecords:
    """Looks for records by what the columns of a table come to."""

    def __init__(self, study: Subject, table: Table, columns: Sequence[Column]) -> None:
        self._study, self._table, self._columns = study, table, columns
        self._expressions = [column.expression for column in table.decision.inputs]
        ruleset = study.ruleset
        types = {name: fact.declared.feel for name, fact in ruleset.facts.items()}
        types |= {name: parameter.type for name, parameter in ruleset.parameters.items()}
        outputs = {f"column {each.name}": each.expression for each in table.decision.inputs}
        outputs |= {each.name: each for each in table.decision.node.names}
        definitions = {definition.name: definition.node for definition in ruleset.definitions}
        self._program = compile_program(tuple(types), definitions, outputs, types=types)

    def witness(self, cells: Sequence[Cell], rows: int, name: str) -> Witness | None:
        """A record on which at least these rows match, or none at all; None where no such record was found.

        Args:
            cells: of the columns.
            rows: that match, as bits; 0 for a record that no row matches.
            name: what the record shows.
        """
        study = self._study
        facts = self._record(cells)
        if facts is None:
            return None
        return witness(study, study.explorer.day, facts, name, lambda verdict: self._expected(verdict, rows))

    def _record(self, cells: Sequence[Cell]) -> Mapping[str, Any] | None:
        explorer = self._study.explorer
        parameters = self._study.ruleset.parameters_on(explorer.day)
        wanted = [(cell.sure, cell.possible) for cell in cells]

        def agreement(facts: Mapping[str, Any]) -> int:
            values = self._program.run({**facts, **parameters})
            found = (column.cell(value)[1:] for column, value in zip(self._columns, values, strict=False))
            agreeing = sum(each == other for each, other in zip(found, wanted, strict=True))
            tried = explorer.tried(facts) if agreeing == len(wanted) else None
            return agreeing + (tried is not None and self._matters(tried))

        read = set(self._reads()).union(*(each.reads for each in self._asking))
        leaves = explorer.leaves(read)
        facts = explorer.complete({})
        for expression, cell in zip(self._expressions, cells, strict=True):
            leaf = next((each for each in leaves if references(expression) == (each.path,)), None)
            if leaf is not None:
                facts = explorer.stated(facts, leaf, cell.value)
        return explorer.climb(facts, leaves, agreement, len(cells) + 1)

    def _reads(self) -> Iterator[str]:
        """The paths that the columns come to, through definitions."""
        known = {definition.name: definition.reads for definition in self._study.ruleset.definitions}
        waiting = [path for expression in self._expressions for path in references(expression)]
        seen: set[str] = set()
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen.add(path)
                yield path
                waiting += known.get(path.partition(".")[0], ())

    def _expected(self, verdict: Verdict, rows: int) -> Mapping[str, Any] | None:
        """What a case expects of a verdict on whose facts the rows match; None where they do not."""
        values = self._program.run(dict(verdict.values))
        inputs, others = values[: len(self._columns)], values[len(self._columns) :]
        names = dict(zip(self._table.decision.names, others, strict=True))
        found = self._table.decision.match(inputs, names)
        sure = sum(1 << row for row in found.rows)
        if sure & rows != rows or (not rows and (sure or found.possible)):
            return None
        asked = findings_expected(verdict, [each.name for each in self._asking])
        unknown = {name: status for name, status in asked.items() if status == Status.UNKNOWN.value}
        if unknown:
            return {"findings": unknown}
        if verdict.status in (VerdictStatus.CANNOT_EVALUATE, VerdictStatus.NOT_RATED):
            return None
        answered = {name: status for name, status in asked.items() if status != Status.NOT_APPLICABLE.value}
        return {"findings": answered} if answered else None

    def _matters(self, tried: Tried) -> bool:
        """Whether a criterion that asks for the result is unknown, or counts."""
        statuses = {self._study.explorer.status(tried, each.name) for each in self._asking}
        open_ = all(
            self._study.explorer.status(tried, name) in allowed
            for name, allowed in rated(self._study).items()
        )
        return Status.UNKNOWN in statuses or (open_ and bool(statuses - {Status.NOT_APPLICABLE}))

    @cached_property
    def _asking(self) -> list[Criterion]:
        """The criteria that ask for the table's result, if only through the score."""
        ruleset, name = self._study.ruleset, self._table.name
        of_score = () if ruleset.score is None else ruleset.score.reads
        names = {name} | (OF_SCORE if name in (path.partition(".")[0] for path in of_score) else frozenset())
        return [
            each
            for each in ruleset.criteria
            if not names.isdisjoint(path.partition(".")[0] for path in each.reads)
        ]
