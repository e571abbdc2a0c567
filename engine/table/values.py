"""Values of FEEL as columns: Polars expressions that are null where nothing is known.

Polars' own logic is that of `Unknown`: false and null is false, true or null is true. What FEEL makes null for a cause
is null in the expression too, and is told apart by a flag beside it, which most values have no need of.

Numbers are whole numbers of 64 bits with a decimal scale and bounds that were seen in the data, so that nothing is
ever rounded and nothing overflows: ratios are compared by cross-multiplication. What does not fit is not columnar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, or_
from typing import Any, Final, Literal

import polars as pl

Kind = Literal["number", "text", "boolean", "date"]

MOST: Final = 2**62
"""No number in a column is larger, so that sums and products of 64 bits are exact."""

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


class NotColumnarError(Exception):
    """An expression, or the data, that columns cannot say exactly; the text says why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A column of values.

    Attributes:
        kind: of the values.
        expr: the values; null where they are unknown, or null for a cause.
        null: where they are null for a cause, never null itself; None where they never are.
        scale: of a number, the power of ten that it is multiplied with.
        low: of a number, the lowest that it can be, multiplied.
        high: the highest.
        over: of a ratio, what it is divided by; it is above zero wherever `expr` is not null.
        constant: whether it is the same for all rows.
        nullable: whether `expr` may be null at all.
    """

    kind: Kind
    expr: pl.Expr
    null: pl.Expr | None = None
    scale: int = 0
    low: int = 0
    high: int = 0
    over: Value | None = None
    constant: bool = False
    nullable: bool = True

    @property
    def unknown(self) -> pl.Expr:
        """Where it is not known."""
        if not self.nullable:
            return pl.lit(value=False)
        return self.expr.is_null() if self.null is None else self.expr.is_null() & ~self.null


def literal(value: object) -> Value:
    """A value of FEEL, the same for all rows.

    Raises:
        NotColumnarError: columns have no values of its kind.
    """
    match value:
        case bool():
            return Value("boolean", pl.lit(value), constant=True, nullable=False)
        case Decimal():
            scale = max(-int(value.as_tuple().exponent), 0)
            whole = int(Fraction(value) * 10**scale)
            _within(whole, whole)
            number = pl.lit(whole, dtype=pl.Int64)
            return Value("number", number, None, scale, whole, whole, constant=True, nullable=False)
        case str():
            return Value("text", pl.lit(value), constant=True, nullable=False)
        case date():
            return Value("date", pl.lit(value, dtype=pl.Date), constant=True, nullable=False)
    raise NotColumnarError(f"a constant {type(value).__name__} has no columns")


def add(left: Value, right: Value, sign: int = 1) -> Value:
    """``left + right``; with a `sign` of -1, ``left - right``."""
    left, right = same_scale((left, right))
    ends = sorted((sign * right.low, sign * right.high))
    low, high = left.low + ends[0], left.high + ends[1]
    _within(low, high)
    expr = left.expr + right.expr if sign > 0 else left.expr - right.expr
    return Value("number", expr, _null_of(left, right), left.scale, low, high, nullable=_any(left, right))


def same_scale(values: Iterable[Value]) -> list[Value]:
    """Numbers multiplied with the same power of ten."""
    numbers = [_exact(value) for value in values]
    scale = max(number.scale for number in numbers)
    return [_scaled(number, scale) for number in numbers]


def multiply(left: Value, right: Value) -> Value:
    """``left * right``."""
    left, right = _exact(left), _exact(right)
    ends = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
    _within(min(ends), max(ends))
    return Value(
        "number",
        left.expr * right.expr,
        _null_of(left, right),
        left.scale + right.scale,
        min(ends),
        max(ends),
        nullable=_any(left, right),
    )


def divide(left: Value, right: Value) -> Value:
    """``left / right``, kept as a ratio; null where `right` is zero."""
    left, right = _exact(left), _exact(right)
    if right.low < 0:
        raise NotColumnarError("something is divided by what may be negative")
    null = _null_of(left, right)
    if right.low == 0:
        by_zero = (right.expr == 0).fill_null(value=False) & left.expr.is_not_null()
        null = by_zero if null is None else null | by_zero
    nullable = right.nullable or right.low == 0
    expr = pl.when(right.expr != 0).then(left.expr) if nullable else left.expr
    over = replace(right, low=1, high=max(right.high, 1))
    nullable = nullable or left.nullable
    return Value("number", expr, null, left.scale, left.low, left.high, over, nullable=nullable)


def plain_text(value: Value) -> pl.Expr:
    """The digits of numbers that are not below zero, without zeros that say nothing; null where they are.

    Raises:
        NotColumnarError: they are no exact numbers, or may be below zero.
    """
    number = _exact(value)
    if number.low < 0:
        raise NotColumnarError("a number below zero is written row by row")
    factor = 10**number.scale
    whole: pl.Expr = (number.expr // factor).cast(pl.String)
    if not number.scale:
        return whole
    rest = (number.expr % factor).cast(pl.String).str.zfill(number.scale).str.strip_chars_end("0")
    return pl.when(rest == "").then(whole).otherwise(whole + "." + rest)


def compare(operator: str, left: Value, right: Value) -> Value:
    """``left operator right``."""
    if left.kind != right.kind:
        raise NotColumnarError("values of different kinds are compared")
    if operator == "!=":
        return negate(compare("=", left, right))
    if left.kind == "boolean" and operator != "=":
        raise NotColumnarError("truth values have no order")
    sides = _crossed(left, right) if left.kind == "number" else (left.expr, right.expr)
    expr = _OPERATORS[operator](*sides)
    if left.null is None and right.null is None:
        return Value("boolean", expr, nullable=_any(left, right))
    if operator != "=":
        return Value("boolean", expr, _null_of(left, right), nullable=_any(left, right))
    # Only null is equal to null.
    nulls = [pl.lit(value=False) if each.null is None else each.null for each in (left, right)]
    compared = pl.when(nulls[0] | nulls[1]).then(nulls[0] & nulls[1]).otherwise(expr)
    return Value("boolean", pl.when(~(left.unknown | right.unknown)).then(compared))


def is_null(value: Value) -> Value:
    """``value = null``."""
    known = pl.lit(value=False) if value.null is None else value.null
    if not value.nullable:
        return Value("boolean", known, nullable=False)
    return Value("boolean", pl.when(~value.unknown).then(known))


def negate(value: Value) -> Value:
    """``not(value)``."""
    return replace(_truth(value), expr=~value.expr)


def all_of(values: Iterable[Value]) -> Value:
    """``a and b``."""
    return _junction(and_, list(values))


def any_of(values: Iterable[Value]) -> Value:
    """``a or b``."""
    return _junction(or_, list(values))


def choose(condition: Value, first: Value, second: Value) -> Value:
    """``if``, where the condition is known; null counts as false."""
    _truth(condition)
    if first.kind != second.kind:
        raise NotColumnarError("the branches of an if are of different kinds")
    scale, low, high = 0, 0, 0
    if first.kind == "number":
        first, second = same_scale((first, second))
        scale = first.scale
        low, high = min(first.low, second.low), max(first.high, second.high)
    null = None
    if first.null is not None or second.null is not None:
        nulls = [pl.lit(value=False) if each.null is None else each.null for each in (first, second)]
        null = pl.when(condition.expr).then(nulls[0]).otherwise(nulls[1])
    expr = pl.when(condition.expr).then(first.expr).otherwise(second.expr)
    return Value(first.kind, expr, null, scale, low, high, nullable=_any(first, second))


def _junction(operator: Callable[[Any, Any], Any], values: list[Value]) -> Value:
    expr = reduce(operator, [_truth(value).expr for value in values])
    if all(value.null is None for value in values):
        return Value("boolean", expr, nullable=_any(*values))
    unknown = reduce(or_, [value.unknown for value in values])
    return Value("boolean", expr, expr.is_null() & ~unknown)


def _any(*values: Value) -> bool:
    """Whether one of some values may be null, so that what is made of all may be."""
    return any(value.nullable for value in values)


def _truth(value: Value) -> Value:
    if value.kind != "boolean":
        raise NotColumnarError("something that is no truth value is taken for one")
    return value


def _null_of(left: Value, right: Value) -> pl.Expr | None:
    """Where an operation is null: an operand is, and none is unknown."""
    flags = [value.null for value in (left, right) if value.null is not None]
    return reduce(or_, flags) & ~(left.unknown | right.unknown) if flags else None


def _exact(value: Value) -> Value:
    if value.kind != "number":
        raise NotColumnarError("something that is no number is calculated with")
    if value.over is not None:
        raise NotColumnarError("a ratio, which may be rounded, is calculated with")
    return value


def _crossed(left: Value, right: Value) -> tuple[pl.Expr, pl.Expr]:
    """What compares as two numbers do, without division.

    FEEL rounds a ratio to 34 digits. That cannot change a comparison here: two ratios of numbers below `MOST` differ
    by far more than that, or not at all.
    """
    up = right.scale + (left.over.scale if left.over else 0)
    down = left.scale + (right.over.scale if right.over else 0)
    less = min(up, down)
    return _times(left, right.over, up - less), _times(right, left.over, down - less)


def _times(value: Value, by: Value | None, power: int) -> pl.Expr:
    most = max(abs(value.low), abs(value.high)) * 10**power * (by.high if by else 1)
    _within(most, most)
    expr = value.expr * 10**power if power else value.expr
    return expr * by.expr if by else expr


def _scaled(value: Value, scale: int) -> Value:
    factor = 10 ** (scale - value.scale)
    if factor == 1:
        return value
    low, high = value.low * factor, value.high * factor
    _within(low, high)
    return replace(value, expr=value.expr * factor, scale=scale, low=low, high=high)


def _within(low: int, high: int) -> None:
    if low < -MOST or high > MOST:
        raise NotColumnarError("the numbers of the table are too large for 64 bits")
