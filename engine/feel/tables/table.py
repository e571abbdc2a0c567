"""A decision table that can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Final

from engine.feel import operators
from engine.feel.causes import are_wanted, collecting, null
from engine.feel.compiler import Expression
from engine.feel.compiler import compile as compile_expression
from engine.feel.functions import BUILTINS
from engine.feel.references import free_names
from engine.feel.tables.cells import NO_CONSTANT, constant_of, is_constant
from engine.feel.tables.columns import Doubts, IndexedColumn, ScannedColumn
from engine.feel.tables.model import HitPolicy, Input, Match, Output, Rule, result_type
from engine.feel.tables.policies import MATTERS_HOW_MANY, nothing, resolve, rows_needed
from engine.feel.tables.rows import rows_of
from engine.feel.tree import Lookup, Name, Node
from engine.feel.unknown import Unknown
from engine.feel.values import unknown_parts

_NO_NAMES: Final[Mapping[str, object]] = MappingProxyType({})
_ALLOWED: Final = object()  # what `_refusal` gives where there is nothing to refuse
_MAX_TRIED: Final = (
    100_000  # rows looked at to see whether what is unknown changes anything; else it is unknown
)


class DecisionTable:
    """A decision table, compiled. It keeps nothing between calls and may be shared by threads.

    Large tables are asked by value: constant cells are looked up in an index of their column.

    Args:
        name: what causes call it.
        inputs: the columns of conditions.
        outputs: the columns of results; at least one.
        rules: the rows.
        hit: what it gives where several rows match.
        indexed: whether columns are indexed; without, each cell is evaluated each time, to the same result.

    Attributes:
        names: what cells read besides ``?``.
        type: of the result.
        needs_budget: whether a cell may loop, so that its steps are to be counted.

    Raises:
        ValueError: a rule has not as many cells as there are columns, or an aggregation has several outputs.
    """

    def __init__(
        self,
        name: str,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rules: Sequence[Rule],
        hit: HitPolicy = HitPolicy.UNIQUE,
        *,
        indexed: bool = True,
    ) -> None:
        if any(len(rule.tests) != len(inputs) or len(rule.results) != len(outputs) for rule in rules):
            raise ValueError("every rule has a cell for each column")
        if not outputs or (hit.aggregates and len(outputs) > 1):
            raise ValueError("a table has an output, and an aggregation no more than one")
        self.name = name
        self.inputs, self.outputs, self.rules = tuple(inputs), tuple(outputs), tuple(rules)
        self.hit = hit
        self.type = result_type(hit, outputs)
        self.names = tuple(sorted(_names(self.nodes()).difference(BUILTINS, {"?"})))
        self._compiled: dict[Node, Expression] = {}
        column = IndexedColumn if indexed else ScannedColumn
        self._columns = [
            column([rule.tests[place] for rule in rules], self._expression) for place in range(len(inputs))
        ]
        self._all = (1 << len(rules)) - 1
        # Columns that are looked up narrow the rows for those whose cells have to be evaluated.
        self._order = sorted(range(len(inputs)), key=lambda place: self._columns[place].evaluated.bit_count())
        self.needs_budget = any(
            self._expression(node).needs_budget for node in self.nodes() if not is_constant(node)
        )

    def nodes(self) -> Iterator[Node]:
        """All cells and what else the author wrote, each once; not the inputs' expressions."""
        found: dict[Node, None] = {}
        for rule in self.rules:
            found.update(dict.fromkeys((*rule.tests, *rule.results)))
        found.update((each.allowed, None) for each in self.inputs if each.allowed is not None)
        found.update((each.default, None) for each in self.outputs if each.default is not None)
        return iter(found)

    @cached_property
    def node(self) -> Lookup:
        """The expression that asks the table about its inputs' expressions."""
        inputs = tuple(each.expression for each in self.inputs)
        return Lookup(self, inputs, tuple(Name(name) for name in self.names))

    def decide(self, values: Sequence[object], names: Mapping[str, object] = _NO_NAMES) -> object:
        """The result.

        Args:
            values: of the inputs' expressions, in order.
            names: a value for each of `names`.

        Raises:
            FeelLimitError: a cell passed a limit of the language.
        """
        refusal = self._refusal(values, names)
        if refusal is not _ALLOWED:
            return refusal
        doubts: Doubts = []
        sure, possible = self._matching(values, names, doubts)
        found = self._resolved(sure, names)
        if possible == sure:
            return found
        return self._settled(found, sure, possible & ~sure, names, doubts)

    def match(self, values: Sequence[object], names: Mapping[str, object] = _NO_NAMES) -> Match:
        """Which rows match; arguments and errors as for `decide`."""
        sure, possible = self._matching(values, names, [])
        return Match(tuple(rows_of(sure)), tuple(rows_of(possible & ~sure)))

    def used(
        self, values: Sequence[object], names: Mapping[str, object] = _NO_NAMES
    ) -> tuple[int, ...] | None:
        """The rows that the result is made of, the first is 0; arguments and errors as for `decide`.

        None where no row can be named: a value is not allowed, what is unknown could make it other rows, or the
        policy allows only one row and there are several. Empty where no row matches, so that defaults stand in.
        """
        if self._refusal(values, names) is not _ALLOWED:
            return None
        match = self.match(values, names)
        if match.possible or (self.hit is HitPolicy.UNIQUE and len(match.rows) > 1):
            return None
        return match.rows[: rows_needed(self.hit)]

    def _refusal(self, values: Sequence[object], names: Mapping[str, object]) -> object:
        """The result where a value is not allowed, or that is not known."""
        open_: list[Unknown] = []
        for each, value in zip(self.inputs, values, strict=True):
            if each.allowed is None:
                continue
            allowed = self._expression(each.allowed)({**names, "?": value})
            if isinstance(allowed, Unknown):
                open_.append(allowed)
            elif allowed is not True:
                return null("table-input", value, table=self.name, input=each.name)
        return Unknown.union(*open_) if open_ else _ALLOWED

    def _matching(
        self, values: Sequence[object], names: Mapping[str, object], doubts: Doubts
    ) -> tuple[int, int]:
        """The rows that match, and those that match or may."""
        if are_wanted():
            with collecting([]):  # why one cell of many is null says nothing of the result
                return self._find(values, names, doubts)
        return self._find(values, names, doubts)

    def _find(self, values: Sequence[object], names: Mapping[str, object], doubts: Doubts) -> tuple[int, int]:
        sure = possible = self._all
        for place in self._order:
            passed, may_pass = self._columns[place].find(values[place], names, possible, doubts)
            sure &= passed
            possible &= may_pass
            if not possible:
                break
        return sure, possible

    def _settled(
        self, found: object, sure: int, open_: int, names: Mapping[str, object], doubts: Doubts
    ) -> object:
        """`found`, the result if no open row matches, if that is the result whichever of them do."""
        unknown = Unknown.union(*unknown_parts(found), *(doubt for rows, doubt in doubts if rows & open_))
        count = open_.bit_count()
        if not sure and count > 1 and self.hit in MATTERS_HOW_MANY:
            return unknown
        if count * ((sure.bit_count() + 1) if rows_needed(self.hit) is None else 1) > _MAX_TRIED:
            return unknown
        # What one row more does not change, several do not: either the rows agree, or the sure ones decide.
        for row in rows_of(open_):
            other = self._resolved(sure | 1 << row, names)
            if operators.is_same(found, other) is not True:
                return Unknown.union(unknown, *unknown_parts(other))
        return found

    def _resolved(self, matching: int, names: Mapping[str, object]) -> object:
        """The result if exactly these rows match."""
        if not matching:
            return self._without_match(names)
        rows = list(islice(rows_of(matching), rows_needed(self.hit)))
        return resolve(self.hit, self.name, self.outputs, rows, lambda row: self._values(row, names))

    def _without_match(self, names: Mapping[str, object]) -> object:
        """The defaults stand in for a row where none matches; there is nothing to count all the same."""
        if self.hit is HitPolicy.COUNT or not any(output.default for output in self.outputs):
            return nothing(self.hit, self.name)
        values = [
            None if output.default is None else self._value(output, output.default, names)
            for output in self.outputs
        ]
        return resolve(self.hit, self.name, self.outputs, [0], lambda _: values)

    def _values(self, row: int, names: Mapping[str, object]) -> Sequence[object]:
        """The outputs of a row."""
        return [
            self._value(output, node, names)
            for output, node in zip(self.outputs, self.rules[row].results, strict=True)
        ]

    def _value(self, output: Output, node: Node, names: Mapping[str, object]) -> object:
        value = constant_of(node)
        if value is NO_CONSTANT:
            value = self._expression(node)(names)
        if not output.values or isinstance(value, Unknown):
            return value
        if any(operators.equal(value, allowed) is True for allowed in output.values):
            return value
        return null("table-output", value, table=self.name, output=output.name)

    def _expression(self, node: Node) -> Expression:
        """A cell as a function, made when it is first asked for."""
        found = self._compiled.get(node)
        if found is None:
            found = self._compiled[node] = compile_expression(node, names=(*self.names, "?"))
        return found


def _names(nodes: Iterator[Node]) -> frozenset[str]:
    return frozenset().union(*map(free_names, nodes))
