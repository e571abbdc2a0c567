"""``= != < <= > >=`` and identity."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from engine.feel.budget import Budget, charge, current_budget
from engine.feel.causes import null
from engine.feel.operators.logic import all_of, not_
from engine.feel.temporal import (
    NANOS_PER_SECOND,
    DateTime,
    Duration,
    Time,
    YearsMonths,
    date_of,
    day_number,
    duration_nanos,
    instant,
    offset_of,
    time_nanos,
    time_of,
    zone_key,
    zone_of,
)
from engine.feel.unknown import Unknown
from engine.feel.values import Range, kind

if TYPE_CHECKING:
    from collections.abc import Callable


_LONG: Final = 1_000  # characters from which comparing strings counts as work
_ORDERED: Final = frozenset({Decimal, date, timedelta, YearsMonths})  # as Python orders them
_PLAIN: Final = _ORDERED | {str, bool}  # as Python compares them
_ONLY: Final = {class_: frozenset({class_}) for class_ in _PLAIN}


def _long(left: object, right: object) -> bool:
    return isinstance(left, str) and isinstance(right, str) and len(left) > _LONG and len(right) > _LONG


def equal(left: object, right: object) -> bool | Unknown | None:
    """``left = right``: only null is equal to null; values of different kinds cannot be compared."""
    class_ = left.__class__
    if class_ is right.__class__ and class_ in _PLAIN and (class_ is not str or not _long(left, right)):
        return left == right
    return _equal(left, right, None)


def is_plain(value: object, items: list[object]) -> bool:
    """Whether `value` and all of `items` are of one Python class that Python compares as FEEL does."""
    only = _ONLY.get(value.__class__)
    return only is not None and only.issuperset(map(type, items))


def _equal(left: object, right: object, budget: Budget | None) -> bool | Unknown | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown.union(left, right)
    if left is None or right is None:
        return left is right
    both = kind(left)
    if both != kind(right):
        return null("not-comparable", left, right)
    compare_parts = _EQUAL_PARTS.get(both)
    if compare_parts is None:
        return _EQUAL[both](left, right)
    budget = budget or current_budget()
    budget.spend()
    return compare_parts(left, right, budget)


def not_equal(left: object, right: object) -> bool | Unknown | None:
    """``left != right``."""
    return not_(equal(left, right))


def order(left: object, right: object) -> int | Unknown | None:
    """Below, at or above zero as `left` comes before, with or after `right`; null if they have no order."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown.union(left, right)
    both = kind(left)
    place = _ORDER.get(both)
    if place is None or both != kind(right):
        return null("not-comparable", left, right)
    return place(left, right)


def less(left: Any, right: Any) -> bool | Unknown | None:
    """``left < right``."""
    class_ = left.__class__
    if class_ is right.__class__ and class_ in _ORDERED:
        return cast("bool", left < right)
    found = order(left, right)
    return found < 0 if isinstance(found, int) else found


def less_equal(left: Any, right: Any) -> bool | Unknown | None:
    """``left <= right``."""
    class_ = left.__class__
    if class_ is right.__class__ and class_ in _ORDERED:
        return cast("bool", left <= right)
    found = order(left, right)
    return found <= 0 if isinstance(found, int) else found


def greater(left: Any, right: Any) -> bool | Unknown | None:
    """``left > right``."""
    class_ = left.__class__
    if class_ is right.__class__ and class_ in _ORDERED:
        return cast("bool", left > right)
    found = order(left, right)
    return found > 0 if isinstance(found, int) else found


def greater_equal(left: Any, right: Any) -> bool | Unknown | None:
    """``left >= right``."""
    class_ = left.__class__
    if class_ is right.__class__ and class_ in _ORDERED:
        return cast("bool", left >= right)
    found = order(left, right)
    return found >= 0 if isinstance(found, int) else found


