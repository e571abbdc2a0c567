"""Dates, times and durations of FEEL, beyond what Python's own types hold.

FEEL's years run from -999,999,999 to 999,999,999 and its seconds have nine decimals. A value that Python's
types can hold *is* of Python's type (`date`, `time`, `datetime`, `timedelta`); only what they cannot hold is
one of the `Wide…` types here. `make_date`, `make_time`, `make_date_time` and `make_duration` keep that rule,
and the functions beside them take either sort apart, so that the rest of the language never asks which sort
it has.

Units: a day number counts days from 1970-01-01; times and durations are whole nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final, TypeAlias

MAX_YEAR: Final = 999_999_999
MAX_MONTHS: Final = 24_000_000_000  # months of a duration: more than between any two dates
MAX_NANOS: Final = 10**28  # nanoseconds of a duration: more than between any two dates
MAX_OFFSET: Final = timedelta(hours=14)  # as XML Schema has it

NANOS_PER_SECOND: Final = 1_000_000_000
NANOS_PER_DAY: Final = 86_400 * NANOS_PER_SECOND
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_DAYS_PER_CYCLE: Final = 146_097  # the Gregorian calendar repeats after 400 years
_MAX_TIMEDELTA_DAYS: Final = 999_999_999
_DAYS_IN_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, as a whole number of `months`."""

    months: int

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date whose year is outside 1..9999."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time of day with parts of a second below the microsecond; `nanos` since midnight."""

    nanos: int
    tzinfo: tzinfo | None = None

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class WideDateTime:
    """A date and time of which one part is wide; the zone is the time's."""

    date: date | WideDate
    time: time | WideTime

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class WideDuration:
    """A days and time duration that a timedelta cannot hold."""

    nanos: int

    def __str__(self) -> str:
        return _text(self)


Date: TypeAlias = date | WideDate
Time: TypeAlias = time | WideTime
DateTime: TypeAlias = datetime | WideDateTime
Duration: TypeAlias = timedelta | WideDuration
Temporal: TypeAlias = Date | Time | DateTime | Duration | YearsMonths


def _text(value: Temporal) -> str:
    from engine.feel.temporal_text import text_of_temporal  # which builds on this module

    return text_of_temporal(value)


