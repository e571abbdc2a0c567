"""A mapping held against a ruleset and the columns of a file: what turns a row into a record."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clients.score.columns import ColumnReader, Columns, Listed, fits
from clients.score.leaves import Leaf, columns_by_name, fields_of, leaf_at, leaves_of
from clients.score.mapping import UNSTATED, Column, ColumnMapping, ListFile
from clients.score.problems import Problem, ScoreError
from clients.score.reading import ENVELOPE, Row, Table, is_blank, open_table
from clients.score.values import CellError, Read, reader_of, remembered, text
from engine import Ruleset
from engine.ruleset.types import DeclaredType


class Bound(NamedTuple):
    """A row as a record: the facts it states, or everything that is wrong with it."""

    facts: dict[str, object]
    problems: tuple[Problem, ...] = ()


class _Reads(NamedTuple):
    """What reads one column."""

    column: str
    path: tuple[str, ...]
    fact: str
    read: Read
    blank: object
    together: ColumnReader


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
        self._constants = [(_steps(fact), value) for fact, value in mapping.constants.items()]
        for fact in mapping.constants:
            _known_fact(ruleset, fact)
        stated = mapping.columns or {
            name: Column(fact=path) for name, path in columns_by_name(table.columns, leaves).items()
        }
        if table.columns:
            for name in (*stated, *mapping.id):
                _known_column(name, table.columns, file)
        if not stated and not self._whole_records:
            raise ScoreError(
                f"{file}: no column is called as a fact of {ruleset.id} is; make a mapping with --suggest-mapping"
            )
        self._reads = _reads_of(stated, leaves, mapping)
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
        problems += _fill(facts, self._reads, row)
        for path, value in self._constants:
            _put(facts, path, value)
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
        problems = tuple(_fill(facts, self._selector, row))
        for path, value in self._constants:
            if path[0] in self._selects_reads:
                _put(facts, path, value)
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
                _known_column(name, table.columns, path.name)
        self.file = path
        self._path = _steps(declared.fact)
        self.fact = declared.fact
        self._declared = leaf.declared
        self._absent = declared.absent
        self._items: dict[str, list[dict[str, object]]] = {}
        self._problems: dict[str, Problem] = {}
        self.without_id = 0
        reads = _reads_of(declared.columns, fields_of(item), mapping)
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
            _put(facts, self._path, self._items.get(record_id, []))

    def _add(self, row: Row, reads: Sequence[_Reads], record_id: str | None) -> None:
        if record_id is None:
            self.without_id += 1
            return
        item: dict[str, object] = {}
        problems = [*row.problems, *_fill(item, reads, row)]
        self._items.setdefault(record_id, []).append(item)
        if problems and record_id not in self._problems:
            details = {"file": self.file.name, "row": str(row.number)}
            self._problems[record_id] = Problem("list_row", "", self.fact, details, problems[0])


def id_of(row: Row, columns: Sequence[str], *, whole: bool) -> str | None:
    """The id of a row; empty where the mapping names no columns for it, None where one of them is blank.

    Args:
        row: the row.
        columns: those that hold the id.
        whole: whether a row may be a record as a whole, which names its subject itself.
    """
    if whole and not columns:
        subject = row.cells.get("subject")
        return subject if isinstance(subject, str) and row.cells.keys() <= ENVELOPE else ""
    return id_in(row, columns)


def id_in(row: Row, columns: Sequence[str]) -> str | None:
    """The id in the columns of a row; None where one of them is blank or no text."""
    parts: list[str] = []
    for column in columns:
        cell = _cell(row, column)
        try:
            parts.append("" if is_blank(cell) else text(cell))
        except CellError:
            return None
    return " / ".join(parts) if all(parts) else None


def _reads_of(
    columns: Mapping[str, Column], leaves: Mapping[str, Leaf], mapping: ColumnMapping
) -> list[_Reads]:
    reads: list[_Reads] = []
    by_fact: dict[str, str] = {}
    for name, column in columns.items():
        leaf = leaf_at(leaves, column.fact, f"column '{name}'")
        if column.fact in by_fact:
            raise ScoreError(
                f"columns '{by_fact[column.fact]}' and '{name}' both state {column.fact}: keep one"
            )
        by_fact[column.fact] = name
        writing = mapping.writing_of(column)
        read = remembered(reader_of(leaf.declared, writing, leaf.unit))
        together = ColumnReader(leaf.declared, writing, leaf.unit, read, column.blank)
        reads.append(_Reads(name, _steps(column.fact), column.fact, read, column.blank, together))
    return reads


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


def _fill(facts: dict[str, object], reads: Sequence[_Reads], row: Row) -> Iterator[Problem]:
    """Read a row's cells into `facts`; what is wrong with them."""
    for each in reads:
        cell = _cell(row, each.column)
        if is_blank(cell):
            if each.blank is not UNSTATED:
                _put(facts, each.path, each.blank)
            continue
        try:
            _put(facts, each.path, each.read(cell))
        except CellError as error:
            yield Problem(error.code, each.column, each.fact, error.details)


def _cell(row: Row, column: str) -> object:
    """What stands in a column; of a record inside a record, under its path."""
    if column in row.cells:
        return row.cells[column]
    found: object = row.cells
    for step in column.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def _put(facts: dict[str, object], path: tuple[str, ...], value: object) -> None:
    *outer, last = path
    for step in outer:
        inner = facts.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # a column states the whole as none: its parts are not stated
        facts = inner
    facts[last] = value


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _known_column(name: str, columns: Sequence[str], file: str) -> None:
    if name not in columns:
        near = difflib.get_close_matches(name, columns, n=3, cutoff=0.5) or columns[:20]
        raise ScoreError(f"{file} has no column '{name}', which the mapping names; it has {', '.join(near)}")


def _known_fact(ruleset: Ruleset, path: str) -> None:
    name = path.partition(".")[0]
    if name not in ruleset.facts:
        near = difflib.get_close_matches(name, ruleset.facts, n=3) or list(ruleset.facts)
        raise ScoreError(f"constants: {ruleset.id} has no fact '{name}'; it has {', '.join(near)}")
