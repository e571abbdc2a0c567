"""Terms in working days: until when a person may object, and when the answer is due.

The day on which a term begins is not counted, its last one is: as `working_days` of the rules counts them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked: Monday to Friday, but for holidays; and the weekends that are worked instead."""

    holidays: AbstractSet[date] = frozenset()
    worked_weekends: AbstractSet[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Whether a day is worked."""
        if day.weekday() >= _SATURDAY:
            return day in self.worked_weekends
        return day not in self.holidays

    def after(self, day: date, count: int) -> date:
        """The working day that is the `count`-th after `day`, which may be any day; at least 1."""
        while count:
            day += _DAY
            count -= self.is_worked(day)
        return day

    def lists(self, first: date, last: date) -> bool:
        """Whether a holiday is listed in each year from that of `first` to that of `last`."""
        listed = {day.year for day in self.holidays}
        return listed.issuperset(range(first.year, last.year + 1))
