"""Records as a table, in the form that `engine.table.layout` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from engine.ruleset.ruleset import Ruleset
from engine.ruleset.types import DeclaredType
from engine.table.layout import NULL_MARK, TableError

_DIGITS: Final = 38  # of a decimal number in a table
_PLAIN: Final[Mapping[str, pl.DataType]] = {
    "count": pl.Int64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}


def frame_of(ruleset: Ruleset, records: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A table of `records`, a column for each fact of the ruleset that one of them states.

    Raises:
        TableError: a column cannot hold what the records state, such as words where numbers belong.
    """
    columns: dict[str, pl.Series] = {}
    for name, fact in ruleset.facts.items():
        stated = [record.get(name) for record in records]
        if any(value is not None for value in stated):
            columns[name] = series_of(fact.declared, name, stated)
        if any(name in record and record[name] is None for record in records):
            none = [name in record and record[name] is None for record in records]
            columns.setdefault(name, pl.Series(name, stated, dtype=_dtype(fact.declared, ())))
            columns[name + NULL_MARK] = pl.Series(none, dtype=pl.Boolean)
    if not columns:  # rows without any column cannot be told apart from no rows
        name, fact = next(iter(ruleset.facts.items()))
        columns[name] = pl.Series([None] * len(records), dtype=_dtype(fact.declared, ()))
    return pl.DataFrame(columns)


def series_of(declared: DeclaredType, name: str, values: Sequence[Any]) -> pl.Series:
    """The column of what a fact, or a field, is in several records; None where it is not stated.

    Args:
        declared: its type.
        name: of the column.
        values: as a record has them.

    Raises:
        TableError: a column cannot hold them.
    """
    try:
        converted = [_converted(declared, value) for value in values]
        return pl.Series(name, converted, dtype=_dtype(declared, values), strict=True)
    except (TypeError, ValueError, ArithmeticError, AttributeError, pl.exceptions.PolarsError) as error:
        raise TableError("A column cannot hold what the records state of a fact.") from error


def _dtype(declared: DeclaredType, values: Iterable[Any]) -> pl.DataType:
    stated = [value for value in values if value is not None]
    if declared.item is not None:
        return pl.List(_dtype(declared.item, [item for value in stated for item in value]))
    if declared.kind == "record":
        fields: dict[str, Any] = {}
        for name, field in declared.fields.items():
            fields[name] = _dtype(field.type, [value.get(name) for value in stated])
            if any(name in value and value[name] is None for value in stated):
                fields[name + NULL_MARK] = pl.Boolean()
        return pl.Struct(fields)
    if declared.kind == "number":
        return pl.Decimal(_DIGITS, max((_decimals(value) for value in stated), default=0))
    return _PLAIN.get(declared.kind, pl.String())


def _decimals(value: Any) -> int:
    exponent = Decimal(value).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _converted(declared: DeclaredType, value: Any) -> Any:
    """A value in the form that the column holds."""
    if value is None:
        return None
    if declared.item is not None:
        return [_converted(declared.item, item) for item in value]
    match declared.kind:
        case "record":
            if unknown := value.keys() - declared.fields.keys():
                raise TableError(f"A record has fields that are not declared: {', '.join(sorted(unknown))}.")
            found = {name: _converted(field.type, value.get(name)) for name, field in declared.fields.items()}
            return found | {name + NULL_MARK: True for name in value if value[name] is None}
        case "number":
            return Decimal(value)
        case "count":
            whole = int(value)
            if whole != value:
                raise TableError("A count is a whole number.")
            return whole
        case "date":
            return date.fromisoformat(value) if isinstance(value, str) else value
    return value
