"""``+ - * / **`` and negation."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from engine.feel import limits
from engine.feel.budget import charge
from engine.feel.causes import null
from engine.feel.temporal import (
    NANOS_PER_DAY,
    Date,
    DateTime,
    Duration,
    Time,
    YearsMonths,
    add_months,
    date_of,
    date_of_day_number,
    date_time_of_instant,
    day_number,
    duration_nanos,
    instant,
    make_date_time,
    make_duration,
    make_months,
    make_time,
    offset_of,
    time_nanos,
    time_of,
    zone_key,
    zone_of,
)
from engine.feel.unknown import Unknown
from engine.feel.values import CONTEXT, ONE, kind, string_too_long

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
_MAX_EXPONENT: Final = 999_999_999
_DAYS: Final = "days and time duration"
_MONTHS: Final = "years and months duration"

_EXACT: Final = decimal.Context(prec=120, rounding=decimal.ROUND_HALF_EVEN, traps=[decimal.InvalidOperation])
"""For a duration times a number, where 34 digits would lose nanoseconds."""


def add(left: object, right: object) -> object:
    """``left + right``."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(CONTEXT.add, left, right)
    return _apply("+", _ADD, left, right)


def subtract(left: object, right: object) -> object:
    """``left - right``."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(CONTEXT.subtract, left, right)
    return _apply("-", _SUBTRACT, left, right)


def multiply(left: object, right: object) -> object:
    """``left * right``."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(CONTEXT.multiply, left, right)
    return _apply("*", _MULTIPLY, left, right)


def divide(left: object, right: object) -> object:
    """``left / right``; by zero it is null."""
    return _apply("/", _DIVIDE, left, right)


def power(left: object, right: object) -> object:
    """``left ** right``; nothing to the power of 0 is other than 1."""
    return _apply("**", _POWER, left, right)


def negate(value: object) -> object:
    """``-value``."""
    match kind(value):
        case "number":
            return CONTEXT.minus(cast("Decimal", value))
        case "days and time duration":
            return make_duration(-duration_nanos(cast("Duration", value)))
        case "years and months duration":
            return YearsMonths(-cast("YearsMonths", value).months)
        case "Unknown":
            return Unknown.union(value)
    return null("operand", value, operator="-")


def _apply(
    operator: str, table: dict[tuple[str, str], Callable[[Any, Any], object]], left: object, right: object
) -> object:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown.union(left, right)
    meaning = table.get((kind(left), kind(right)))
    return null("operands", left, right, operator=operator) if meaning is None else meaning(left, right)


def _number(
    operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal
) -> Decimal | None:
    try:
        return operation(left, right)
    except decimal.DecimalException:
        return null("number-range")


def _divide_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    return _number(CONTEXT.divide, left, right) if right else null("division-by-zero")


def _power(base: Decimal, exponent: Decimal) -> Decimal | None:
    if not exponent:
        return ONE
    if not base and exponent < 0:
        return null("division-by-zero")
    if abs(exponent) > _MAX_EXPONENT:
        return null("number-range")
    return _number(CONTEXT.power, base, exponent)


def _concatenate(left: str, right: str) -> str:
    if len(left) + len(right) > limits.MAX_STRING_LENGTH:
        raise string_too_long(len(left) + len(right))
    charge((left, right))
    return left + right


def _found(value: _T) -> _T:
    """`value`, with a cause where the calendar or the durations have none."""
    if value is None:
        null("temporal-range")
    return value


def _date_plus_months(day: Date, months: YearsMonths) -> Date | None:
    return _found(add_months(day, months.months))


def _date_time_plus_months(value: DateTime, months: YearsMonths) -> DateTime | None:
    day = add_months(date_of(value), months.months)
    return null("temporal-range") if day is None else make_date_time(day, time_of(value))


