"""The files that records stand in, and their bindings to rulesets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from clients.score.binding import Binding
from clients.score.cells import id_of
from clients.score.columns import ids_in
from clients.score.items import Items
from clients.score.mapping import ColumnMapping
from clients.score.problems import ScoreError
from clients.score.reading import Table, open_table
from clients.score.reading.table import Block
from engine import Ruleset


class Source:
    """A file of rows.

    Attributes:
        path: of the file.
        name: what results call it: its name, or its path where another has the same name.
        table: its rows.
    """

    def __init__(self, path: Path, name: str, mapping: ColumnMapping, lists: Lists) -> None:
        """Open it.

        Args:
            path: of the file.
            name: what results call it.
            mapping: which column states what.
            lists: the lists in files of their own.

        Raises:
            ScoreError: it cannot be read.
        """
        self.path = path
        self.name = name
        self.table: Table = open_table(path, mapping.options)
        self._mapping = mapping
        self._lists = lists
        self._bound: dict[Ruleset, Binding] = {}

    def binding(self, ruleset: Ruleset) -> Binding:
        """What turns its rows into records of a ruleset.

        Raises:
            ScoreError: they cannot be.
        """
        if ruleset not in self._bound:
            self._bound[ruleset] = Binding(
                ruleset, self._lists.mapping_of(ruleset), self.table, self.name, self._lists.of(ruleset)
            )
        return self._bound[ruleset]

    def ids(self, block: Block) -> pl.Series:
        """The id of each row; null where it has none, empty where the mapping names no columns for it."""
        if block.records:
            ids = (id_of(row, self._mapping.id, whole=not self._mapping.columns) for row in block.records)
            return pl.Series("id", list(ids), dtype=pl.String)
        return ids_in(block, self._mapping.id)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The columns that state nothing to any of the rulesets that it was bound to."""
        unused = [binding.left_out for binding in self._bound.values()]
        return tuple(name for name in self.table.columns if unused and all(name in each for each in unused))


class Lists:
    """The lists in files of their own, for each ruleset that has them.

    Attributes:
        files: in which they stand.
        mapping_of: the mapping to a ruleset.
    """

    def __init__(
        self, mapping: ColumnMapping, folder: Path, mapping_of: Callable[[Ruleset], ColumnMapping]
    ) -> None:
        """Nothing is read yet.

        Args:
            mapping: names them.
            folder: from which it means its files.
            mapping_of: the part of the mapping that a ruleset can use.

        Raises:
            ScoreError: the mapping names no columns for the id by which they are joined.
        """
        if mapping.lists and not mapping.id:
            raise ScoreError(
                "lists in files of their own are joined by id: say in the mapping which columns are the `id`"
            )
        self.files = tuple(folder / each.file for each in mapping.lists)
        self.mapping_of = mapping_of
        self._folder = folder
        self._read: dict[Ruleset, tuple[Items, ...]] = {}

    def read(self) -> tuple[Items, ...]:
        """Each file once, as some ruleset that was asked for reads it."""
        return tuple({each.file: each for lists in self._read.values() for each in lists}.values())

    def of(self, ruleset: Ruleset) -> tuple[Items, ...]:
        """Those of a ruleset.

        Raises:
            ScoreError: a file or the mapping is wrong.
        """
        if ruleset not in self._read:
            mapping = self.mapping_of(ruleset)
            self._read[ruleset] = tuple(Items(ruleset, mapping, each, self._folder) for each in mapping.lists)
        return self._read[ruleset]


def open_sources(files: Sequence[Path], mapping: ColumnMapping, lists: Lists) -> tuple[Source, ...]:
    """The files of rows; those of the lists are none.

    Raises:
        ScoreError: one cannot be read.
    """
    own = {path.resolve() for path in lists.files}
    records = [path for path in files if path.resolve() not in own]
    names = [path.name for path in records]
    return tuple(
        Source(path, path.name if names.count(path.name) == 1 else path.as_posix(), mapping, lists)
        for path in records
    )
