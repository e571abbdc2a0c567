"""Functions of dates as the law counts them. They are ours, beside those of the standard.

A period of months ends on the day of the same number, or on the last day of a month that has none; a person is a
year older on the birthday. Of a period of days the first day is not counted and the last one is. Backwards, each
function counts the same days and gives a negative number, so that what is asked of the past is never met by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from engine.feel.causes import null
from engine.feel.functions.registry import builtin, required
from engine.feel.temporal import Date, add_months, day_number
from engine.feel.types import DATE, NUMBER, ListOf

_MONTHS_PER_YEAR: Final = 12
_DAYS_PER_WEEK: Final = 7
_WORKED_PER_WEEK: Final = 5  # Monday to Friday
_MONDAY: Final = -3  # day number of the Monday before 1970-01-01


def _months(start: Date, end: Date) -> int:
    first, last = day_number(start), day_number(end)
    if last < first:
        return -_months(end, start)
    months = (end.year - start.year) * _MONTHS_PER_YEAR + end.month - start.month
    reached = add_months(start, months)
    return months if reached is not None and day_number(reached) <= last else months - 1


def _full_months(start: Date, end: Date) -> Decimal:
    return Decimal(_months(start, end))


def _full_years(start: Date, end: Date) -> Decimal:
    months = _months(start, end)
    years = abs(months) // _MONTHS_PER_YEAR
    return Decimal(years if months >= 0 else -years)


def _weekdays_until(day: int) -> int:
    """How many days from Monday to Friday lie between a fixed Monday and `day`, which is included."""
    weeks, rest = divmod(day - _MONDAY + 1, _DAYS_PER_WEEK)
    return weeks * _WORKED_PER_WEEK + min(rest, _WORKED_PER_WEEK)


def _is_weekday(day: int) -> bool:
    return (day - _MONDAY) % _DAYS_PER_WEEK < _WORKED_PER_WEEK


def _working_days(start: Date, end: Date, holidays: Sequence[Date]) -> Decimal | None:
    if None in holidays:
        return null("arguments", holidays, function="working_days")
    first, last = day_number(start), day_number(end)
    if last < first:
        return Decimal(-_worked(last, first, holidays))
    return Decimal(_worked(first, last, holidays))


def _worked(first: int, last: int, holidays: Sequence[Date]) -> int:
    """The working days after `first`, up to and including `last`."""
    # A holiday may be listed twice, or fall on a day that is free anyway.
    free = {day for day in map(day_number, holidays) if first < day <= last and _is_weekday(day)}
    return _weekdays_until(last) - _weekdays_until(first) - len(free)


_FROM_TO: Final = (required("from", DATE), required("to", DATE))

BUILTINS: Final = (
    builtin("full_months", (_FROM_TO, NUMBER, _full_months)),
    builtin("full_years", (_FROM_TO, NUMBER, _full_years)),
    builtin("working_days", ((*_FROM_TO, required("holidays", ListOf(DATE))), NUMBER, _working_days)),
)
