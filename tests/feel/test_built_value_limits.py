"""What functions and operators build stays within the limits, and so does the work of looking through values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import reduce
from typing import cast

import pytest

from engine.feel import operators, types
from engine.feel.budget import CURRENT, Budget
from engine.feel.conformance import conforms, type_of
from engine.feel.errors import FeelLimitError
from engine.feel.functions import BUILTINS
from engine.feel.limits import MAX_LIST_LENGTH, MAX_STRING_LENGTH
from engine.feel.types import ListOf
from engine.feel.values import text, unknown_parts

LONG = "x" * MAX_STRING_LENGTH
FULL: list[object] = [None] * MAX_LIST_LENGTH


def doubled(rounds: int) -> list[object]:
    """A list whose parts are shared: as text it would have 2 ** rounds items."""
    value: list[object] = []
    for _ in range(rounds):
        value = [value, value]
    return value


SHARED = doubled(60)
OTHER = doubled(60)
DEEP = reduce(lambda inner, _: ListOf(inner), range(64), cast("types.Type", types.NUMBER))


def call(name: str, *args: object) -> Callable[[], object]:
    return lambda: BUILTINS[name].call(args)


@contextmanager
def steps(count: int) -> Iterator[Budget]:
    """A budget of `count` steps for the evaluation under way."""
    budget = Budget(count)
    token = CURRENT.set(budget)
    try:
        yield budget
    finally:
        CURRENT.reset(token)


def is_refused(limit: str, build: Callable[[], object]) -> None:
    with pytest.raises(FeelLimitError) as caught:
        build()
    assert caught.value.limit == limit


@pytest.mark.parametrize(
    "build",
    [
        lambda: operators.add(LONG, "x"),
        lambda: text(SHARED),
        call("string join", [LONG, "x"]),
        call("string join", ["x"] * 1_000, "y" * 2_000),
        call("replace", "x" * 2_000, "x", "y" * 1_000),
        call("upper case", "ß" * MAX_STRING_LENGTH),
    ],
)
def test_strings_one_past_the_limit(build: Callable[[], object]) -> None:
    is_refused("MAX_STRING_LENGTH", build)


@pytest.mark.parametrize(
    "build",
    [
        call("concatenate", FULL, [None]),
        call("append", FULL, None),
        call("insert before", FULL, Decimal(1), None),
        call("union", FULL, FULL),
        call("flatten", [FULL, FULL]),
        call("split", "x," * (MAX_LIST_LENGTH + 1), ","),
    ],
)
def test_lists_one_past_the_limit(build: Callable[[], object]) -> None:
    is_refused("MAX_LIST_LENGTH", build)


@pytest.mark.parametrize(
    "build",
    [
        call("string", SHARED),
        call("flatten", SHARED),
        call("distinct values", [[Decimal(n)] for n in range(500)]),
        lambda: operators.equal(SHARED, OTHER),
        lambda: type_of(SHARED),
        lambda: conforms(SHARED, DEEP),
    ],
)
def test_walks_through_values_spend_steps(build: Callable[[], object]) -> None:
    with steps(10_000):
        is_refused("MAX_STEPS", build)


def test_a_walk_by_itself_is_bounded_too() -> None:
    is_refused("MAX_STEPS", lambda: unknown_parts(SHARED))


def test_at_the_limit() -> None:
    assert operators.add(LONG, "") == LONG
    assert BUILTINS["string join"].call([[LONG]]) == LONG
    assert text(LONG) == LONG
    assert BUILTINS["concatenate"].call([FULL, []]) == FULL


def test_calls_spend_from_the_budget_of_the_evaluation() -> None:
    with steps(1_000) as budget:
        BUILTINS["count"].call([[None] * 400])
        assert 0 < budget.left < 700
        is_refused("MAX_STEPS", call("reverse", [None] * 400))
        is_refused("MAX_STEPS", call("upper case", "x" * 100_000))
