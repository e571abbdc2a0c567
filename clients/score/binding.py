"""A mapping held against a ruleset and the columns of a file: what turns a row into a record."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clients.score.cells import fill, id_of, known_column, put, reads_of, steps
from clients.score.columns import Columns
from clients.score.fitting import fits
from clients.score.items import Items
from clients.score.leaves import Leaf, columns_by_name, leaves_of
from clients.score.mapping import Column, ColumnMapping
from clients.score.problems import Problem, ScoreError
from clients.score.reading import ENVELOPE, Row, Table
from engine import Ruleset
from engine.ruleset.types import DeclaredType


class Bound(NamedTuple):
    """A row as a record: the facts it states, or everything that is wrong with it."""

    facts: dict[str, object]
    problems: tuple[Problem, ...] = ()


class Binding:
    """Turns the rows of files with the same columns into records of a ruleset.

    Attributes:
        left_out: the columns of the file that state nothing.
        id_column: the first of those that hold the id; empty where none does.
        letters: see `Table`.
        columns: turns many rows at once into a table of facts.
    """

    def __init__(
        self, ruleset: Ruleset, mapping: ColumnMapping, table: Table, file: str, lists: Sequence[Items] = ()
    ) -> None:
        """Bind the columns of `table`.

        Args:
            ruleset: whose facts they state.
            mapping: says which; one without columns takes those that are called as facts are.
            table: has the columns.
            file: its name, for what is wrong.
            lists: the lists in files of their own, read.

        Raises:
            ScoreError: the mapping names a column or a fact that there is none of, or no column states anything.
        """
        leaves = leaves_of(ruleset)
        self._lists = lists
        self._id = mapping.id
        self.id_column = mapping.id[0] if mapping.id else ""
        self._whole_records = not table.columns and not mapping.columns
        self._constants = [(steps(fact), value) for fact, value in mapping.constants.items()]
        for fact in mapping.constants:
            _known_fact(ruleset, fact)
        stated = mapping.columns or {
            name: Column(fact=path) for name, path in columns_by_name(table.columns, leaves).items()
        }
        if table.columns:
            for name in (*stated, *mapping.id):
                known_column(name, table.columns, file)
        if not stated and not self._whole_records:
            raise ScoreError(
                f"{file}: no column is called as a fact of {ruleset.id} is; make a mapping with --suggest-mapping"
            )
        self._reads = reads_of(stated, leaves, mapping)
        self._selects_reads = ruleset.selects_reads
        self._selector = [each for each in self._reads if each.path[0] in ruleset.selects_reads]
        self._columns = {reads.fact: reads.column for reads in self._reads}
        self.left_out = tuple(each for each in table.columns if each not in stated and each not in mapping.id)
        self.letters = table.letters
        self.columns = Columns(
            {each.fact: (each.column, each.together) for each in self._reads},
            _constant_columns(mapping, leaves),
            {each.fact: each.listed for each in lists},
        )

    def id_of(self, row: Row) -> str | None:
        """The id of a row; see `id_of`."""
        return id_of(row, self._id, whole=self._whole_records)

    def bind(self, row: Row, record_id: str) -> Bound:
        """The record of a row."""
        problems = [each for each in row.problems if not each.column or self._states(each.column)]
        if problems:
            return Bound({}, tuple(problems))
        facts: dict[str, object] = self._whole(row) if self._whole_records else {}
        problems += fill(facts, self._reads, row)
        for path, value in self._constants:
            put(facts, path, value)
        for each in self._lists:
            problems += each.put(facts, record_id)
        return Bound(facts, tuple(problems))

    def _whole(self, row: Row) -> dict[str, object]:
        """The facts of a row that is a record as a whole."""
        inner = row.cells.get("facts")
        enveloped = isinstance(inner, dict) and row.cells.keys() <= ENVELOPE
        return dict(inner) if enveloped and isinstance(inner, dict) else dict(row.cells)

    @property
    def selector_columns(self) -> tuple[str, ...]:
        """The columns that the ruleset's selector reads."""
        return tuple(each.column for each in self._selector)

    def bind_selector(self, row: Row) -> Bound:
        """What a row states of the facts that the ruleset's selector reads."""
        if self._whole_records:
            return Bound(self._whole(row))
        facts: dict[str, object] = {}
        problems = tuple(fill(facts, self._selector, row))
        for path, value in self._constants:
            if path[0] in self._selects_reads:
                put(facts, path, value)
        return Bound(facts, problems)

    def column_of(self, path: str) -> str:
        """The column that states the fact at a path, such as ``tasks.total`` or ``years[2]``; empty if none does."""
        parts = path.replace("[", ".[").split(".")
        for length in range(len(parts), 0, -1):
            column = self._columns.get(".".join(parts[:length]).replace(".[", "["))
            if column is not None:
                return column
        return ""

    def _states(self, column: str) -> bool:
        return column in self._id or any(reads.column == column for reads in self._reads)


def _constant_columns(
    mapping: ColumnMapping, leaves: Mapping[str, Leaf]
) -> dict[str, tuple[DeclaredType, object]] | None:
    """The constants as columns hold them; None where one is for a record as a whole, or of another type."""
    found: dict[str, tuple[DeclaredType, object]] = {}
    for path, value in mapping.constants.items():
        if path not in leaves or not (value is None or fits(leaves[path].declared, value)):
            return None
        found[path] = (leaves[path].declared, value)
    return found


def _known_fact(ruleset: Ruleset, path: str) -> None:
    name = path.partition(".")[0]
    if name not in ruleset.facts:
        near = difflib.get_close_matches(name, ruleset.facts, n=3) or list(ruleset.facts)
        raise ScoreError(f"constants: {ruleset.id} has no fact '{name}'; it has {', '.join(near)}")
