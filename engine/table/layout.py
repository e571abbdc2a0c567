"""How a table states facts: which column holds which fact, and a row of it as the record that it stands for.

A fact is a column of its name; a record a struct column, or a column for each field, such as ``targets.total``; a
list a list column, or the rows of a second table. A null in the table says nothing, so the fact is `Unknown`. That
there is none, where a ruleset allows it, is said by true in a column beside it, such as ``used_in_year = null``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import polars as pl

from engine.ruleset.ruleset import Ruleset
from engine.ruleset.types import DeclaredType

NULL_MARK: Final = " = null"
"""Ends the name of a column, or field of a struct, that says of another that there is none."""


class TableError(ValueError):
    """A table cannot be read: a column that names no fact, or two that state the same."""


class Source(NamedTuple):
    """Where a table states a fact or a field.

    Attributes:
        expr: its values; null where nothing is stated.
        dtype: of the values.
        empty: whether it is stated that there is none, or None where the table has no such column.
    """

    expr: pl.Expr
    dtype: pl.DataType
    empty: pl.Expr | None = None


def as_frame(
    ruleset: Ruleset, frame: pl.DataFrame, id_: str | None, lists: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The columns of `frame` that state facts, with the facts of `lists` as list columns.

    Raises:
        TableError: a column names no fact, a fact is stated twice, or there is no column `id_`.
    """
    if id_ is not None:
        check_id(frame.columns, id_)
    if lists and id_ is None:
        raise TableError("Lists in tables of their own need a column that joins them; name it as id.")
    for name, rows in lists.items():
        frame = _joined(ruleset, frame, str(id_), name, rows)
    columns = [name for name in frame.columns if name != id_]
    for column in columns:
        _check_column(ruleset, column, columns)
    return frame.select(columns)


def check_id(columns: Iterable[str], id_: str) -> None:
    """Raise a `TableError` where no column tells the rows apart."""
    if id_ not in columns:
        raise TableError(f'There is no column "{id_}" that tells the rows apart. Name another, or none.')


def _joined(ruleset: Ruleset, frame: pl.DataFrame, id_: str, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the fact `name` of the rows of the same id; who has no rows there has an empty list."""
    if name not in ruleset.facts or ruleset.facts[name].declared.item is None:
        raise TableError(f'"{name}" is not a fact that is a list, so it cannot have a table of its own.')
    if name in frame.columns or id_ not in frame.columns or id_ not in rows.columns:
        raise TableError(
            f'The rows of "{name}" need a column "{id_}" on both sides, and no other such column.'
        )
    item = ruleset.facts[name].declared.item
    fields = pl.exclude(id_)
    rows = rows.join(frame, on=id_, how="semi")
    gathered = rows.group_by(id_, maintain_order=True).agg(
        (pl.struct(fields) if item is not None and item.kind == "record" else fields).alias(name)
    )
    joined = frame.join(gathered, on=id_, how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null([]))


def _check_column(ruleset: Ruleset, column: str, columns: Iterable[str]) -> None:
    stated = column.removesuffix(NULL_MARK)
    if stated not in columns:
        raise TableError(f'The column "{column}" needs the column "{stated}" beside it.')
    path = stated.split(".")
    declared = _declared(ruleset, path)
    if declared is None:
        near = difflib.get_close_matches(column, ruleset.facts, n=1)
        hint = f" Is it {near[0]}?" if near else ""
        raise TableError(
            f'The column "{column}" names no fact of {ruleset.id}.{hint} Rename it or leave it out.'
        )
    if any(".".join(path[:length]) in columns for length in range(1, len(path))):
        raise TableError(f'The column "{column}" states a part of another column.')


def _declared(ruleset: Ruleset, path: Iterable[str]) -> DeclaredType | None:
    name, *steps = path
    found = ruleset.facts[name].declared if name in ruleset.facts else None
    for step in steps:
        if found is None or found.kind != "record" or step not in found.fields:
            return None
        found = found.fields[step].type
    return found


def source_of(schema: Mapping[str, pl.DataType], path: tuple[str, ...]) -> Source | None:
    """Where a table of `schema` states the fact or field at `path`; None where it does not."""
    for length in range(len(path), 0, -1):
        column = ".".join(path[:length])
        if column in schema:
            mark = pl.col(column + NULL_MARK) if column + NULL_MARK in schema else None
            return field_of(Source(pl.col(column), schema[column], mark), path[length:])
    return None


def field_of(source: Source, steps: tuple[str, ...]) -> Source | None:
    """The field at `steps` into a source; None where it has none."""
    for step in steps:
        fields = {field.name: field.dtype for field in getattr(source.dtype, "fields", ())}
        if step not in fields:
            return None
        mark = step + NULL_MARK
        source = Source(
            source.expr.struct.field(step),
            _instance(fields[step]),
            source.expr.struct.field(mark) if mark in fields else None,
        )
    return source


def _instance(dtype: Any) -> pl.DataType:
    """A type without parameters may stand for its instance."""
    found: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return found


def record_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record that a row stands for, as `engine.facts` reads it."""
    record: dict[str, Any] = {}
    for column, value in row.items():
        if column.endswith(NULL_MARK):
            if value is not True:
                continue
            column, stated = column.removesuffix(NULL_MARK), None
        elif value is None:
            continue
        else:
            stated = _stated(value)
        *above, name = column.split(".")
        inside = record
        for step in above:
            inside = inside.setdefault(step, {})
        if stated is not None or name not in inside:
            inside[name] = stated
    return record


def _stated(value: Any) -> Any:
    if isinstance(value, dict):
        return record_of(value)
    return [None if item is None else _stated(item) for item in value] if isinstance(value, list) else value
