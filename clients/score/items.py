"""Lists in files of their own, joined to the records by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from clients.score.cells import Reads, fill, id_in, known_column, put, reads_of, steps
from clients.score.columns import Listed
from clients.score.leaves import fields_of, leaf_at, leaves_of
from clients.score.mapping import ColumnMapping, ListFile
from clients.score.problems import Problem, ScoreError
from clients.score.reading import Row, open_table
from engine import Ruleset


class Items:
    """A list in a file of its own: the items of each record by id.

    Attributes:
        file: where it stands.
        fact: the list.
        without_id: rows that say of no record.
    """

    def __init__(self, ruleset: Ruleset, mapping: ColumnMapping, declared: ListFile, folder: Path) -> None:
        """Read the file.

        Args:
            ruleset: has the list.
            mapping: the mapping that it stands in.
            declared: what the mapping says of it.
            folder: from which its path is meant.

        Raises:
            ScoreError: the file or the mapping is wrong.
        """
        path = folder / declared.file
        if not path.exists():
            raise ScoreError(f"lists: there is no file {path}")
        leaf = leaf_at(leaves_of(ruleset), declared.fact, "lists")
        item = leaf.declared.item
        if leaf.declared.kind != "list" or item is None or item.kind != "record":
            raise ScoreError(f"lists: {declared.fact} is no list of records: state it in a column")
        table = open_table(path, declared.options)
        for name in (*declared.columns, *declared.id):
            if table.columns:
                known_column(name, table.columns, path.name)
        self.file = path
        self._path = steps(declared.fact)
        self.fact = declared.fact
        self._declared = leaf.declared
        self._absent = declared.absent
        self._items: dict[str, list[dict[str, object]]] = {}
        self._problems: dict[str, Problem] = {}
        self.without_id = 0
        reads = reads_of(declared.columns, fields_of(item), mapping)
        for row in table.rows():
            self._add(row, reads, id_in(row, declared.id))

    @cached_property
    def listed(self) -> Listed:
        """The same as a column."""
        return Listed(self._declared, self._items, self._problems, none=self._absent == "none")

    @property
    def ids(self) -> frozenset[str]:
        """Of the records that a row speaks of."""
        return frozenset(self._items)

    def put(self, facts: dict[str, object], record_id: str) -> Iterator[Problem]:
        """Add the list to a record's facts; what is wrong with it."""
        if record_id in self._problems:
            yield self._problems[record_id]
        elif record_id in self._items or self._absent == "none":
            put(facts, self._path, self._items.get(record_id, []))

    def _add(self, row: Row, reads: Sequence[Reads], record_id: str | None) -> None:
        if record_id is None:
            self.without_id += 1
            return
        item: dict[str, object] = {}
        problems = [*row.problems, *fill(item, reads, row)]
        self._items.setdefault(record_id, []).append(item)
        if problems and record_id not in self._problems:
            details = {"file": self.file.name, "row": str(row.number)}
            self._problems[record_id] = Problem("list_row", "", self.fact, details, problems[0])
