"""Text files of cells: comma, semicolon or tab between them, in the encodings that people's programs write."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, Self, TextIO

import polars as pl
from polars.exceptions import PolarsError

from clients.score.problems import Problem, ScoreError
from clients.score.reading.columnar import empty_rows
from clients.score.reading.table import Block, Header, Options, Row, check_width, is_blank

_SEPARATORS: Final = (",", ";", "\t", "|")
_BLOCK: Final = 1 << 20
_AT_ONCE: Final = 1 << 24  # bytes of a file
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_LETTER: Final = "\ufffd"
_MAX_CELL: Final = 1_000_000  # characters of one cell; a longer one is a quotation mark that was never closed


class Delimited:
    """A CSV file; a `Table`."""

    def __init__(self, path: Path, options: Options) -> None:
        """Find out how the file is written, and read its header.

        Raises:
            ScoreError: it is empty, too wide, or in no encoding that is known.
            OSError: it cannot be read.
        """
        self._path = path
        self._encoding, self._cut = (options.encoding, False) if options.encoding else encoding_of(path)
        self._separator = options.separator
        self.empty_rows = 0
        for number, cells in enumerate(self._first_rows(), 1):
            if isinstance(cells, csv.Error):
                raise ScoreError(f"{path.name}: the header cannot be read: {cells}")
            if options.header in (None, number) and not all(map(is_blank, cells)):
                check_width(len(cells), path.name, options)
                self._header = Header.of(cells)
                self._header_at, self._width = number, len(cells)
                break
        else:
            raise ScoreError(f"{path.name} has no header: the first row has to name the columns")
        self.columns = tuple(self._header.names.values())
        self.letters = self._header.letters

    def rows(self) -> Iterator[Row]:
        """See `Table`."""
        for block in self.blocks(_AT_ONCE):
            yield from block.rows()

    def blocks(self, size: int) -> Iterator[Block]:
        """See `Table`."""
        self.empty_rows = 0
        try:
            with self._open() as file:
                before = len(list(_records(file.lines(), self._header_at, self._separator)))
                while content := file.read():
                    block, rows = self._plain(content, before) or self._quoted(content, file, before)
                    before += rows
                    yield from block.parts(size)
        except UnicodeError:
            raise self._other_encoding() from None

    def _plain(self, content: bytes, before: int) -> tuple[Block, int] | None:
        """The block of a text in which every line is a row as wide as the header, and how many rows it has.

        None where Polars may read the text otherwise than Python does, which has the last word.
        """
        if b'"' in content or b"\0" in content or self._cut:
            return None
        content = content.replace(b"\r\n", b"\n") if b"\r" in content else content
        if b"\r" in content or content.startswith(b"\n") or b"\n\n" in content:
            return None
        try:
            frame = pl.read_csv(
                content,
                has_header=False,
                new_columns=[str(place) for place in range(self._width)],
                separator=self._separator,
                quote_char=None,
                infer_schema=False,
                empty_string_is_null=False,
            )
        except PolarsError:  # a row is longer than the first one
            return None
        lines = content.count(b"\n") + (not content.endswith(b"\n"))
        # None is longer than the first, so if there are as many marks as in rows of full width, all of them are.
        marks = content.count(self._separator.encode())
        if frame.height != lines or frame.width != self._width or marks != lines * (self._width - 1):
            return None
        numbers = pl.int_range(before + 1, before + 1 + lines, dtype=pl.Int64, eager=True)
        if len(empty := empty_rows(frame)):
            self.empty_rows += len(empty)
            kept = ~pl.int_range(lines, eager=True).is_in(empty.implode())
            frame, numbers = frame.filter(kept), numbers.filter(kept)
        cells = {name: frame[str(place)] for place, name in self._header.names.items()}
        return Block(numbers, cells), lines

    def _quoted(self, content: bytes, file: _Text, before: int) -> tuple[Block, int]:
        """The block of any text, and how many rows it has; a row that goes on behind the text is read on."""
        lines = list(io.StringIO(content.decode(errors=file.errors), newline=""))
        rows: list[list[str]] = []
        numbers: list[int] = []
        problems: dict[int, tuple[Problem, ...]] = {}
        number = before
        for cells in _records(chain(lines, file.lines()), None, self._separator, len(lines)):
            number += 1
            if isinstance(cells, csv.Error):
                found: tuple[Problem, ...] = (Problem("quotes"),)
                cells = []
            elif all(map(is_blank, cells)):
                self.empty_rows += 1
                continue
            else:
                found = tuple(self._misfit(cells))
            if found:
                problems[len(rows)] = found
            numbers.append(number)
            rows.append([*cells[: self._width], *[""] * (self._width - len(cells))])
        columns = list(zip(*rows, strict=True)) or [()] * self._width
        named = {
            name: pl.Series(name, columns[place], dtype=pl.String)
            for place, name in self._header.names.items()
        }
        return Block(pl.Series(numbers, dtype=pl.Int64), named, problems), number - before

    def _misfit(self, cells: list[str]) -> Iterator[Problem]:
        details = {"found": str(len(cells)), "expected": str(self._width)}
        if self._cut and any(_NO_LETTER in cell for cell in cells):
            yield Problem("cut")
        elif len(cells) < self._width:
            yield Problem("short_row", details=details)
        elif not all(map(is_blank, cells[self._width :])):
            yield Problem("long_row", details=details)

    def _first_rows(self) -> Iterator[list[str] | csv.Error]:
        try:
            if not self._separator:
                with self._open() as file:
                    self._separator = _separator_of(next(file.lines(), ""))
            with self._open() as file:
                yield from _records(file.lines(), None, self._separator)
        except UnicodeError:
            raise self._other_encoding() from None

    def _open(self) -> _Text:
        try:
            # All of a file that was cut within a letter was read before, but for that letter.
            return _Text(self._path, self._encoding, "replace" if self._cut else "strict")
        except LookupError:
            raise ScoreError(
                f"there is no encoding '{self._encoding}': such as utf-8, utf-16, cp1258"
            ) from None

    def _other_encoding(self) -> ScoreError:
        return ScoreError(
            f"{self._path.name} is not in {self._encoding} throughout: save it as UTF-8, or state `encoding`"
        )


class _Text:
    """A text file, as UTF-8 in large pieces, or line by line; what was read the one way is not read the other.

    Attributes:
        errors: what becomes of letters that cannot be read.
    """

    def __init__(self, path: Path, encoding: str, errors: str) -> None:
        self.errors = errors
        name = codecs.lookup(encoding).name
        self._utf8: BinaryIO | None = None
        self._other: TextIO | None = None
        self._begun: deque[str] = deque()  # lines that were read together with one that was asked for
        if name in ("utf-8", "utf-8-sig", "ascii"):
            self._utf8 = path.open("rb")
            if name == "utf-8-sig":
                self._utf8.seek(len(codecs.BOM_UTF8) * self._utf8.read(3).startswith(codecs.BOM_UTF8))
        else:
            self._other = path.open(encoding=encoding, errors=errors, newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._utf8, self._other):
            if file is not None:
                file.close()

    def read(self) -> bytes:
        """The next lines, all of them whole; nothing at the end.

        Raises:
            UnicodeError: they are in another encoding.
        """
        if self._utf8 is not None:
            before = "".join(self._begun).encode()
            self._begun.clear()
            return before + self._utf8.read(_AT_ONCE) + self._utf8.readline()
        return (self._other.read(_AT_ONCE) + self._other.readline()).encode() if self._other else b""

    def lines(self) -> Iterator[str]:
        """Line by line.

        Raises:
            UnicodeError: a line is in another encoding.
        """
        if self._utf8 is not None:
            while self._begun or (line := self._utf8.readline()):
                if not self._begun:
                    # A carriage return alone ends a line too, for Python as for old programs.
                    self._begun.extend(io.StringIO(line.decode(errors=self.errors), newline=""))
                yield self._begun.popleft()
        elif self._other is not None:
            yield from iter(self._other.readline, "")


def _records(
    lines: Iterable[str], most: int | None, separator: str, among: int | None = None
) -> Iterator[list[str] | csv.Error]:
    """Each row, or the error in the place of one that cannot be read.

    Args:
        lines: of a file; no more of them are taken than the rows need.
        most: so many rows; all.
        separator: of cells.
        among: the rows that begin in the first so many lines; all.
    """
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    count = 0
    while (most is None or count < most) and (among is None or reader.line_num < among):
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error
        count += 1


def encoding_of(path: Path) -> tuple[str, bool]:
    """The encoding of a text file, and whether it ends within a letter.

    It is told by its mark; else it is UTF-8 where all of it can be, UTF-16 by its zeros, else Windows-1258.
    Windows-1258 is what Vietnamese Windows writes. The font encodings TCVN3 and VNI cannot be told from it.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_BLOCK)
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding, False
        if b"\0" in start:
            return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be", False
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = start
        try:
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            cut = error.reason == "unexpected end of data"
            return ("utf-8", True) if cut else ("cp1258", False)
    return "utf-8", False


def _separator_of(line: str) -> str:
    """The mark that stands most often in the first line, outside of quotation marks."""
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)
