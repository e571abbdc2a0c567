"""The workbooks that a committee takes into its meeting.

Every text is written as a text: a cell that begins with ``=`` is no formula, whatever somebody wrote into a name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no types

from clients.campaign.results import List
from clients.campaign.words import phrase
from engine.ruleset.localized import Language

_MAX_TEXT: Final = 32_000  # letters of a cell; a workbook has room for 32,767
_LINE_POINTS: Final = 15
_MOST_POINTS: Final = 409  # of a row
_LOOSE: Final = 0.95  # lines end at spaces, and letters are narrower than digits
_WRAPPED: Final = frozenset({"plain", "header"})
_GREEN: Final = "#1b6e53"
_PALE: Final = "#e8f1ec"
_UNIT_COLUMNS: Final[Mapping[str, int]] = {
    "number": 5,
    "person": 14,
    "name": 24,
    "role": 14,
    "before": 24,
    "final": 24,
    "score": 8,
    "reason": 84,
    "decided_by": 18,
}
"""The columns of a unit's sheet and their widths in letters; the last is for the committee to write in."""


class Sheet:
    """A sheet that is written from top to bottom.

    Attributes:
        row: the next row, from 0.
    """

    def __init__(self, book: Book, name: str, widths: Sequence[int], title: str) -> None:
        """Begin a sheet, ready to print on A4.

        Args:
            book: the workbook.
            name: of the sheet.
            widths: of the columns, in letters.
            title: its first line, and the head of each printed page.
        """
        self._book = book
        self._sheet: Any = book.add(name)
        self._widths = tuple(widths)
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self._sheet.set_header("&L" + title.replace("&", "&&")[:200])
        self._sheet.set_footer("&C" + phrase("page", book.language))
        self._sheet.hide_gridlines(2)
        self.row = 0
        self.line([title], "title")

    def line(self, cells: Iterable[object], form: str = "plain") -> None:
        """Write a row of cells."""
        lines = 1
        for column, cell in enumerate(cells):
            self._write(column, cell, form)
            if form in _WRAPPED and isinstance(cell, str):
                lines = max(lines, _lines(cell, self._widths[column]))
        self._end(lines)

    def wide(self, first: str, text: str) -> None:
        """Write a row of two cells, the second as wide as all that are left."""
        self._write(0, first, "plain")
        last = len(self._widths) - 1
        self._sheet.merge_range(self.row, 1, self.row, last, "", self._book.form("plain"))
        self._write(1, text, "plain")
        self._end(_lines(text, sum(self._widths[1:])))

    def header(self, keys: Iterable[str], *, frozen: bool = False) -> None:
        """Write the names of columns; frozen ones stay in sight, and stand on each printed page."""
        self.line((phrase(key, self._book.language) for key in keys), "header")
        if frozen:
            self._sheet.freeze_panes(self.row, 0)
            self._sheet.repeat_rows(self.row - 1)

    def band(self, text: str) -> None:
        """Write a line across all columns that begins a part."""
        self.line([text, *[""] * (len(self._widths) - 1)], "band")

    def link(self, column: int, address: str, text: str) -> None:
        """Write a link into the next row, which stays the next."""
        self._sheet.write_url(self.row, column, address, self._book.form("link"), text)

    def gap(self) -> None:
        """Leave a row empty."""
        self.row += 1

    def _write(self, column: int, cell: object, form: str) -> None:
        if cell is None:
            return
        if isinstance(cell, int | float):
            number = "count" if isinstance(cell, int) else "number"
            self._sheet.write_number(
                self.row, column, cell, self._book.form(number if form == "plain" else form)
            )
            return
        text = str(cell)
        if not text:
            self._sheet.write_blank(self.row, column, None, self._book.form(form))
            return
        shown = text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]} …"
        self._sheet.write_string(self.row, column, shown, self._book.form(form))

    def _end(self, lines: int) -> None:
        """Go on to the next row; not every program makes a row as high as its text by itself."""
        if lines > 1:
            self._sheet.set_row(self.row, min(_MOST_POINTS, _LINE_POINTS * lines))
        self.row += 1


