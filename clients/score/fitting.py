"""Whether the columns of a table hold what records state."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from engine.ruleset.types import DeclaredType
from engine.table import TableError
from engine.table.framing import series_of

_MOST: Final = 10**12
_MOST_DECIMALS: Final = 6  # with as many digits as `_MOST` has, what 64 bits hold


def fits(declared: DeclaredType, value: object) -> bool:
    """Whether a column of a type holds a value that a record states."""
    return _has_kind(declared, value) and _converts(declared, value)


def column_of(declared: DeclaredType, values: Sequence[object]) -> pl.Series:
    """The column of values that fit; None where nothing is stated."""
    column = series_of(declared, "", values)
    whole = isinstance(column.dtype, pl.Decimal) and column.dtype.scale == 0
    return column.cast(pl.Int64) if whole else column


def _has_kind(declared: DeclaredType, value: object) -> bool:
    """Whether a value is of a type's kind; what may be said of it besides is for the engine to judge."""
    match declared.kind:
        case "number" | "count":
            return value.__class__ in (int, Decimal) and _is_small(value)
        case "list" if declared.item is not None:
            item = declared.item
            return isinstance(value, list | tuple) and all(_has_kind(item, each) for each in value)
        case "record":
            return isinstance(value, dict) and all(
                each is None or (name in declared.fields and _has_kind(declared.fields[name].type, each))
                for name, each in value.items()
            )
        case _:
            return True


def _is_small(value: object) -> bool:
    if isinstance(value, int):
        return -_MOST < value < _MOST
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DECIMALS and -_MOST < value < _MOST


def _converts(declared: DeclaredType, value: object) -> bool:
    try:
        series_of(declared, "", [value])
    except TableError:
        return False
    return True