def _date_plus_days(day: Date, duration: Duration) -> Date | None:
    """A date is its midnight: a part of a day forward stays in it, a part of a day back is the day before."""
    return _found(date_of_day_number(day_number(day) + duration_nanos(duration) // NANOS_PER_DAY))


def _date_time_plus_days(value: DateTime, duration: Duration) -> DateTime | None:
    return _found(date_time_of_instant(instant(value) + duration_nanos(duration), zone_of(value)))


def _time_plus_days(value: Time, duration: Duration) -> Time:
    return make_time((time_nanos(value) + duration_nanos(duration)) % NANOS_PER_DAY, value.tzinfo)


def _minus(add_to: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    """Subtraction of a duration: addition of its opposite."""
    return lambda value, duration: add_to(value, negate(duration))


def _between_dates(left: Date, right: Date) -> Duration | None:
    return _found(make_duration((day_number(left) - day_number(right)) * NANOS_PER_DAY))


def _between_date_times(left: DateTime, right: DateTime) -> Duration | None:
    if (zone_of(left) is None) != (zone_of(right) is None):
        return null("zones")
    return _found(make_duration(instant(left) - instant(right)))


def _date_minus_date_time(left: Date, right: DateTime) -> Duration | None:
    """A date is midnight UTC of it, so that the other must have a zone as well."""
    if zone_of(right) is None:
        return null("zones")
    return _found(make_duration(day_number(left) * NANOS_PER_DAY - instant(right)))


def _date_time_minus_date(left: DateTime, right: Date) -> Duration | None:
    opposite = _date_minus_date_time(right, left)
    return None if opposite is None else make_duration(-duration_nanos(opposite))


def _between_times(left: Time, right: Time) -> Duration | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return null("zones")
    difference = time_nanos(left) - time_nanos(right)
    offsets = offset_of(left), offset_of(right)
    if offsets[0] is not None and offsets[1] is not None:
        difference -= duration_nanos(offsets[0] - offsets[1])
    elif zone_key(left.tzinfo) != zone_key(right.tzinfo):
        return null("zones")  # the offset of a zone is not known without the day
    return make_duration(difference)


def _times_number(duration: Duration, number: Decimal) -> Duration | None:
    product = _EXACT.multiply(Decimal(duration_nanos(duration)), number)
    return _found(make_duration(int(product.to_integral_value()) if product.adjusted() < 30 else 10**30))


def _by_number(duration: Duration, number: Decimal) -> Duration | None:
    if not number:
        return null("division-by-zero")
    quotient = _EXACT.divide(Decimal(duration_nanos(duration)), number)
    return _found(make_duration(int(quotient.to_integral_value()) if quotient.adjusted() < 30 else 10**30))


def _months_times_number(duration: YearsMonths, number: Decimal) -> YearsMonths | None:
    """Whole months: a part of a month is dropped."""
    product = _EXACT.multiply(Decimal(duration.months), number)
    return _found(make_months(int(product) if product.adjusted() < 30 else 10**30))


def _months_by_number(duration: YearsMonths, number: Decimal) -> YearsMonths | None:
    if not number:
        return null("division-by-zero")
    quotient = _EXACT.divide(Decimal(duration.months), number)
    return _found(make_months(int(quotient) if quotient.adjusted() < 30 else 10**30))


def _swapped(meaning: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    return lambda left, right: meaning(right, left)


_PLUS_DURATION: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {
    ("date", _MONTHS): _date_plus_months,
    ("date and time", _MONTHS): _date_time_plus_months,
    ("date", _DAYS): _date_plus_days,
    ("date and time", _DAYS): _date_time_plus_days,
    ("time", _DAYS): _time_plus_days,
}

_ADD: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {
    ("number", "number"): lambda left, right: _number(CONTEXT.add, left, right),
    ("string", "string"): _concatenate,
    (_MONTHS, _MONTHS): lambda left, right: _found(make_months(left.months + right.months)),
    (_DAYS, _DAYS): lambda left, right: _found(make_duration(duration_nanos(left) + duration_nanos(right))),
    **_PLUS_DURATION,
    **{(right, left): _swapped(meaning) for (left, right), meaning in _PLUS_DURATION.items()},
}

_SUBTRACT: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {
    ("number", "number"): lambda left, right: _number(CONTEXT.subtract, left, right),
    (_MONTHS, _MONTHS): lambda left, right: _found(make_months(left.months - right.months)),
    (_DAYS, _DAYS): lambda left, right: _found(make_duration(duration_nanos(left) - duration_nanos(right))),
    ("date", "date"): _between_dates,
    ("date and time", "date and time"): _between_date_times,
    ("date", "date and time"): _date_minus_date_time,
    ("date and time", "date"): _date_time_minus_date,
    ("time", "time"): _between_times,
    **{kinds: _minus(meaning) for kinds, meaning in _PLUS_DURATION.items()},
}

_MULTIPLY: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {
    ("number", "number"): lambda left, right: _number(CONTEXT.multiply, left, right),
    (_DAYS, "number"): _times_number,
    ("number", _DAYS): _swapped(_times_number),
    (_MONTHS, "number"): _months_times_number,
    ("number", _MONTHS): _swapped(_months_times_number),
}

_DIVIDE: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {
    ("number", "number"): _divide_numbers,
    (_DAYS, "number"): _by_number,
    (_MONTHS, "number"): _months_by_number,
    (_DAYS, _DAYS): lambda left, right: _divide_numbers(
        Decimal(duration_nanos(left)), Decimal(duration_nanos(right))
    ),
    (_MONTHS, _MONTHS): lambda left, right: _divide_numbers(Decimal(left.months), Decimal(right.months)),
}

_POWER: Final[dict[tuple[str, str], Callable[[Any, Any], object]]] = {("number", "number"): _power}
