"""Periods of the calendar, such as ten years, and when what is that old now began."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, PlainSerializer

from engine.feel.temporal import add_months

_FORM: Final = re.compile(r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,3})M)?(?:([0-9]{1,5})D)?", re.ASCII)
_MONTHS_PER_YEAR: Final = 12
_LONGEST_MONTHS: Final = 200 * _MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """Months, counted by the calendar, and then days."""

    months: int
    days: int

    @classmethod
    def parse(cls, written: object) -> CalendarPeriod:
        """The period in an ISO 8601 duration of years, months and days.

        Raises:
            ValueError: it is none, nothing long, or longer than 200 years.
        """
        if isinstance(written, CalendarPeriod):
            return written
        found = _FORM.fullmatch(written) if isinstance(written, str) else None
        years, months, days = map(int, found.groups("0")) if found else (0, 0, 0)
        months += years * _MONTHS_PER_YEAR
        if not months + days > 0 or months > _LONGEST_MONTHS:
            raise ValueError(
                "write a period of up to 200 years as years, months or days, such as P10Y, P6M or P90D"
            )
        return cls(months, days)

    def __str__(self) -> str:
        years, months = divmod(self.months, _MONTHS_PER_YEAR)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)

    def before(self, moment: datetime) -> datetime:
        """The moment at which what is this old at `moment` began; in UTC."""
        moment = moment.astimezone(UTC)
        day = add_months(moment.date(), -self.months)
        assert isinstance(day, date)  # noqa: S101 - `parse` admits nothing that leaves the calendar
        return datetime.combine(day, moment.time(), UTC) - timedelta(days=self.days)


Period = Annotated[
    CalendarPeriod, BeforeValidator(CalendarPeriod.parse), PlainSerializer(str, return_type=str)
]
"""A period as a setting has it."""
