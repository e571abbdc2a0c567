"""What every kind of file is read as: named columns, and numbered rows of cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from clients.score.problems import Problem, ScoreError

MAX_COLUMNS: Final = 16_384
"""Of a file, as spreadsheets have them; more is no table of records."""


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
