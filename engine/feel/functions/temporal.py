"""Functions of dates, times and durations, and where a day stands in its week, month and year."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from engine.feel.causes import null
from engine.feel.functions.registry import builtin, optional, required
from engine.feel.operators import is_same
from engine.feel.operators.access import weekday
from engine.feel.temporal import (
    NANOS_PER_SECOND,
    Date,
    DateTime,
    Duration,
    Time,
    WideDateTime,
    YearsMonths,
    date_of,
    days_in_month,
    make_date,
    make_date_time,
    make_offset,
    make_time,
    time_of,
)
from engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    STRING,
    TIME,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.feel.functions.registry import Builtin
    from engine.feel.types import Type

CLOCK: Final[ContextVar[datetime | None]] = ContextVar("feel_clock", default=None)
"""The moment that ``now()`` and ``today()`` give; None where the evaluation has no clock."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _parsed(name: str, parse: Callable[[str], object]) -> Callable[[str], object]:
    """`parse`, with a cause where it finds nothing."""

    def convert(text: str) -> object:
        value = parse(text)
        return null("text-form", function=name) if value is None else value

    return convert


def _integer(number: Decimal) -> int | None:
    """A part of a date as an int; None for a fraction, and far outside what any part can be."""
    return int(number) if abs(number) < 10**12 and number == number.to_integral_value() else None


def _date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Date | None:
    parts = [part for part in (_integer(year), _integer(month), _integer(day)) if part is not None]
    made = make_date(*parts) if len(parts) == 3 else None
    return made or null("domain", function="date", parameter="year, month, day")


def _time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Duration | None) -> Time | None:
    """A time of day; seconds may have nine decimals."""
    hours, minutes = _integer(hour), _integer(minute)
    nanos = _integer(second.scaleb(9)) if abs(second) < 60 else None
    if hours is None or minutes is None or nanos is None:
        return null("domain", function="time", parameter="hour, minute, second")
    if not (0 <= hours < 24 and 0 <= minutes < 60 and nanos >= 0):
        return null("domain", function="time", parameter="hour, minute, second")
    moment = (hours * 60 + minutes) * 60 * NANOS_PER_SECOND + nanos
    if offset is None:
        return make_time(moment)
    zone = make_offset(offset) if isinstance(offset, timedelta) else None
    return null("domain", function="time", parameter="offset") if zone is None else make_time(moment, zone)


def _day(value: Date | DateTime) -> Date:
    """The date, or the date part."""
    return date_of(value) if isinstance(value, datetime | WideDateTime) else value


def _combined(day: Date | DateTime, moment: Time) -> DateTime:
    """The time on the day, whatever time the day had."""
    return make_date_time(_day(day), moment)


_kept_months: Final = lru_cache(1_024)(YearsMonths)  # which takes less than making one


def _months_between(start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """The whole months from one moment to the other, by their days."""
    return _months_between_days(_day(start), _day(end))


def _months_between_days(first: Date, last: Date) -> YearsMonths:
    """The whole months from one day to the other."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return _kept_months(months)


def _day_of_year(day: Date) -> Decimal:
    months = sum(days_in_month(day.year, month) for month in range(1, day.month))
    return Decimal(months + day.day)


def _week_of_year(day: Date) -> Decimal:
    """The week of ISO 8601: the first of a year is the one with its first Thursday."""
    equivalent = day if isinstance(day, date) else date(day.year % 400 + 400, day.month, day.day)
    return Decimal(equivalent.isocalendar().week)


def _now() -> datetime | None:
    return CLOCK.get() or null("no-clock", function="now")


def _today() -> date | None:
    moment = CLOCK.get()
    return null("no-clock", function="today") if moment is None else moment.date()


def _of_day(name: str, result: Type, function: Callable[[Date], object]) -> Builtin:
    """A function of a day, given as a date or as a date and time."""
    return builtin(
        name,
        ((required("date", DATE),), result, function),
        ((required("date", DATE_TIME),), result, lambda value: function(date_of(value))),
    )


_FROM_TEXT: Final = (required("from", STRING),)
_TIME: Final = required("time", TIME)

BUILTINS: Final = (
    builtin(
        "date",
        (_FROM_TEXT, DATE, _parsed("date", parse_date)),
        ((required("from", DATE),), DATE, lambda value: value),
        ((required("from", DATE_TIME),), DATE, date_of),
        (tuple(required(name, NUMBER) for name in ("year", "month", "day")), DATE, _date_of_parts),
    ),
    builtin(
        "time",
        (_FROM_TEXT, TIME, _parsed("time", parse_time)),
        ((required("from", TIME),), TIME, lambda value: value),
        ((required("from", DATE_TIME),), TIME, time_of),
        (
            (
                *(required(name, NUMBER) for name in ("hour", "minute", "second")),
                optional("offset", DAYS_DURATION),
            ),
            TIME,
            _time_of_parts,
        ),
    ),
    builtin(
        "date and time",
        (_FROM_TEXT, DATE_TIME, _parsed("date and time", parse_date_time)),
        ((required("date", DATE), _TIME), DATE_TIME, _combined),
        ((required("date", DATE_TIME), _TIME), DATE_TIME, _combined),
    ),
    builtin("duration", (_FROM_TEXT, ANY, _parsed("duration", parse_duration))),
    builtin(
        "years and months duration",
        *(
            ((required("from", start), required("to", end)), MONTHS_DURATION, function)
            for start, end, function in (
                (DATE, DATE, _months_between_days),
                (DATE, DATE_TIME, _months_between),
                (DATE_TIME, DATE, _months_between),
                (DATE_TIME, DATE_TIME, _months_between),
            )
        ),
    ),
    _of_day("day of year", NUMBER, _day_of_year),
    _of_day("day of week", STRING, lambda day: _WEEKDAYS[weekday(day) - 1]),
    _of_day("month of year", STRING, lambda day: _MONTHS[day.month - 1]),
    _of_day("week of year", NUMBER, _week_of_year),
    builtin("is", ((required("value1"), required("value2")), BOOLEAN, is_same)),
    builtin("now", ((), DATE_TIME, _now)),
    builtin("today", ((), DATE, _today)),
)
