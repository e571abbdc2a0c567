"""Text files of cells: comma, semicolon or tab between them, in the encodings that people's programs write."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clients.score.problems import Problem, ScoreError
from clients.score.reading.table import Header, Options, Row, check_width, is_blank

_SEPARATORS: Final = (",", ";", "\t", "|")
_BLOCK: Final = 1 << 20
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
        self._header_at = 0
        self.empty_rows = 0
        for number, cells in self._lines():
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
        self.empty_rows = 0
        for number, cells in self._lines():
            if number <= self._header_at:
                continue
            if isinstance(cells, csv.Error):
                yield Row(number, {}, (Problem("quotes"),))
            elif all(map(is_blank, cells)):
                self.empty_rows += 1
            else:
                yield Row(number, self._header.cells(cells), tuple(self._misfit(cells)))

    def _misfit(self, cells: list[str]) -> Iterator[Problem]:
        details = {"found": str(len(cells)), "expected": str(self._width)}
        if self._cut and any(_NO_LETTER in cell for cell in cells):
            yield Problem("cut")
        elif len(cells) < self._width:
            yield Problem("short_row", details=details)
        elif not all(map(is_blank, cells[self._width :])):
            yield Problem("long_row", details=details)

    def _lines(self) -> Iterator[tuple[int, list[str] | csv.Error]]:
        """Each row and its number; an error in the place of one that cannot be read."""
        csv.field_size_limit(_MAX_CELL)
        try:
            # All of a file that was cut within a letter was read before, but for that letter.
            errors = "replace" if self._cut else "strict"
            with self._path.open(encoding=self._encoding, errors=errors, newline="") as file:
                if not self._separator:
                    self._separator = _separator_of(file.readline())
                    file.seek(0)
                reader = csv.reader(
                    (_composed(line) for line in file), delimiter=self._separator, strict=True
                )
                number = 0
                while True:
                    number += 1
                    try:
                        yield number, next(reader)
                    except StopIteration:
                        return
                    except csv.Error as error:
                        yield number, error
        except (UnicodeDecodeError, UnicodeError):
            raise ScoreError(
                f"{self._path.name} is not in {self._encoding} throughout: save it as UTF-8, or state `encoding`"
            ) from None
        except LookupError:
            raise ScoreError(
                f"there is no encoding '{self._encoding}': such as utf-8, utf-16, cp1258"
            ) from None


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


def _composed(line: str) -> str:
    """Windows-1258 writes a tone as a mark of its own."""
    return line if line.isascii() else unicodedata.normalize("NFC", line)
