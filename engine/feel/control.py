"""What generated code calls at run time for loops, filters, choices and calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

from engine.feel import limits, operators
from engine.feel.budget import ALLOWANCE, Budget
from engine.feel.causes import null
from engine.feel.errors import FeelLimitError
from engine.feel.temporal import Date, date_of_day_number, day_number
from engine.feel.unknown import Unknown
from engine.feel.values import Invocable, Range, kind, list_too_long

NO_ITEM: Final = (None,)
"""What a filter goes through in place of no items, to see whether its predicate is a position."""


class Steps(Budget):
    """The budget of one evaluation: rounds of loops, calls of function literals, walks through values.

    Attributes:
        depth: how many calls of function literals are inside one another just now.
    """

    __slots__ = ("depth",)

    def __init__(self) -> None:
        super().__init__(ALLOWANCE.get())
        self.depth = 0

    def enter(self) -> None:
        """Begin a call of a function literal."""
        self.spend()
        self.depth += 1
        if self.depth > limits.MAX_DEPTH:
            raise FeelLimitError(
                "MAX_DEPTH", f"more than {limits.MAX_DEPTH} calls of functions inside one another"
            )

    def leave(self) -> None:
        """End a call of a function literal."""
        self.depth -= 1


def select(condition: object, consequence: object, alternative: object) -> object:
    """``if`` on an unknown condition: what both branches agree on, else unknown."""
    if consequence is alternative or operators.is_same(consequence, alternative) is True:
        return consequence
    return Unknown.union(condition, consequence, alternative)


def judge(value: object, found: object) -> object:
    """A unary test that asks about ``?`` itself: its answer, or what it names, as a test of the value."""
    if found is None or isinstance(found, bool | Unknown):
        return found
    return operators.in_(value, found)


def outside(item: object, name: str, value: object) -> object:
    """A name in a filter that is no field of the item: `value` from outside, unknown if the item is."""
    return item.field(name) if isinstance(item, Unknown) else value


def as_items(value: object) -> list[object]:
    """What a filter goes through: a list as it is, null as no items, anything else as the only item."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def settle_filter(found: object, unsure: Sequence[object]) -> object:
    """The result of a filter of which some predicates were neither true nor false."""
    open_ = [each for each in unsure if isinstance(each, Unknown)]
    return Unknown.union(*open_) if open_ else found


def iterate(value: object, budget: Budget | None) -> Iterable[object] | Unknown | None:
    """What a loop goes through; null, with a cause, if that is nothing, Unknown if nobody knows."""
    budget = budget or Budget()
    match value:
        case list():
            budget.spend(len(value))
            return value
        case Unknown():
            return Unknown.union(value)
        case Range(low, high, True, True, ""):
            return series(low, high, budget)
        case None | Range():
            return null("not-iterable", value)
    budget.spend()
    return (value,)


def series(low: object, high: object, budget: Budget) -> Iterable[object] | Unknown | None:
    """The numbers or dates from `low` to `high`, both included, upwards or downwards."""
    if isinstance(low, Unknown) or isinstance(high, Unknown):
        return Unknown.union(low, high)
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        if low != low.to_integral_value() or high != high.to_integral_value():
            return null("not-iterable", low)
        if max(abs(low), abs(high)) > 10**15:
            raise FeelLimitError("MAX_STEPS", "a loop over numbers of more than 15 digits")
        start, end = int(low), int(high)
        budget.spend(abs(end - start) + 1)
        return map(Decimal, _walk(start, end))
    if kind(low) == kind(high) == "date":
        first, last = day_number(cast("Date", low)), day_number(cast("Date", high))
        budget.spend(abs(last - first) + 1)
        return map(date_of_day_number, _walk(first, last))
    return null("not-iterable", low if low is None or high is not None else high)


def _walk(start: int, end: int) -> range:
    return range(start, end + 1) if start <= end else range(start, end - 1, -1)


def check_length(found: Sequence[object]) -> None:
    """Refuse a list that a loop made too long."""
    if len(found) > limits.MAX_LIST_LENGTH:
        raise list_too_long(len(found))


def snapshot(found: list[object], budget: Budget) -> list[object]:
    """``partial`` as it is now: the loop goes on adding to its own list."""
    budget.spend(len(found))
    return found.copy()


def invoke(function: object, arguments: Sequence[object]) -> object:
    """Call a value with arguments in order."""
    if isinstance(function, Unknown):
        return Unknown.union(function, *arguments)
    return function.call(arguments) if isinstance(function, Invocable) else null("not-a-function", function)


def invoke_named(function: object, arguments: Mapping[str, object]) -> object:
    """Call a value with arguments by name."""
    if isinstance(function, Unknown):
        return Unknown.union(function, *arguments.values())
    return (
        function.call_named(arguments)
        if isinstance(function, Invocable)
        else null("not-a-function", function)
    )
