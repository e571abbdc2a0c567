"""What every kind of file is read as: named columns, and numbered rows of cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

import polars as pl

from clients.score.problems import Problem, ScoreError

MAX_COLUMNS: Final = 16_384
"""Of a file, as spreadsheets have them; more is no table of records."""


SPACES: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What `str.strip` takes away, for Polars, which takes away a little less of its own accord."""


class Row(NamedTuple):
    """One row that is not empty.

    Attributes:
        number: as the spreadsheet shows it: the header is a row too. Of JSON Lines the line, of Parquet the record.
        cells: what stands in each column, by its name; None or blank text where nothing does.
        problems: what is wrong with the row as it stands in the file.
    """

    number: int
    cells: Mapping[str, object]
    problems: tuple[Problem, ...] = ()


Cells = pl.Series | Sequence[object]
"""The cells of a column: a series where they are of one type, else as they stand."""


@dataclass(frozen=True)
class Block:
    """Rows that follow each other in a file, column by column; none of them is empty.

    Attributes:
        numbers: of the rows, as `Row` has them.
        columns: the cells of each column, by its name.
        problems: what is wrong with rows as they stand in the file, by their places in the block.
        records: the rows themselves, where each has columns of its own; else empty.
    """

    numbers: pl.Series
    columns: Mapping[str, Cells] = field(default_factory=lambda: MappingProxyType({}))
    problems: Mapping[int, tuple[Problem, ...]] = field(default_factory=lambda: MappingProxyType({}))
    records: Sequence[Row] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(
        self, places: Sequence[int] | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[Row]:
        """The rows at `places`, or all of them, one by one, with the cells of `columns`, or all of them."""
        chosen = range(len(self)) if places is None else places
        if self.records:
            yield from (self.records[place] for place in chosen)
            return
        names = tuple(self.columns) if columns is None else columns
        cells = [_at(self.columns[name], places) for name in names]
        each = zip(*cells, strict=True) if cells else iter([()] * len(chosen))
        for place, number, row in zip(chosen, _at(self.numbers, places), each, strict=True):
            yield Row(number, dict(zip(names, row, strict=True)), self.problems.get(place, ()))

    def parts(self, size: int) -> Iterator[Block]:
        """The block in parts of at most so many rows."""
        for start in range(0, len(self), size):
            end = start + size
            yield Block(
                self.numbers[start:end],
                {name: cells[start:end] for name, cells in self.columns.items()},
                {place - start: each for place, each in self.problems.items() if start <= place < end},
                self.records[start:end],
            )

    @classmethod
    def of(cls, rows: Sequence[Row], columns: Iterable[str]) -> Block:
        """The block of some rows; without `columns` each row keeps its own."""
        return cls(
            pl.Series([row.number for row in rows], dtype=pl.Int64),
            {name: [row.cells.get(name) for row in rows] for name in columns},
            {place: row.problems for place, row in enumerate(rows) if row.problems},
            () if columns else rows,
        )


def _at(cells: Cells, places: Sequence[int] | None) -> Sequence[Any]:
    if isinstance(cells, pl.Series):
        return (cells if places is None else cells.gather(list(places))).to_list()
    return cells if places is None else [cells[place] for place in places]


def blocks_of(rows: Iterator[Row], columns: tuple[str, ...], size: int) -> Iterator[Block]:
    """The blocks of rows that are read one by one."""
    while batch := list(islice(rows, size)):
        yield Block.of(batch, columns)


class Table(Protocol):
    """A file of rows.

    Attributes:
        columns: the names of the columns; of JSON Lines none, since each line has its own.
        letters: the letter of each column, where people know it by one.
        empty_rows: how many rows without any content the last reading passed over.
    """

    columns: tuple[str, ...]
    letters: Mapping[str, str]
    empty_rows: int

    def rows(self) -> Iterator[Row]:
        """Each row that is not empty, in order; may be asked for again.

        Raises:
            ScoreError: the file cannot be read on.
        """
        ...

    def blocks(self, size: int) -> Iterator[Block]:
        """The same rows in blocks of at most `size`, always the same ones; may be asked for again.

        Raises:
            ScoreError: the file cannot be read on.
        """
        ...


@dataclass(frozen=True)
class Options:
    """What a mapping says of how files are written; empty or None: found out.

    Attributes:
        sheet: the name of the sheet of a workbook; the first.
        header: the number of the row with the names of the columns, from 1.
        encoding: of text files, as Python names them.
        separator: of cells in text files.
        max_columns: with more it is refused.
    """

    sheet: str = ""
    header: int | None = None
    encoding: str = ""
    separator: str = ""
    max_columns: int = MAX_COLUMNS


@dataclass(frozen=True)
class Header:
    """The names of the columns by their places; unnamed columns are left out."""

    names: Mapping[int, str]
    letters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, cells: Sequence[object]) -> Header:
        """The header that a row of cells is; a name that stands again gets a number: ``Điểm (2)``."""
        names: dict[int, str] = {}
        seen: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if is_blank(cell):
                continue
            name = name_of(str(cell))
            seen[name] = seen.get(name, 0) + 1
            names[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
        return cls(names, {name: letter_of(place) for place, name in names.items()})

    def cells(self, row: Sequence[object]) -> dict[str, object]:
        """A row's cells by the names of their columns."""
        return {name: row[place] for place, name in self.names.items() if place < len(row)}


def name_of(written: str) -> str:
    """The name of a column as mappings write it: one space between words, composed letters."""
    return unicodedata.normalize("NFC", " ".join(written.split()))


def check_width(columns: int, file: str, options: Options) -> None:
    """Refuse a file that is too wide.

    Raises:
        ScoreError: it is.
    """
    if columns > options.max_columns:
        raise ScoreError(
            f"{file} has {columns:,} columns, more than {options.max_columns:,}: records stand in rows, one below the "
            "other; turn the table, or take away the columns that no fact needs"
        )


def is_blank(cell: object) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def letter_of(place: int) -> str:
    """The letter of a column: A of 0, AA of 26."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