class Book:
    """A workbook that is being written; equal contents are equal bytes."""

    def __init__(self, book: Any, language: Language) -> None:
        self._book = book
        self.language: Language = language
        top = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#d5dbdf"}
        self._forms = {
            name: book.add_format(form)
            for name, form in {
                "plain": top,
                "number": top | {"align": "right", "indent": 1},
                "count": top | {"num_format": "#,##0", "align": "right", "indent": 1},
                "title": {"bold": True, "font_size": 14, "font_color": _GREEN},
                "about": {"font_color": "#4b5560"},
                "header": top
                | {"bold": True, "bg_color": _GREEN, "font_color": "#ffffff", "valign": "vcenter"},
                "band": {"bold": True, "bg_color": _PALE, "top": 1, "border_color": _GREEN},
                "link": {"font_color": "#0b5c8a", "underline": 1, "valign": "top"},
            }.items()
        }

    def add(self, name: str) -> Any:
        """A new sheet."""
        return self._book.add_worksheet(name)

    def form(self, name: str) -> Any:
        """How cells look."""
        return self._forms[name]


@contextmanager
def opened(path: Path, on: date, language: Language) -> Iterator[Book]:
    """A workbook that is written to `path` in the end.

    Args:
        path: of the file.
        on: the date of the evaluation, which it says it was made on: the same campaign is the same file.
        language: of its words.

    Raises:
        OSError: it cannot be written.
    """
    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(on.year, on.month, on.day), "author": "chuan"})  # noqa: DTZ001 - a day
    yield Book(book, language)
    book.close()


def write_unit(book: Book, name: str, unit: pl.DataFrame, groups: pl.DataFrame, back: str) -> None:
    """Write the sheet of a unit: its own rating, then its people list by list, then how its quotas are used.

    Args:
        book: the workbook.
        name: of the sheet.
        unit: the rows of the unit and of those who hold posts in it.
        groups: the quota groups with members in it.
        back: the address that the way back leads to.
    """
    say = book.language
    rows = unit.to_dicts()
    own = [row for row in rows if not row["person"]]
    title = " - ".join(filter(None, (unit["organisation"][0], next((row["unit"] for row in rows), ""))))
    sheet = Sheet(book, name, list(_UNIT_COLUMNS.values()), title)
    sheet.link(0, back, phrase("back", say))
    sheet.row += 1
    for row in own:
        rated = row["final_result"] or row["result"]
        sheet.line([f"{phrase('rating', say)}: {rated}. {row['because']}".strip()], "about")
    sheet.header(_UNIT_COLUMNS, frozen=True)
    people = [row for row in rows if row["person"]]
    for kind in List:
        listed = [row for row in people if row["list"] == kind]
        if listed:
            sheet.band(f"{phrase(kind, say)} ({len(listed)}): {phrase(f'{kind}_about', say)}")
            for number, row in enumerate(listed, 1):
                sheet.line(_person(number, row, say))
    if len(groups):
        sheet.gap()
        write_groups(sheet, groups, say)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so many letters wide."""
    return max(1, math.ceil(len(text) * _LOOSE / width))


def write_groups(sheet: Sheet, groups: pl.DataFrame, language: Language) -> None:
    """Write how quotas are used, a row a group; in the columns of a unit's sheet."""
    sheet.band(phrase("quotas", language))
    sheet.header(
        ("number", "counted", "group", "places", "ruleset", "eligible_count", "open_count", "awarded_count")
    )
    for number, row in enumerate(groups.iter_rows(named=True), 1):
        places = (
            str(row["places"])
            if row["places"] == row["places_most"]
            else f"{row['places']}–{row['places_most']}"
        )
        used = f"{row['awarded']:,} / {places}"
        sheet.line(
            [
                number,
                row["denominator"],
                row["group"],
                places,
                row["ruleset"],
                row["eligible"],
                row["needs_decision"],
                used,
            ]
        )


def _person(number: int, row: Mapping[str, Any], language: Language) -> list[object]:
    return [
        number,
        row["person"],
        row["name"],
        phrase(row["role"], language),
        row["result"],
        row["final_result"],
        float(row["score"]) if row["score"] else "",
        row["because"],
        "",
    ]
