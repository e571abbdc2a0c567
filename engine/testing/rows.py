"""The rows of tables that a record makes use of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engine.feel.compiler import compile_program
from engine.feel.tree import Name, Node
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.table import Table

DEFAULT: Final = -1
"""In place of a row: no row matches, and the defaults stand in."""


class RowFinder:
    """Tells which rows of a ruleset's tables a record uses, by the values of what the tables are asked about."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Compile what the tables of `ruleset` are asked about."""
        self._tables = tuple(ruleset.tables.values())
        inputs = {name: fact.declared.feel for name, fact in ruleset.facts.items()}
        inputs |= {name: parameter.type for name, parameter in ruleset.parameters.items()}
        definitions = {definition.name: definition.node for definition in ruleset.definitions}
        self._program = compile_program(tuple(inputs), definitions, _asked(self._tables), types=inputs)

    def find(self, values: Mapping[str, object]) -> Iterator[tuple[str, int]]:
        """The tables and their rows that facts and parameters by name use; the first row is 0, or `DEFAULT`.

        Raises:
            FeelLimitError: an expression passed a limit of the language.
        """
        results = iter(self._program.run(values))
        for table in self._tables:
            asked = [next(results) for _ in table.decision.inputs]
            names = {name: next(results) for name in table.decision.names}
            rows = table.decision.used(asked, names)
            if rows is not None:
                yield from ((table.name, row) for row in rows or (DEFAULT,))


def rows_of(table: Table) -> Iterator[int]:
    """The rows of a table, and `DEFAULT` where it has defaults."""
    yield from range(len(table.decision.rules))
    if any(output.default is not None for output in table.decision.outputs):
        yield DEFAULT


def _asked(tables: Iterable[Table]) -> dict[str, Node]:
    """What has to be known to ask the tables: the values of their inputs, then of the names in their cells."""
    outputs: dict[str, Node] = {}
    for table in tables:
        for place, column in enumerate(table.decision.inputs):
            outputs[f"{table.name} input {place}"] = column.expression
        for name in table.decision.names:
            outputs[f"{table.name} reads {name}"] = Name(name)
    return outputs
