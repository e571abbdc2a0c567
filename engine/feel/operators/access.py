"""What a value consists of: ``value.name``, ``list[position]``, and ``instance of``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from engine.feel import types
from engine.feel.budget import charge
from engine.feel.causes import null
from engine.feel.conformance import conforms
from engine.feel.temporal import (
    NANOS_PER_DAY,
    NANOS_PER_SECOND,
    Date,
    Duration,
    YearsMonths,
    date_of,
    day_number,
    duration_nanos,
    offset_of,
    time_nanos,
    time_of,
    zone_key,
    zone_of,
)
from engine.feel.unknown import Unknown
from engine.feel.values import CONTEXT, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.feel.types import Type

    Property: TypeAlias = Callable[[Any], object]

_MONDAY: Final = 3  # 1970-01-01 was a Thursday: day number 4 is the first Monday, and -3 the one before


def path(value: object, name: str) -> object:
    """``value.name``: an entry of a record or a property of a date, duration or range; of a list, each item's."""
    if isinstance(value, dict):
        return value[name] if name in value else null("no-member", value, name=name)
    if isinstance(value, Unknown):
        return value.field(name)
    if isinstance(value, list):
        charge((value,))
        return [path(item, name) for item in value]
    part = PROPERTIES.get(kind(value), {}).get(name)
    return null("no-member", value, name=name) if part is None else part(value)


def index(value: object, position: object) -> object:
    """``value[position]``: from 1 at the start, -1 at the end; what is not a list counts as a list of one."""
    if isinstance(value, Unknown) or isinstance(position, Unknown):
        return Unknown.union(value, position)
    items = value if isinstance(value, list) else [value]
    if not isinstance(position, Decimal) or not position or position != position.to_integral_value():
        return null("position")
    if abs(position) > len(items):
        return null("no-item", length=len(items), position=position)
    return items[int(position) - 1 if position > 0 else int(position)]


def instance_of(value: object, type_: Type) -> bool | Unknown:
    """``value instance of type``; null is an instance of Null only."""
    if value is None:
        return type_ == types.NULL
    if isinstance(value, Unknown):
        return Unknown.union(value)
    return conforms(value, type_)


def _seconds(nanos: int) -> Decimal:
    """The seconds of a minute, with their fraction."""
    whole, fraction = divmod(nanos % (60 * NANOS_PER_SECOND), NANOS_PER_SECOND)
    exact = CONTEXT.add(Decimal(whole), Decimal(fraction).scaleb(-9))
    return exact.normalize(CONTEXT) if fraction else Decimal(whole)


def weekday(value: Date) -> int:
    """The day of the week of ISO 8601: 1 is Monday, 7 is Sunday."""
    return (day_number(value) + _MONDAY) % 7 + 1


def _duration_parts(value: Duration) -> dict[str, Decimal]:
    """Days, hours, minutes and seconds, each with the sign of the whole."""
    nanos = duration_nanos(value)
    sign, size = (-1, -nanos) if nanos < 0 else (1, nanos)
    return {
        "days": Decimal(sign * (size // NANOS_PER_DAY)),
        "hours": Decimal(sign * (size // (3600 * NANOS_PER_SECOND) % 24)),
        "minutes": Decimal(sign * (size // (60 * NANOS_PER_SECOND) % 60)),
        "seconds": sign * _seconds(size),
    }


def _months_part(value: YearsMonths, name: str) -> Decimal:
    years, months = divmod(abs(value.months), 12)
    part = years if name == "years" else months
    return Decimal(-part if value.months < 0 else part)


def _date_part(name: str) -> Property:
    return lambda value: Decimal(getattr(value, name))


def _time_part(unit: int, modulus: int) -> Property:
    return lambda value: Decimal(time_nanos(value) // unit % modulus)


def _of_date(part: Property) -> Property:
    return lambda value: part(date_of(value))


def _of_time(part: Property) -> Property:
    return lambda value: part(time_of(value))


def _of_duration(name: str) -> Property:
    return lambda value: _duration_parts(value)[name]


def _of_months(name: str) -> Property:
    return lambda value: _months_part(value, name)


_DATE: Final[dict[str, Property]] = {
    "year": _date_part("year"),
    "month": _date_part("month"),
    "day": _date_part("day"),
    "weekday": lambda value: Decimal(weekday(value)),
}

_CLOCK: Final[dict[str, Property]] = {
    "hour": _time_part(3600 * NANOS_PER_SECOND, 24),
    "minute": _time_part(60 * NANOS_PER_SECOND, 60),
    "second": lambda value: _seconds(time_nanos(value)),
}

_ZONE: Final[dict[str, Property]] = {
    "time offset": offset_of,
    "timezone": lambda value: zone_key(zone_of(value)),
}

PROPERTIES: Final[Mapping[str, Mapping[str, Property]]] = {
    "date": _DATE,
    "time": {**_CLOCK, **_ZONE},
    "date and time": {
        **{name: _of_date(part) for name, part in _DATE.items()},
        **{name: _of_time(part) for name, part in _CLOCK.items()},
        **_ZONE,
    },
    "days and time duration": {name: _of_duration(name) for name in ("days", "hours", "minutes", "seconds")},
    "years and months duration": {name: _of_months(name) for name in ("years", "months")},
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
"""The properties of each kind of value that is not a record."""