def is_same(left: object, right: object) -> bool | Unknown:
    """``is(left, right)``: the same value of the same kind, zones included; never null."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown.union(left, right)
    both = kind(left)
    if both != kind(right):
        return False
    match both:
        case "time":
            return _written(cast("Time", left)) == _written(cast("Time", right))
        case "date and time":
            first, second = cast("DateTime", left), cast("DateTime", right)
            return date_of(first) == date_of(second) and _written(time_of(first)) == _written(time_of(second))
    found = equal(left, right)
    return False if found is None else found


def _written(value: Time) -> tuple[object, ...]:
    """A time to the nanosecond, with its zone as it was given: +00:00 is Z, but not @Etc/UTC."""
    return time_nanos(value), zone_key(value.tzinfo), offset_of(value)


def _three_way(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _seconds(nanos: int) -> int:
    return nanos // NANOS_PER_SECOND


def _order_times(left: Time, right: Time) -> int | None:
    """By whole seconds, as the standard counts time; a time without an offset takes the other's."""
    first, second = time_nanos(left), time_nanos(right)
    if left.tzinfo is not None and right.tzinfo is not None and left.tzinfo != right.tzinfo:
        offsets = offset_of(left), offset_of(right)
        if offsets[0] is None or offsets[1] is None:
            return null("zones")  # the offset of a zone is not known without the day
        first -= duration_nanos(offsets[0])
        second -= duration_nanos(offsets[1])
    return _three_way(_seconds(first), _seconds(second))


def _order_date_times(left: DateTime, right: DateTime) -> int:
    """By whole seconds; one without an offset takes the other's, so that then the two clocks are compared."""
    if (zone_of(left) is None) == (zone_of(right) is None):
        return _three_way(_seconds(instant(left)), _seconds(instant(right)))
    first, second = (
        (day_number(date_of(value)), _seconds(time_nanos(time_of(value)))) for value in (left, right)
    )
    return _three_way(first, second)


def _equal_times(left: Time, right: Time) -> bool:
    """A time without an offset is no time of day that has one."""
    return (left.tzinfo is None) == (right.tzinfo is None) and _order_times(left, right) == 0


def _equal_date_times(left: DateTime, right: DateTime) -> bool:
    return (zone_of(left) is None) == (zone_of(right) is None) and _order_date_times(left, right) == 0


def _equal_lists(left: list[object], right: list[object], budget: Budget) -> bool | Unknown | None:
    if len(left) != len(right):
        return False
    budget.spend(len(left))
    return all_of(_equal(one, other, budget) for one, other in zip(left, right, strict=True))


def _equal_contexts(
    left: dict[str, object], right: dict[str, object], budget: Budget
) -> bool | Unknown | None:
    if left.keys() != right.keys():
        return False
    budget.spend(len(left))
    return all_of(_equal(value, right[name], budget) for name, value in left.items())


def _equal_ranges(left: Range, right: Range, budget: Budget) -> bool | Unknown | None:
    """The same endpoints, both in or both out, and written the same way."""
    if (left.low_closed, left.high_closed, left.operator) != (
        right.low_closed,
        right.high_closed,
        right.operator,
    ):
        return False
    return all_of((_equal(left.low, right.low, budget), _equal(left.high, right.high, budget)))


def _order_strings(left: str, right: str) -> int:
    """By code point."""
    if _long(left, right):
        charge((left,))
    return _three_way(left, right)


def _same(left: object, right: object) -> bool:
    return left == right


def _order_durations(left: Duration, right: Duration) -> int:
    return _three_way(duration_nanos(left), duration_nanos(right))


_ORDER: Final[dict[str, Callable[[Any, Any], int | None]]] = {
    "number": _three_way,
    "string": _order_strings,
    "date": lambda left, right: _three_way(day_number(left), day_number(right)),
    "time": _order_times,
    "date and time": _order_date_times,
    "days and time duration": _order_durations,
    "years and months duration": lambda left, right: _three_way(left.months, right.months),
}

_EQUAL_PARTS: Final[dict[str, Callable[[Any, Any, Budget], bool | Unknown | None]]] = {
    "list": _equal_lists,
    "context": _equal_contexts,
    "range": _equal_ranges,
}

_EQUAL: Final[dict[str, Callable[[Any, Any], bool | Unknown | None]]] = {
    "number": _same,
    "string": lambda left, right: _order_strings(left, right) == 0,
    "boolean": _same,
    "date": _same,
    "time": _equal_times,
    "date and time": _equal_date_times,
    "days and time duration": _same,
    "years and months duration": _same,
    "function": lambda left, right: left is right,
}
