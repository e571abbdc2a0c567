"""The criteria of a ruleset over a table: statuses as numbers, made of columns where that can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import polars as pl

from engine.evaluation import Evaluator
from engine.feel.parser import parse
from engine.feel.references import free_names
from engine.feel.tree import Node
from engine.feel.unknown import Unknown
from engine.findings import Status
from engine.ruleset.ruleset import Criterion, Ruleset
from engine.table.compiling import Compiler
from engine.table.facts import FactColumns
from engine.table.layout import NULL_MARK
from engine.table.rowwise import Distinct, parts_of
from engine.table.scopes import Items, Names, Scope, Thing
from engine.table.values import NotColumnarError, Value, literal
from engine.verdict import Verdict

STATUSES: Final = (Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE, Status.UNKNOWN)
"""The statuses by their numbers. There are two for unknown."""

UNKNOWN: Final = 2
NOT_COMPUTABLE: Final = 4  # unknown, though all that it needs is stated


class Way(NamedTuple):
    """How a criterion was evaluated, or the score: by columns, or row by row and for which reason."""

    criterion: str
    columns: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Statuses:
    """What one criterion says of the rows of a table.

    Attributes:
        code: a number of `STATUSES` for each row.
        reads: by columns: where each fact is unknown that the status rests on, by its path.
        numbers: row by row: for each row, which of `verdicts` has its finding.
        verdicts: on the different rows; None where it is for the whole row to be evaluated.
    """

    code: pl.Series | pl.Expr
    reads: Mapping[str, pl.Expr]
    numbers: pl.Series | None = None
    verdicts: Sequence[Verdict | None] = ()


class Criteria:
    """The criteria of a ruleset over one table.

    Attributes:
        scope: the rows.
    """

    def __init__(self, evaluator: Evaluator, frame: pl.DataFrame, day: date) -> None:
        self.scope = Scope(frame)
        self._evaluator, self._day = evaluator, day
        self._ruleset = evaluator.ruleset
        self._columns = frame.columns
        self._facts = FactColumns(self._ruleset, self.scope)
        parameters = self._ruleset.parameters_on(day)
        constants = {name: value for name, value in parameters.items() if not isinstance(value, Unknown)}
        self._constants: Mapping[str, object] = constants
        self._compiler = Compiler(constants)
        self._definitions = {each.name: each for each in self._ruleset.definitions}
        self._defined: dict[str, Thing | NotColumnarError] = {}
        self._names = Names(self.scope, self._find)
        self._types = {name: declared.feel for name, declared in self._ruleset.types.items()}
        self._parts = cache(self._read_parts)

    def check_facts(self) -> None:
        """Find the rows that state something wrong, or something that columns cannot read."""
        for name in self._facts.unread():
            parts = self._parts(frozenset((name,)))
            self._leave_apart(*parts)

    def statuses(self, criterion: Criterion) -> tuple[Statuses, Way]:
        """What a criterion says, and how that was found."""
        try:
            return self._by_columns(criterion), Way(criterion.name, columns=True)
        except NotColumnarError as reason:
            return self._row_by_row(criterion), Way(criterion.name, columns=False, reason=str(reason))

    def scores(self) -> tuple[pl.Series, Sequence[Verdict | None]]:
        """For each row which of some verdicts has its score, and these."""
        nodes = [definition.node for definition in self._definitions.values() if definition.name in _SCORE]
        return self._parts(self._facts_of(nodes))

    def _by_columns(self, criterion: Criterion) -> Statuses:
        holds = self._compiler.value(self._parse(criterion.expression), self._names)
        code = _code(holds)
        if criterion.applies is not None:
            applies = self._compiler.value(self._parse(criterion.applies), self._names)
            if applies.kind != "boolean":
                raise NotColumnarError("something that is no truth value is taken for one")
            otherwise = pl.when(applies.expr.is_null()).then(_open(applies)).otherwise(pl.lit(3, pl.UInt8))
            code = pl.when(applies.expr).then(code).otherwise(otherwise)
        reads = self._unknowns(criterion)
        if reads is None:
            self.scope.apart.append(code == UNKNOWN)
        return Statuses(code, reads or {})

    def _row_by_row(self, criterion: Criterion) -> Statuses:
        texts = filter(None, (criterion.expression, criterion.applies))
        # What a finding says of missing facts may rest on everything that it looks at, such as for its words.
        looked_at = map(self._parse, criterion.reads)
        numbers, verdicts = self._parts(self._facts_of([*map(self._parse, texts), *looked_at]))
        self._leave_apart(numbers, verdicts)
        codes = [
            0 if verdict is None else _NUMBERS[verdict.findings[criterion.index].status]
            for verdict in verdicts
        ]
        return Statuses(pl.Series(codes, dtype=pl.UInt8).gather(numbers), {}, numbers, verdicts)

    def _leave_apart(self, numbers: pl.Series, verdicts: Sequence[Verdict | None]) -> None:
        wrong = [verdict is None for verdict in verdicts]
        if any(wrong):
            self.scope.apart.append(self.scope.keep(pl.Series(wrong).gather(numbers)))

    def _read_parts(self, facts: frozenset[str]) -> tuple[pl.Series, Sequence[Verdict | None]]:
        """For each row, which of the different rows of some facts it is, and the verdicts on these."""
        columns = [
            column for column in self._columns if column.removesuffix(NULL_MARK).partition(".")[0] in facts
        ]
        distinct = Distinct.of(self.scope.frame, columns)
        return distinct.numbers, list(parts_of(self._evaluator, distinct.rows, self._day))

    def _facts_of(self, nodes: Sequence[Node]) -> frozenset[str]:
        """The facts that expressions rest on."""
        found: set[str] = set()
        waiting = {name for node in nodes for name in free_names(node)}
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            if name in self._definitions:
                waiting |= free_names(self._definitions[name].node)
        return frozenset(found & self._ruleset.facts.keys())

    def _find(self, name: str) -> Thing | None:
        if name in self._ruleset.facts:
            return self._facts[name]
        if name in self._constants:
            return literal(self._constants[name])
        if name not in self._definitions:
            return None
        if name not in self._defined:
            try:
                self._defined[name] = self._compiler.thing(self._definitions[name].node, self._names)
            except NotColumnarError as reason:
                self._defined[name] = reason
        found = self._defined[name]
        if isinstance(found, NotColumnarError):
            raise found
        return found

    def _unknowns(self, criterion: Criterion) -> dict[str, pl.Expr] | None:
        """Where each fact is unknown that a criterion looks at; None where that does not tell what is missing."""
        found: dict[str, pl.Expr] = {}
        for path in criterion.reads:
            name = path.partition(".")[0]
            if name in self._constants:
                continue
            if name in self._definitions:
                if not set(self._definitions[name].reads) <= set(criterion.reads):
                    return None
                continue
            try:
                thing = self._compiler.thing(self._parse(path), self._names)
            except NotColumnarError:
                return None
            match thing:
                case Items():
                    found[path] = thing.source.expr.is_null()
                case Value() if not _is_part(self._ruleset, path):
                    found[path] = thing.unknown
                case _:
                    return None
        return found

    def _parse(self, text: str) -> Node:
        return parse(text, types=self._types)


_SCORE: Final = ("score", "score_parts")
_NUMBERS: Final = {status: number for number, status in reversed(list(enumerate(STATUSES)))}


def _is_part(ruleset: Ruleset, path: str) -> bool:
    """Whether a path leads into a value that is no record, such as the year of a date: it is no fact of its own."""
    return ruleset.declared_at(path) is None


def _code(value: Value) -> pl.Expr:
    if value.kind != "boolean":
        raise NotColumnarError("something that is no truth value is taken for one")
    code = (~value.expr).cast(pl.UInt8)
    return code.fill_null(UNKNOWN) if value.null is None else pl.coalesce(code, _open(value))


def _open(value: Value) -> pl.Expr:
    """The number of a status that is not known."""
    unknown = pl.lit(UNKNOWN, pl.UInt8)
    if value.null is None:
        return unknown
    return pl.when(value.null).then(pl.lit(NOT_COMPUTABLE, pl.UInt8)).otherwise(unknown)


def unknown_paths(statuses: Sequence[Statuses]) -> Iterator[tuple[str, pl.Expr]]:
    """Each fact that a status may be missing, and where it is unknown."""
    seen: set[str] = set()
    for each in statuses:
        for path, unknown in each.reads.items():
            if path not in seen:
                seen.add(path)
                yield path, unknown
