"""XLSX workbooks: the cells by calamine, and from the file itself what it does not tell."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from clients.score.problems import Problem, ScoreError
from clients.score.reading.table import Block, Header, Options, Row, blocks_of, check_width, is_blank

_LOOKED_AT: Final = 20  # rows, for the one with the names of the columns
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Workbook:
    """A sheet of a workbook; a `Table`.

    Titles may stand above the header, as official forms have them: the header is the first of those rows among the
    first twenty that have the most cells, all of them different texts.
    """

    def __init__(self, path: Path, options: Options) -> None:
        """Open the sheet and find its header.

        Raises:
            ScoreError: it is no whole workbook, has no such sheet, no header, or is too wide.
            OSError: it cannot be read.
        """
        self._path = path
        self.empty_rows = 0
        path.open("rb").close()  # what the system says of it, said as of every other file
        try:
            book = CalamineWorkbook.from_path(path)
            name = options.sheet or book.sheet_names[0]
            if name not in book.sheet_names:
                raise ScoreError(f"{path.name} has no sheet '{name}'; it has {', '.join(book.sheet_names)}")
            self._sheet = book.get_sheet_by_name(name)
            self._marks = _marks_of(path, name)
        except PasswordError:
            raise ScoreError(f"{path.name} is locked with a password: save it without one") from None
        except (CalamineError, zipfile.BadZipFile, ET.ParseError, KeyError, EOFError) as error:
            raise ScoreError(
                f"{path.name} is no whole workbook ({type(error).__name__}): the file is cut off or of another kind; "
                "open it in the spreadsheet program and save it as .xlsx"
            ) from None
        check_width(self._sheet.total_width, path.name, options)
        found = self._find_header(options.header)
        if found is None:
            raise ScoreError(
                f"{path.name}, sheet {name}: no header; state its row as `header` in the mapping"
            )
        self._header_at, cells = found
        self._header = Header.of(cells)
        self.columns = tuple(self._header.names.values())
        self.letters = self._header.letters

    def rows(self) -> Iterator[Row]:
        """See `Table`."""
        self.empty_rows = empty = 0
        for number, cells in self._numbered():
            if number <= self._header_at:
                continue
            problems = tuple(self._marks.problems(number, self._header.names))
            if all(map(is_blank, cells)) and not problems:
                empty += 1
                continue
            self.empty_rows += empty  # those after the last row are no rows of the table
            empty = 0
            yield Row(number, self._header.cells(cells), problems)

    def blocks(self, size: int) -> Iterator[Block]:
        """See `Table`."""
        return blocks_of(self.rows(), self.columns, size)

    def _numbered(self) -> Iterator[tuple[int, list[object]]]:
        """Each row of the sheet and its number; calamine leaves out the columns before the first one that is used."""
        start = self._sheet.start
        before = [None] * (start[1] if start else 0)
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            yield number, [*before, *cells]

    def _find_header(self, stated: int | None) -> tuple[int, Sequence[object]] | None:
        best: tuple[int, Sequence[object]] | None = None
        most = 0
        for number, cells in self._numbered():
            written = [cell for cell in cells if not is_blank(cell)]
            if stated is not None:
                if number == stated:
                    return (number, cells) if written else None
                continue
            if number > _LOOKED_AT:
                break
            texts = {cell for cell in written if isinstance(cell, str)}
            if len(written) == len(texts) > most:
                best, most = (number, cells), len(texts)
        return best


@dataclass
class _Marks:
    """What stands in a sheet beside the values, by row and column, both as the sheet counts them, rows from 1."""

    without_value: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: dict[int, list[tuple[range, str]]] = field(default_factory=dict)

    def problems(self, row: int, names: Mapping[int, str]) -> Iterator[Problem]:
        """What is wrong with the cells of a row."""
        for column, code in self.without_value.get(row, {}).items():
            if column in names:
                yield Problem(code, names[column])
        for columns, cells in self.merged.get(row, ()):
            for column in columns:
                if column in names:
                    yield Problem("merged", names[column], details={"cells": cells})


def _marks_of(path: Path, sheet: str) -> _Marks:
    """Formulas without a value, errors and merged cells: calamine gives blanks for all of them."""
    marks = _Marks()
    with zipfile.ZipFile(path) as archive, archive.open(_member(archive, sheet)) as file:
        # Expat expands no entities of its own accord beyond its limits, and nothing is fetched.
        for _, element in ET.iterparse(file):  # noqa: S314 - see above
            if element.tag == f"{_MAIN}c":
                value = element.find(f"{_MAIN}v")
                formula = element.find(f"{_MAIN}f") is not None
                code = ""
                if element.get("t") == "e":
                    code = "formula_error"
                elif formula and (value is None or not value.text) and element.get("t") != "str":
                    code = "formula"
                if code:
                    row, column = _place(element.get("r", ""))
                    marks.without_value.setdefault(row, {})[column] = code
            elif element.tag == f"{_MAIN}mergeCell":
                cells = element.get("ref", "")
                first, _, last = cells.partition(":")
                (top, left), (bottom, right) = _place(first), _place(last or first)
                for row in range(top, bottom + 1):
                    # The first cell of all holds the value.
                    columns = range(left + (row == top), right + 1)
                    marks.merged.setdefault(row, []).append((columns, cells))
            elif element.tag == f"{_MAIN}row":
                element.clear()
    return marks


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file of a sheet in the workbook's archive."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - as above
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    key = next(each.get(_REFERENCE, "") for each in book.iter(f"{_MAIN}sheet") if each.get("name") == sheet)
    target = next(each.get("Target", "") for each in links if each.get("Id") == key)
    return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)


def _place(reference: str) -> tuple[int, int]:
    """Row from 1 and column from 0 of a reference such as ``B7``."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :]), column - 1
