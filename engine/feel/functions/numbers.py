"""Numeric functions."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.feel.causes import null
from engine.feel.functions.registry import builtin, required
from engine.feel.operators import negate
from engine.feel.temporal import duration_nanos
from engine.feel.types import BOOLEAN, DAYS_DURATION, MONTHS_DURATION, NUMBER
from engine.feel.values import CONTEXT, ZERO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.feel.temporal import Duration, YearsMonths

MIN_SCALE: Final = -6111
MAX_SCALE: Final = 6176

EXACT: Final = decimal.Context(
    prec=120,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-20_000,
    Emax=20_000,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""For steps on the way to a result, so that only the result is rounded to 34 digits."""


def rounded(number: Decimal) -> Decimal | None:
    """`number` in 34 digits; null where the exponent is out of range."""
    try:
        return CONTEXT.plus(number)
    except decimal.DecimalException:
        return null("number-range")


def whole(number: Decimal) -> int:
    """A count or a position: a fraction is dropped."""
    return int(number)


def total(numbers: Sequence[Decimal]) -> Decimal:
    """The sum in 120 digits."""
    result = ZERO
    for number in numbers:
        result = EXACT.add(result, number)
    return result


def _round(name: str, rounding: str) -> Callable[[Decimal, Decimal], Decimal | None]:
    def round_(number: Decimal, scale: Decimal) -> Decimal | None:
        places = whole(scale) if abs(scale) < 100_000 else MAX_SCALE + 1
        if not MIN_SCALE <= places <= MAX_SCALE:
            return null("domain", function=name, parameter="scale")
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or exponent >= -places:
            return number
        return number.quantize(Decimal((0, (1,), -places)), rounding, EXACT)

    return round_


def _to_whole(round_: Callable[[Decimal, Decimal], Decimal | None]) -> Callable[[Decimal], Decimal | None]:
    return lambda number: round_(number, ZERO)


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The remainder with the sign of the divisor."""
    if not divisor:
        return null("division-by-zero")
    try:
        remainder = EXACT.remainder(dividend, divisor)
    except decimal.DecimalException:  # a quotient of more than 120 digits
        return null("number-range")
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = EXACT.add(remainder, divisor)
    return rounded(remainder)


def _sqrt(number: Decimal) -> Decimal | None:
    return null("domain", function="sqrt", parameter="number") if number < 0 else CONTEXT.sqrt(number)


def _log(number: Decimal) -> Decimal | None:
    return null("domain", function="log", parameter="number") if number <= 0 else CONTEXT.ln(number)


def _exp(number: Decimal) -> Decimal | None:
    try:
        return CONTEXT.exp(number)
    except decimal.DecimalException:
        return null("number-range")


def _parity(number: Decimal) -> int | None:
    """0 for an even number, 1 for an odd one, None for one that is not whole."""
    if number != number.to_integral_value():
        return None
    return 0 if number.adjusted() >= CONTEXT.prec else int(number) % 2


def _abs_duration(value: Duration) -> object:
    return negate(value) if duration_nanos(value) < 0 else value


def _abs_months(value: YearsMonths) -> object:
    return negate(value) if value.months < 0 else value


_N: Final = required("n", NUMBER)
_SCALE: Final = required("scale", NUMBER)
_NUMBER: Final = required("number", NUMBER)

_decimal = _round("decimal", decimal.ROUND_HALF_EVEN)
_floor = _round("floor", decimal.ROUND_FLOOR)
_ceiling = _round("ceiling", decimal.ROUND_CEILING)

BUILTINS: Final = (
    builtin("decimal", ((_N, _SCALE), NUMBER, _decimal)),
    builtin("floor", ((_N,), NUMBER, _to_whole(_floor)), ((_N, _SCALE), NUMBER, _floor)),
    builtin("ceiling", ((_N,), NUMBER, _to_whole(_ceiling)), ((_N, _SCALE), NUMBER, _ceiling)),
    builtin("round up", ((_N, _SCALE), NUMBER, _round("round up", decimal.ROUND_UP))),
    builtin("round down", ((_N, _SCALE), NUMBER, _round("round down", decimal.ROUND_DOWN))),
    builtin("round half up", ((_N, _SCALE), NUMBER, _round("round half up", decimal.ROUND_HALF_UP))),
    builtin("round half down", ((_N, _SCALE), NUMBER, _round("round half down", decimal.ROUND_HALF_DOWN))),
    builtin(
        "abs",
        ((_N,), NUMBER, CONTEXT.abs),
        ((required("n", DAYS_DURATION),), DAYS_DURATION, _abs_duration),
        ((required("n", MONTHS_DURATION),), MONTHS_DURATION, _abs_months),
    ),
    builtin("modulo", ((required("dividend", NUMBER), required("divisor", NUMBER)), NUMBER, _modulo)),
    builtin("sqrt", ((_NUMBER,), NUMBER, _sqrt)),
    builtin("log", ((_NUMBER,), NUMBER, _log)),
    builtin("exp", ((_NUMBER,), NUMBER, _exp)),
    builtin("odd", ((_NUMBER,), BOOLEAN, lambda number: _parity(number) == 1)),
    builtin("even", ((_NUMBER,), BOOLEAN, lambda number: _parity(number) == 0)),
)
