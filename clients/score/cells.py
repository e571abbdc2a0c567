"""The cells of one row read by the columns of a mapping: into the facts of a record, or of an item of a list."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from clients.score.columns import ColumnReader
from clients.score.leaves import Leaf, leaf_at
from clients.score.mapping import UNSTATED, Column, ColumnMapping
from clients.score.problems import Problem, ScoreError
from clients.score.reading import ENVELOPE, Row, is_blank
from clients.score.values import CellError, Read, reader_of, remembered, text


class Reads(NamedTuple):
    """What reads one column."""

    column: str
    path: tuple[str, ...]
    fact: str
    read: Read
    blank: object
    together: ColumnReader


def reads_of(
    columns: Mapping[str, Column], leaves: Mapping[str, Leaf], mapping: ColumnMapping
) -> list[Reads]:
    """What reads each of `columns`, given the leaves that they may state.

    Raises:
        ScoreError: a column states nothing that there is, or what another one states.
    """
    reads: list[Reads] = []
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
        reads.append(Reads(name, steps(column.fact), column.fact, read, column.blank, together))
    return reads


def fill(facts: dict[str, object], reads: Sequence[Reads], row: Row) -> Iterator[Problem]:
    """Read a row's cells into `facts`; what is wrong with them."""
    for each in reads:
        cell = _cell(row, each.column)
        if is_blank(cell):
            if each.blank is not UNSTATED:
                put(facts, each.path, each.blank)
            continue
        try:
            put(facts, each.path, each.read(cell))
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


def put(facts: dict[str, object], path: tuple[str, ...], value: object) -> None:
    """State a value at a path of a record."""
    *outer, last = path
    for step in outer:
        inner = facts.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # a column states the whole as none: its parts are not stated
        facts = inner
    facts[last] = value


def steps(path: str) -> tuple[str, ...]:
    """The steps of a path such as ``tasks.total``."""
    return tuple(path.split("."))


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


def known_column(name: str, columns: Sequence[str], file: str) -> None:
    """Refuse a column that a file does not have.

    Raises:
        ScoreError: it has none of that name; with the nearest.
    """
    if name not in columns:
        near = difflib.get_close_matches(name, columns, n=3, cutoff=0.5) or columns[:20]
        raise ScoreError(f"{file} has no column '{name}', which the mapping names; it has {', '.join(near)}")
