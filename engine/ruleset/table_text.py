"""The rows of a table as its author writes them: a line each, with a bar between the cells.

    post         | level             | authority
    -------------|-------------------|-------------------
    head, deputy | commune           | district_committee
    head         | district          | province_committee
    -            | province          | "prime minister"

The first line names the columns. A line of dashes, an empty line, and one that begins with ``#`` say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

RULER: Final = re.compile(r"(?=.*--)[-|:+\s]+")
PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[^"|]+|\|')  # a bar within a text of FEEL parts nothing
_SPACE: Final = " \t"


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell as written, and where it begins in the text of the table."""

    text: str
    start: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands; of an empty cell, the place where it would."""
        return self.start, self.start + max(len(self.text), 1)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cells; of rows, the first has the number 1, the line above them 0."""

    number: int
    pieces: tuple[Piece, ...]
    span: tuple[int, int]


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a table that say something, the one with the names of the columns first."""
    start, number = 0, 0
    for line in text.splitlines(keepends=True):
        said = line.strip()
        if said and not said.startswith("#") and not RULER.fullmatch(said):
            indent = len(line) - len(line.lstrip())
            yield Line(
                number, tuple(_pieces(said, start + indent)), (start + indent, start + indent + len(said))
            )
            number += 1
        start += len(line)


def _pieces(line: str, start: int) -> Iterator[Piece]:
    """The cells of a line, which may stand between bars as a whole."""
    begin = 0
    if line.startswith("|"):
        begin, line = 1, line.removesuffix("|")
    for match in PIECE.finditer(line, begin):
        if match.group() == "|":
            yield _piece(line, begin, match.start(), start)
            begin = match.end()
    yield _piece(line, begin, len(line), start)


def _piece(line: str, begin: int, end: int, start: int) -> Piece:
    while begin < end and line[begin] in _SPACE:
        begin += 1
    return Piece(line[begin:end].rstrip(_SPACE), start + begin)
