"""The layout of a ruleset's text: sections in their order, tables in columns, no stray blanks. Comments stay.

Only the layout changes: what the text says is compared before and after.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from engine.ruleset import source
from engine.ruleset.problems import RulesetError
from engine.ruleset.table_text import PIECE, RULER, lines_of

ORDER: Final = (
    "ruleset",
    "version",
    "kind",
    "title",
    "effective",
    "period",
    "published",
    "note",
    "selects",
    "sources",
    "questions",
    "outcomes",
    "types",
    "facts",
    "parameters",
    "definitions",
    "score",
    "tables",
    "criteria",
    "decision",
    "quota",
    "labels",
    "gaps",
    "base",
    "cases",
)
"""The sections of a ruleset and of a file of cases, in the order in which they are read best."""

_KEY: Final = re.compile(r"([^\W\d]\w*):(?:\s|\Z)")
_HEAD: Final = frozenset(ORDER[:9])  # written without blank lines between them
_TABLE: Final = re.compile(r"(?P<indent> +)rules: *\|[+-]? *\Z")


def format_text(text: str) -> str:
    """The text of a ruleset, or of a file of cases, laid out as all are; formatting twice changes nothing more.

    Raises:
        RulesetError: the text is not YAML, so that its layout means nothing.
    """
    said = _said(text)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    laid_out = "\n".join(_spaced(_ordered(_tables([line.rstrip() for line in lines])))).strip("\n") + "\n"
    try:
        same = _said(laid_out) == said
    except RulesetError:
        same = False
    # A blank at the end of a line within a quoted text is content; such a file is better left as it is.
    return laid_out if same else text


def _said(text: str) -> Any:
    """What a text says: its values, of tables the cells."""
    data = source.read(text, "<text>").data
    tables = data.get("tables") if isinstance(data, dict) else None
    if not isinstance(tables, dict):
        return data
    cells = {
        name: table | {"rules": [[piece.text for piece in line.pieces] for line in lines_of(table["rules"])]}
        if isinstance(table, dict) and isinstance(table.get("rules"), str)
        else table
        for name, table in tables.items()
    }
    return data | {"tables": cells}


def _ordered(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The sections with the comments above each, in order; a heading comment stays where it is."""
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    above: list[str] = []
    for line in lines:
        key = _KEY.match(line)
        if key is not None:
            sections.append((key[1], [*above, line]))
            above = []
        elif not line or line.startswith("#"):
            above.append(line)
        else:
            target = sections[-1][1] if sections else head
            target += [*above, line]
            above = []
    if above and any(above):
        sections.append(("", above))
    # What stands above the first section says something of the file; so it will when they are in order.
    head += _taken_above(sections)
    known = {name: place for place, name in enumerate(ORDER)}
    last = len(known)
    sections.sort(key=lambda pair: known.get(pair[0], last if pair[0] else last + 1))
    head += _taken_above(sections)
    yield "", head
    yield from sections


def _taken_above(sections: Sequence[tuple[str, list[str]]]) -> list[str]:
    """The comments above the first section, taken from it."""
    if not sections:
        return []
    lines = sections[0][1]
    place = next((place for place, line in enumerate(lines) if _KEY.match(line)), 0)
    above = lines[:place]
    del lines[:place]
    return above


def _spaced(sections: Iterator[tuple[str, list[str]]]) -> Iterator[str]:
    """The lines, one blank line between sections, none within the head, and never two."""
    before = ""
    for name, section in sections:
        # Of blank lines in a row one is kept, and none at the ends.
        kept = [line for blank, run in groupby(section, key="".__eq__) for line in ([""] if blank else run)]
        kept = kept[not kept[0] :] if kept else kept
        kept = kept[: len(kept) - (not kept[-1])] if kept else kept
        if not kept:
            continue
        if before and (name not in _HEAD or before not in _HEAD or kept[0].startswith("#")):
            yield ""
        yield from kept
        before = name


def _tables(lines: Sequence[str]) -> list[str]:
    """The lines, with the rows of every table in columns."""
    found: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        found.append(line)
        place += 1
        opened = _TABLE.match(line)
        if opened is None:
            continue
        rows = []
        while place < len(lines) and (not lines[place] or _indent(lines[place]) > len(opened["indent"])):
            rows.append(lines[place])
            place += 1
        found += _columns(rows)
    return found


def _columns(rows: Sequence[str]) -> list[str]:
    cells = {
        place: _cells(row.strip())
        for place, row in enumerate(rows)
        if row and not row.lstrip().startswith("#")
    }
    ruled = {place for place in cells if RULER.fullmatch(rows[place].strip())}
    said = [row for place, row in cells.items() if place not in ruled]
    if not said or len({len(row) for row in said}) != 1:
        return list(rows)  # rows that do not fit their head are for the check to tell
    widths = [max(map(_width, column)) for column in zip(*said, strict=True)]
    indent = " " * min(_indent(rows[place]) for place in cells)
    laid_out = list(rows)
    for place, row in cells.items():
        if place in ruled:
            laid_out[place] = indent + "-|-".join("-" * width for width in widths)
        else:
            padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            laid_out[place] = (indent + " | ".join(padded)).rstrip()
    return laid_out


def _cells(row: str) -> list[str]:
    if row.startswith("|"):
        row = row.removeprefix("|").removesuffix("|")
    cells = [""]
    for match in PIECE.finditer(row):
        if match.group() == "|":
            cells.append("")
        else:
            cells[-1] += match.group()
    return [cell.strip() for cell in cells]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _width(text: str) -> int:
    """How many columns a text takes in an editor: marks over a letter take none."""
    return sum(not unicodedata.combining(character) for character in text)