def days_in_month(year: int, month: int) -> int:
    """The number of days of a month in the proleptic Gregorian calendar."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _DAYS_IN_MONTH[month - 1]


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date of these parts, or None if there is none."""
    if not (-MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
        return None
    return date(year, month, day) if 1 <= year <= 9999 else WideDate(year, month, day)


def day_number(value: Date) -> int:
    """Days from 1970-01-01 to `value`."""
    if isinstance(value, date):
        return value.toordinal() - _EPOCH_ORDINAL
    cycles, year = divmod(value.year - 1, 400)
    return cycles * _DAYS_PER_CYCLE + date(year + 1, value.month, value.day).toordinal() - _EPOCH_ORDINAL


def date_of_day_number(days: int) -> Date | None:
    """The inverse of `day_number`; None outside FEEL's years."""
    cycles, rest = divmod(days + _EPOCH_ORDINAL - 1, _DAYS_PER_CYCLE)
    within = date.fromordinal(rest + 1)
    return make_date(within.year + 400 * cycles, within.month, within.day)


def add_months(value: Date, months: int) -> Date | None:
    """`value` moved by `months`, to the last day of a month that is shorter; None outside FEEL's years."""
    years, month = divmod(value.month - 1 + months, 12)
    year = value.year + years
    return make_date(year, month + 1, min(value.day, days_in_month(year, month + 1)))


def make_time(nanos: int, zone: tzinfo | None = None) -> Time:
    """The time of day `nanos` after midnight (below `NANOS_PER_DAY`)."""
    micros, rest = divmod(nanos, 1000)
    if rest:
        return WideTime(nanos, zone)
    seconds, micros = divmod(micros, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros, zone)


def time_nanos(value: Time) -> int:
    """Nanoseconds from midnight to `value`, as the clock on the wall shows it."""
    if isinstance(value, time):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return seconds * NANOS_PER_SECOND + value.microsecond * 1000
    return value.nanos


def make_date_time(day: Date, moment: Time) -> DateTime:
    """The date and time of these parts."""
    if isinstance(day, date) and isinstance(moment, time):
        return datetime.combine(day, moment)
    return WideDateTime(day, moment)


def date_of(value: DateTime) -> Date:
    """The date part."""
    return value.date() if isinstance(value, datetime) else value.date


def time_of(value: DateTime) -> Time:
    """The time part, with its zone."""
    return value.timetz() if isinstance(value, datetime) else value.time


def zone_of(value: Time | DateTime) -> tzinfo | None:
    """The zone of a time or of a date and time."""
    return value.time.tzinfo if isinstance(value, WideDateTime) else value.tzinfo


def zone_key(zone: tzinfo | None) -> str | None:
    """The name of an IANA zone; None for an offset or none at all."""
    return getattr(zone, "key", None)


def offset_of(value: Time | DateTime) -> timedelta | None:
    """The offset from UTC; None for a local time, and for a time of day in a zone whose offset changes."""
    zone = zone_of(value)
    if zone is None:
        return None
    if isinstance(value, time | WideTime):
        return zone.utcoffset(None)
    if isinstance(value, datetime):
        return value.utcoffset()
    return _offset_at(day_number(value.date), time_nanos(value.time), zone)


def _in_python_years(day: Date) -> date:
    """`day`, or the same day 400 years or a multiple of that away, where Python has no such year."""
    if isinstance(day, date) and 2 <= day.year <= 9998:
        return day
    return date(day.year % 400 + (400 if day.year < 2 else 9200), day.month, day.day)


def _offset_at(days: int, nanos: int, zone: tzinfo) -> timedelta | None:
    """The offset of `zone` at a local moment."""
    day = date_of_day_number(days)
    moment = make_time(nanos - nanos % NANOS_PER_SECOND)
    if day is None or not isinstance(moment, time):
        return None
    return datetime.combine(_in_python_years(day), moment, zone).utcoffset()


def instant(value: DateTime) -> int:
    """Nanoseconds from 1970-01-01T00:00:00Z; a local time is read as UTC."""
    local = day_number(date_of(value)) * NANOS_PER_DAY + time_nanos(time_of(value))
    return local - duration_nanos(offset_of(value) or timedelta(0))


def date_time_of_instant(nanos: int, zone: tzinfo | None) -> DateTime | None:
    """The date and time in `zone` at an `instant`; None outside FEEL's years."""
    offset, fold = timedelta(0), 0
    if zone is not None:
        days, rest = divmod(nanos, NANOS_PER_DAY)
        day = date_of_day_number(days)
        moment = make_time(rest - rest % NANOS_PER_SECOND)
        if day is None or not isinstance(moment, time):
            return None
        shown = datetime.combine(_in_python_years(day), moment, UTC).astimezone(zone)
        offset, fold = shown.utcoffset() or offset, shown.fold
    days, rest = divmod(nanos + duration_nanos(offset), NANOS_PER_DAY)
    day = date_of_day_number(days)
    if day is None:
        return None
    result = make_date_time(day, make_time(rest, zone))
    return result.replace(fold=fold) if fold and isinstance(result, datetime) else result


def make_duration(nanos: int) -> Duration | None:
    """The days and time duration of `nanos`; None beyond `MAX_NANOS`."""
    if abs(nanos) > MAX_NANOS:
        return None
    if nanos % 1000 or abs(nanos) > _MAX_TIMEDELTA_DAYS * NANOS_PER_DAY:
        return WideDuration(nanos)
    return timedelta(microseconds=nanos // 1000)


def duration_nanos(value: Duration) -> int:
    """The whole length in nanoseconds."""
    if isinstance(value, timedelta):
        return ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000
    return value.nanos


def make_months(months: int) -> YearsMonths | None:
    """The years and months duration; None beyond `MAX_MONTHS`."""
    return YearsMonths(months) if abs(months) <= MAX_MONTHS else None


def make_offset(offset: timedelta) -> timezone | None:
    """The zone with a fixed `offset` from UTC; None beyond `MAX_OFFSET`."""
    return timezone(offset) if abs(offset) <= MAX_OFFSET else None
