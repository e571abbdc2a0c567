"""Ranges, ``in`` and ``between``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from engine.feel.budget import charge
from engine.feel.causes import null
from engine.feel.operators.comparison import (
    equal,
    greater,
    greater_equal,
    is_plain,
    less,
    less_equal,
    not_equal,
    order,
)
from engine.feel.operators.logic import and_, any_of
from engine.feel.unknown import Unknown
from engine.feel.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

TestOperator = Literal["<", "<=", ">", ">=", "=", "!="]
_COMPARED: Final = {"<", "<=", ">", ">="}


def make_range(low: object, high: object, low_closed: bool, high_closed: bool) -> Range | Unknown | None:
    """``[low..high]``; null unless both endpoints are there, of one kind, and in order."""
    if isinstance(low, Unknown) or isinstance(high, Unknown):
        return Unknown.union(low, high)
    ordered = less_equal(low, high)
    return (
        Range(low, high, low_closed, high_closed) if ordered is True else null("range-endpoints", low, high)
    )


def comparison_range(operator: TestOperator, endpoint: object) -> Range | Unknown | None:
    """``< endpoint`` and the like, as a range that is open on the other side."""
    if isinstance(endpoint, Unknown):
        return Unknown.union(endpoint)
    if operator in _COMPARED and order(endpoint, endpoint) is None:
        return null("operand", endpoint, operator=operator)
    match operator:
        case "<" | "<=":
            return Range(None, endpoint, False, operator == "<=", operator)
        case ">" | ">=":
            return Range(endpoint, None, operator == ">=", False, operator)
        case _:
            return Range(endpoint, endpoint, operator == "=", operator == "=", operator)


def between(value: object, low: object, high: object) -> bool | Unknown | None:
    """``value between low and high``, both included."""
    return and_(greater_equal(value, low), less_equal(value, high))


def in_(value: object, test: object) -> bool | Unknown | None:
    """``value in test``, where `test` is a range, a list of values and ranges, or one value; not null.

    A list is passed by a value that is equal to it, to one of its items, or in a range that is one. Items
    that cannot be compared with the value do not matter, unless there are no others.
    """
    if isinstance(value, Unknown) or isinstance(test, Unknown):
        return Unknown.union(value, test)
    if isinstance(test, Range):
        return _within(value, test)
    if test is None and value is not None:
        return null("not-comparable", value, test)
    if not isinstance(test, list):
        return equal(value, test)
    charge((test,))
    if is_plain(value, test):
        return value in test
    answers = [_passes(value, item) for item in test]
    if isinstance(value, list):
        answers.append(equal(value, test))
    return _any_comparable(answers)


def in_any(value: object, tests: Iterable[object]) -> bool | Unknown | None:
    """``value in (test, test, …)``: whether one of the tests holds."""
    return any_of([in_(value, test) for test in tests])


def _passes(value: object, item: object) -> bool | Unknown | None:
    if isinstance(item, Range) and not isinstance(value, Range):
        return _within(value, item)
    return equal(value, item)


def _any_comparable(answers: list[bool | Unknown | None]) -> bool | Unknown | None:
    """The disjunction, where null among others counts for nothing."""
    if answers and all(answer is None for answer in answers):
        return None
    return any_of(answer for answer in answers if answer is not None)


def _within(value: object, range_: Range) -> bool | Unknown | None:
    match range_.operator:
        case "=":
            return equal(value, range_.low)
        case "!=":
            return not_equal(value, range_.low)
        case "<" | "<=":
            return _below(value, range_)
        case ">" | ">=":
            return _above(value, range_)
    return and_(_above(value, range_), _below(value, range_))


def _above(value: object, range_: Range) -> bool | Unknown | None:
    return greater_equal(value, range_.low) if range_.low_closed else greater(value, range_.low)


def _below(value: object, range_: Range) -> bool | Unknown | None:
    return less_equal(value, range_.high) if range_.high_closed else less(value, range_.high)
