"""Built-in functions of FEEL over columns.

What is unknown in an argument makes the result unknown. An argument that may be null for a cause is refused where the
language says something else of it than null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Final, TypeAlias

import polars as pl

from engine.table.values import NotColumnarError, Value, add, literal, same_scale

Argument: TypeAlias = Value | list[Value]

_MOST_DECIMALS: Final = 20  # of points: no more are left of them in a score
_MONTHS_PER_YEAR: Final = 12
_MOST_MONTHS: Final = _MONTHS_PER_YEAR * 10_000  # between two dates


def call(name: str, arguments: Sequence[Argument]) -> Value:
    """What a built-in function gives.

    Args:
        name: of the function.
        arguments: a list that is written out is a list of its items.

    Raises:
        NotColumnarError: columns cannot say it.
    """
    if name not in _FUNCTIONS:
        raise NotColumnarError(f"{name}() has no columns")
    try:
        return _FUNCTIONS[name](*arguments)
    except TypeError as error:
        raise NotColumnarError(f"{name}() of these arguments has no columns") from error


def _score_part(
    points: Argument, deductions: Argument, maximum: Argument, capped: Argument, floor: Argument | None = None
) -> Value:
    """The points of a part after its deductions; null where they are below zero, or above the maximum uncapped."""
    taken = deductions if isinstance(deductions, list) else [_one(deductions)]
    lowest = literal(Decimal(0)) if floor is None else _number(floor)
    points, maximum, lowest, *taken = same_scale(
        [_number(points), _number(maximum), lowest, *map(_number, taken)]
    )
    if points.scale > _MOST_DECIMALS:
        raise NotColumnarError("points with more than 20 decimals are rounded")
    reached = replace(
        points, expr=pl.when(points.expr > maximum.expr).then(maximum.expr).otherwise(points.expr)
    )
    left = reduce(lambda rest, each: add(rest, each, -1), taken, reached)
    known = reduce(lambda rest, each: add(rest, each), [maximum, *taken], points)
    wrong = [each.expr < 0 for each in (points, *taken) if each.low < 0]
    if points.high > maximum.low:
        wrong.append((points.expr > maximum.expr) & ~_one(capped).expr)
    if floor is None:
        wrong += [left.expr < 0] if left.low < 0 else []
        expr = left.expr
    else:
        expr = pl.when(left.expr < lowest.expr).then(lowest.expr).otherwise(left.expr)
    nullable = known.nullable or bool(wrong)
    null = None
    if wrong:
        bad = reduce(or_, wrong)
        null = (bad & known.expr.is_not_null()).fill_null(value=False) if known.nullable else bad
        expr = pl.when(~bad).then(expr)
    if known.nullable:
        expr = pl.when(known.expr.is_not_null()).then(expr)
    high = max(maximum.high, lowest.high)
    return Value("number", expr, null, points.scale, 0, high, nullable=nullable)


def _score_total(parts: Argument) -> Value:
    items = parts if isinstance(parts, list) else [_one(parts)]
    total = reduce(add, items, literal(Decimal(0)))
    if total.scale > _MOST_DECIMALS:
        raise NotColumnarError("points with more than 20 decimals are rounded")
    return total


def _sum(*arguments: Argument) -> Value:
    return reduce(add, _numbers(arguments))


def _extreme(*, lowest: bool) -> Callable[..., Value]:
    def extreme(*arguments: Argument) -> Value:
        numbers = same_scale(_numbers(arguments))
        return reduce(chosen, numbers)

    def chosen(one: Value, other: Value) -> Value:
        first = one.expr <= other.expr if lowest else one.expr >= other.expr
        expr = pl.when(first).then(one.expr).when(~first).then(other.expr)
        best = min if lowest else max
        low, high = best(one.low, other.low), best(one.high, other.high)
        return replace(
            one, expr=expr, low=low, high=high, nullable=one.nullable or other.nullable, constant=False
        )

    return extreme


def _abs(number: Argument) -> Value:
    value = _number(number)
    high = max(abs(value.low), abs(value.high))
    return replace(value, expr=value.expr.abs(), low=0, high=high, constant=False)


def _full_months(start: Argument, end: Argument) -> Value:
    first, last = _date(start), _date(end)
    expr = _months(first.expr, last.expr)
    nullable = first.nullable or last.nullable
    return Value("number", expr, None, 0, -_MOST_MONTHS, _MOST_MONTHS, nullable=nullable)


def _full_years(start: Argument, end: Argument) -> Value:
    months = _full_months(start, end)
    years = months.expr.abs() // _MONTHS_PER_YEAR * months.expr.sign()
    most = _MOST_MONTHS // _MONTHS_PER_YEAR
    return replace(months, expr=years, low=-most, high=most)


def _months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The whole months from one date to another: to the same day, or the last one of a month that has none."""
    back = end < start
    first, last = pl.when(back).then(end).otherwise(start), pl.when(back).then(start).otherwise(end)
    years = last.dt.year().cast(pl.Int64) - first.dt.year().cast(pl.Int64)
    months = years * _MONTHS_PER_YEAR + last.dt.month().cast(pl.Int64) - first.dt.month().cast(pl.Int64)
    due = pl.min_horizontal(first.dt.day(), last.dt.days_in_month())
    whole = months - (due > last.dt.day()).cast(pl.Int64)
    return pl.when(back).then(-whole).when(~back).then(whole)


def _one(argument: Argument) -> Value:
    if isinstance(argument, list) or argument.null is not None:
        raise NotColumnarError("an argument that is a list, or may be null, has no columns")
    return argument


def _number(argument: Argument) -> Value:
    value = _one(argument)
    if value.kind != "number" or value.over is not None:
        raise NotColumnarError("an argument that is no number, or a ratio, has no columns")
    return value


def _numbers(arguments: Sequence[Argument]) -> list[Value]:
    """The numbers of a function that takes several, or one list of them."""
    items = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments
    if not items:
        raise NotColumnarError("an empty list has no columns")
    return [_number(item) for item in items]


def _date(argument: Argument) -> Value:
    value = _one(argument)
    if value.kind != "date":
        raise NotColumnarError("an argument that is no date has no columns")
    return value


_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "score_part": _score_part,
    "score_total": _score_total,
    "sum": _sum,
    "min": _extreme(lowest=True),
    "max": _extreme(lowest=False),
    "abs": _abs,
    "full_months": _full_months,
    "full_years": _full_years,
}
