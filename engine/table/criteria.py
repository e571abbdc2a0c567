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
from engine.ruleset.score import PARTS, SCORE
from engine.table.compiling import Compiler
from engine.table.facts import FactColumns
from engine.table.layout import NULL_MARK
from engine.table.ledger import Ledger
from engine.table.rows import Scope
from engine.table.rowwise import Parts
from engine.table.scopes import Items, Names, Thing
from engine.table.values import NotColumnarError, Value, literal, plain_text

STATUSES: Final = (Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE, Status.UNKNOWN)
"""The statuses by their numbers. There are two for unknown."""

UNKNOWN: Final = 2
NOT_APPLICABLE: Final = 3
NOT_COMPUTABLE: Final = 4  # unknown, though all that it needs is stated


class Way(NamedTuple):
    """How a criterion was evaluated, or the score: by columns, or row by row and for which reason."""

    criterion: str
    columns: bool
    reason: str = ""


class Code(NamedTuple):
    """Numbers of `STATUSES`, of so many bits."""

    expr: pl.Expr
    bits: int


@dataclass(frozen=True, slots=True)
class Statuses:
    """What one criterion says of the rows of a table.

    Attributes:
        code: a number of `STATUSES` for each row.
        reads: by columns: where each fact is unknown that the status rests on, by its path.
        parts: row by row: what the different rows come to.
    """

    code: Code
    reads: Mapping[str, pl.Expr]
    parts: Parts | None = None


class Criteria:
    """The criteria of a ruleset over the rows of a table.

    Attributes:
        scope: the rows.
    """

    def __init__(self, evaluator: Evaluator, ledger: Ledger, scope: Scope, day: date) -> None:
        self.scope = scope
        self._evaluator, self._ledger, self._day = evaluator, ledger, day
        self._ruleset = evaluator.ruleset
        self._columns = scope.frame.columns
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
            self._leave_apart(self._parts(frozenset((name,))))

    def statuses(self, criterion: Criterion) -> tuple[Statuses, Way]:
        """What a criterion says, and how that was found."""
        try:
            return self._by_columns(criterion), Way(criterion.name, columns=True)
        except NotColumnarError as reason:
            return self._row_by_row(criterion), Way(criterion.name, columns=False, reason=str(reason))

    def points(self) -> dict[str, pl.Expr]:
        """The score and its parts as texts, by the names of their columns.

        Raises:
            NotColumnarError: columns cannot say them.
        """
        score = self._ruleset.score
        paths = [SCORE, *(f"{PARTS}.{part.name}" for part in score.parts)] if score is not None else []
        values = {path: self._compiler.value(self._parse(path), self._names) for path in paths}
        return {path: plain_text(value).alias(path) for path, value in values.items()}

    def scores(self) -> Parts:
        """What the different rows come to of the facts that the score rests on."""
        nodes = [each.node for each in self._definitions.values() if each.name in (SCORE, PARTS)]
        return self._parts(self._facts_of(nodes))

    def _by_columns(self, criterion: Criterion) -> Statuses:
        code = _code(self._compiler.value(self._parse(criterion.expression), self._names))
        if criterion.applies is not None:
            applies = self._compiler.value(self._parse(criterion.applies), self._names)
            code = _where(applies, code)
        reads = self._unknowns(criterion)
        if reads is None and code.bits > 1:
            self.scope.apart.append(code.expr == UNKNOWN)
        return Statuses(code, reads or {})

    def _row_by_row(self, criterion: Criterion) -> Statuses:
        texts = filter(None, (criterion.expression, criterion.applies))
        # What a finding says of missing facts may rest on everything that it looks at, such as for its words.
        looked_at = map(self._parse, criterion.reads)
        parts = self._parts(self._facts_of([*map(self._parse, texts), *looked_at]))
        self._leave_apart(parts)

        def codes() -> pl.Series:
            numbers = [
                0 if part is None else _NUMBERS[part.signature[criterion.index]] for part in parts.found
            ]
            return parts.gathered(pl.Series(numbers, dtype=pl.UInt8))

        return Statuses(Code(self.scope.keep(codes), 3), {}, parts)

    def _leave_apart(self, parts: Parts) -> None:
        def wrong() -> pl.Series:
            return parts.gathered(pl.Series([part is None for part in parts.found], dtype=pl.Boolean))

        self.scope.apart.append(self.scope.keep(wrong))

    def _read_parts(self, facts: frozenset[str]) -> Parts:
        """What the different rows of some facts come to."""
        columns = [
            column for column in self._columns if column.removesuffix(NULL_MARK).partition(".")[0] in facts
        ]
        parts = Parts(self._evaluator, self._ledger, self._day, columns)
        self.scope.tape.do(lambda: parts.load(self.scope.frame))
        return parts

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
                    if thing.nullable:
                        found[path] = thing.source.expr.is_null()
                case Value() if not _is_part(self._ruleset, path):
                    if thing.nullable:
                        found[path] = thing.unknown
                case _:
                    return None
        return found

    def _parse(self, text: str) -> Node:
        return parse(text, types=self._types)


_NUMBERS: Final = {status: number for number, status in reversed(list(enumerate(STATUSES)))}


def _is_part(ruleset: Ruleset, path: str) -> bool:
    """Whether a path leads into a value that is no record, such as the year of a date: it is no fact of its own."""
    return ruleset.declared_at(path) is None


def _code(value: Value) -> Code:
    if value.kind != "boolean":
        raise NotColumnarError("something that is no truth value is taken for one")
    if not value.nullable:
        return Code(~value.expr, 1)
    code = (~value.expr).cast(pl.UInt8)
    if value.null is None:
        return Code(code.fill_null(UNKNOWN), 2)
    return Code(pl.coalesce(code, _open(value)), 3)


def _where(applies: Value, code: Code) -> Code:
    """The code where a condition is true; elsewhere the criterion does not apply, or that is not known."""
    if applies.kind != "boolean":
        raise NotColumnarError("something that is no truth value is taken for one")
    otherwise: pl.Expr = pl.lit(NOT_APPLICABLE, pl.UInt8)
    if applies.nullable:
        otherwise = pl.when(applies.expr.is_null()).then(_open(applies)).otherwise(otherwise)
    expr = pl.when(applies.expr).then(code.expr.cast(pl.UInt8)).otherwise(otherwise)
    return Code(expr, 2 if applies.null is None and code.bits < 3 else 3)


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
