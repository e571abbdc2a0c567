"""A sample as tables: one CSV file for each ruleset, one row a record."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import orjson

from clients.sample.facts_common import Facts
from engine.ruleset.ruleset import Ruleset

OTHER: Final = "other"
"""The last column of a table of records: as JSON, what no column is for, such as a fact that is misspelt."""


class Row(Protocol):
    """What writes a row."""

    def writerow(self, row: Sequence[object], /) -> object:
        """Write it."""


def columns_of(ruleset: Ruleset) -> tuple[str, ...]:
    """The columns of a table of records: a fact each, of a record its fields, as ``tasks.done``."""
    columns: list[str] = []
    for name, fact in ruleset.facts.items():
        inner = fact.declared.fields if fact.declared.kind == "record" else None
        columns += [name] if not inner else [f"{name}.{field}" for field in inner]
    return tuple(columns)


class Tables:
    """The tables of a sample, each made when its first row comes and open until the end."""

    def __init__(self, folder: Path, stack: ExitStack, columns: Mapping[str, Sequence[str]]) -> None:
        """Begin.

        Args:
            folder: where.
            stack: closes the files.
            columns: by the id of a ruleset, those of its table.
        """
        self._folder = folder
        self._stack = stack
        self._columns = columns
        self._tables: dict[str, Row] = {}

    def line(self, name: str, data: Facts) -> None:
        """A row of a table whose rows all have these columns."""
        self._table(name, tuple(data)).writerow([_cell(value) for value in data.values()])

    def record(self, name: str, key: Facts, ruleset: str, facts: Facts) -> None:
        """A row of a table of records: what it is about, then its facts."""
        columns = self._columns[ruleset]
        flat = _flat(facts)
        cells = [_cell(flat.pop(column, None)) for column in columns]
        table = self._table(name, (*key, *columns, OTHER))
        table.writerow([*map(_cell, key.values()), *cells, _cell(flat or None)])

    def _table(self, name: str, columns: Sequence[str]) -> Row:
        if name not in self._tables:
            file = self._stack.enter_context(
                (self._folder / name).open("w", encoding="utf-8-sig", newline="")
            )
            self._tables[name] = csv.writer(file)
            self._tables[name].writerow(columns)
        return self._tables[name]


def _flat(facts: Facts) -> Facts:
    flat: Facts = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{field}": inner for field, inner in value.items()})
        else:
            flat[name] = value
    return flat


def _cell(value: object) -> object:
    """A value as a cell: nothing for none, and JSON for a list or record."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return orjson.dumps(value, default=_number).decode()
    return value


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError
