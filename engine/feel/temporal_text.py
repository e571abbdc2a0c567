"""The texts of dates, times and durations: ISO 8601 as FEEL has it, read strictly and written back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.temporal import (
    NANOS_PER_DAY,
    NANOS_PER_SECOND,
    Date,
    DateTime,
    Duration,
    Time,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    YearsMonths,
    date_of,
    date_of_day_number,
    day_number,
    duration_nanos,
    make_date,
    make_date_time,
    make_duration,
    make_months,
    make_offset,
    make_time,
    time_nanos,
    time_of,
    zone_key,
    zone_of,
)

_ZONE: Final = r"(?P<zone>[Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+\-/]+)"
_DATE: Final = re.compile(r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_TIME: Final = re.compile(
    rf"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{{1,9}}))?{_ZONE}?", re.ASCII
)
_ZONED_DATE: Final = re.compile(_DATE.pattern + _ZONE, re.ASCII)
_MONTHS: Final = re.compile(r"(-?)P(?=\d)(?:(\d{1,18})Y)?(?:(\d{1,18})M)?", re.ASCII)
_DURATION: Final = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,18})D)?"
    r"(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)


def parse_date(text: str) -> Date | None:
    """The date that `text` writes, or None."""
    match = _DATE.fullmatch(text)
    return _date(match) if match else None


def parse_time(text: str) -> Time | None:
    """The time that `text` writes, or None; 24:00:00 is midnight."""
    found = _time(text)
    return None if found is None else make_time(found[0] % NANOS_PER_DAY, found[1])


def parse_date_time(text: str) -> DateTime | None:
    """The date and time that `text` writes, or None; a date alone is its midnight."""
    day_text, has_time, time_text = text.partition("T")
    if not has_time:
        match = _DATE.fullmatch(text) or _ZONED_DATE.fullmatch(text)
        day = _date(match) if match else None
        zone = match.groupdict().get("zone") if match else None
        found = (0, None) if zone is None else _time("00:00:00" + zone)
    else:
        day, found = parse_date(day_text), _time(time_text)
    if day is None or found is None:
        return None
    nanos, tz = found
    if nanos == NANOS_PER_DAY:
        day, nanos = date_of_day_number(day_number(day) + 1), 0
    return None if day is None else make_date_time(day, make_time(nanos, tz))


def parse_duration(text: str) -> Duration | YearsMonths | None:
    """The duration of either kind that `text` writes, or None."""
    if match := _MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        return make_months(_signed(sign, int(years or 0) * 12 + int(months or 0)))
    if match := _DURATION.fullmatch(text):
        sign, days, hours, minutes, seconds, fraction = match.groups()
        whole = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
        return make_duration(_signed(sign, whole * NANOS_PER_SECOND + int((fraction or "").ljust(9, "0"))))
    return None


def parse_temporal(text: str) -> Date | Time | DateTime | Duration | YearsMonths | None:
    """The value of the literal ``@"text"``, or None."""
    for parse in (parse_date, parse_time, parse_date_time, parse_duration):
        if (value := parse(text)) is not None:
            return value
    return None


def parse_zone(text: str) -> tzinfo | None:
    """The zone that ``Z``, ``+07:00`` or ``@Asia/Ho_Chi_Minh`` writes, or None."""
    if text in {"Z", "z"}:
        return UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (
            ZoneInfoNotFoundError,
            ValueError,
            OSError,
        ):  # not there; not a name at all; a folder of zones
            return None
    hours, minutes, *seconds = map(int, text[1:].split(":"))
    if minutes > 59 or (seconds and seconds[0] > 59):
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return make_offset(-offset if text[0] == "-" else offset)


def _signed(sign: str, amount: int) -> int:
    return -amount if sign else amount


def _date(match: re.Match[str]) -> Date | None:
    return make_date(int(match["year"]), int(match["month"]), int(match["day"]))


def _time(text: str) -> tuple[int, tzinfo | None] | None:
    """Nanoseconds since midnight, a whole day for 24:00:00, and the zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    nanos = ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + int(
        (match["fraction"] or "").ljust(9, "0")
    )
    zone = parse_zone(match["zone"]) if match["zone"] else None
    if minute > 59 or second > 59 or nanos > NANOS_PER_DAY or (match["zone"] and zone is None):
        return None
    return nanos, zone


def text_of_date(value: Date) -> str:
    """``2023-09-15``."""
    if isinstance(value, date):
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def text_of_time(value: Time) -> str:
    """``10:30:00.5+07:00``, ``10:30:00@Asia/Ho_Chi_Minh``."""
    return _text_of_clock(time_nanos(value)) + _text_of_zone(value)


def text_of_date_time(value: DateTime) -> str:
    """``2023-09-15T10:30:00Z``."""
    return (
        f"{text_of_date(date_of(value))}T{_text_of_clock(time_nanos(time_of(value)))}{_text_of_zone(value)}"
    )


def text_of_duration(value: Duration) -> str:
    """``P1DT2H3M4.5S``; nothing at all is ``PT0S``."""
    nanos = duration_nanos(value)
    seconds, fraction = divmod(abs(nanos), NANOS_PER_SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    exact = f"{seconds}{_text_of_fraction(fraction)}" if seconds or fraction else ""
    clock = "".join(
        f"{part}{unit}" for part, unit in ((hours or "", "H"), (minutes or "", "M"), (exact, "S")) if part
    )
    if not days and not clock:
        return "PT0S"
    return f"{'-' if nanos < 0 else ''}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def text_of_months(value: YearsMonths) -> str:
    """``P1Y2M``; nothing at all is ``P0M``."""
    years, months = divmod(abs(value.months), 12)
    sign = "-" if value.months < 0 else ""
    if not years:
        return f"{sign}P{months}M"
    return f"{sign}P{years}Y{f'{months}M' if months else ''}"


def text_of_temporal(value: Date | Time | DateTime | Duration | YearsMonths) -> str:
    """The text of a value of any of these kinds."""
    match value:
        case datetime() | WideDateTime():
            return text_of_date_time(value)
        case date() | WideDate():
            return text_of_date(value)
        case time() | WideTime():
            return text_of_time(value)
        case YearsMonths():
            return text_of_months(value)
        case timedelta() | WideDuration():
            return text_of_duration(value)


def _text_of_clock(nanos: int) -> str:
    seconds, fraction = divmod(nanos, NANOS_PER_SECOND)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{_text_of_fraction(fraction)}"


def _text_of_fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


def _text_of_zone(value: Time | DateTime) -> str:
    zone = zone_of(value)
    if zone is None:
        return ""
    if key := zone_key(zone):
        return f"@{key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    seconds = abs(offset) // timedelta(seconds=1)
    text = f"{'-' if offset < timedelta(0) else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text
