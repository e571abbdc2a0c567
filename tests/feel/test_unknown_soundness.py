"""Soundness of `Unknown`: a definite result with a part unknown is the result for every value of that part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import operators, types
from engine.feel.conformance import coerce
from engine.feel.functions import BUILTINS
from engine.feel.temporal import YearsMonths
from engine.feel.unknown import Unknown
from engine.feel.values import Function, Parameter, Range, text, unknown_parts

_TWO: Final = (Parameter("x"), Parameter("y"))

SIMPLE: Final[list[object]] = [
    None,
    True,
    False,
    Decimal(0),
    Decimal(1),
    Decimal(-2),
    Decimal("2.5"),
    "",
    "a",
    "abc",
    "[1..3]",
    "2024-02-29",
    date(2024, 2, 29),
    time(10, 0),
    time(10, 0, tzinfo=UTC),
    datetime.fromisoformat("2024-02-29T10:00"),
    datetime(2024, 2, 29, 10, 0, tzinfo=UTC),
    timedelta(hours=5),
    timedelta(0),
    YearsMonths(14),
    Range(Decimal(0), Decimal(2)),
    Range(Decimal(1), None, True, False, ">="),
    Range("a", "b", False, True),
]
COMPLETIONS: Final[list[object]] = [
    *SIMPLE,
    [],
    [Decimal(1)],
    [Decimal(1), Decimal(2)],
    [None, "a"],
    [True],
    [["a"], []],
    {},
    {"a": Decimal(1)},
    {"key": "a", "value": None},
    [{"key": "a", "value": Decimal(1)}, {"key": "b", "value": "x"}],
    Function(_TWO, types.ANY, operators.less),
    Function(_TWO, types.ANY, lambda _x, _y: True),
    Function((Parameter("x"),), types.ANY, lambda x: x),
]

_BINARY: Final = (
    "add",
    "subtract",
    "multiply",
    "divide",
    "power",
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "and_",
    "or_",
    "in_",
    "index",
    "is_same",
)
_TYPES: Final = (
    types.NUMBER,
    types.NULL,
    types.DATE_TIME,
    types.ListOf(types.NUMBER),
    types.RangeOf(types.NUMBER),
    types.ContextOf({"a": types.NUMBER}),
)


def _instance_of(type_: types.Type) -> Callable[[object], object]:
    return lambda value: operators.instance_of(value, type_)


def _as(type_: types.Type) -> Callable[[object], object]:
    return lambda value: coerce(value, type_)


OPERATORS: Final[dict[str, tuple[int, Callable[..., object]]]] = {
    **{name: (2, getattr(operators, name)) for name in _BINARY},
    **{f"instance of {type_}": (1, _instance_of(type_)) for type_ in _TYPES},
    **{f"as {type_}": (1, _as(type_)) for type_ in _TYPES},
    "negate": (1, operators.negate),
    "not_": (1, operators.not_),
    "between": (3, operators.between),
    "in_any": (3, lambda value, one, other: operators.in_any(value, [one, other])),
    "make_range": (2, lambda low, high: operators.make_range(low, high, True, False)),
    "path": (1, lambda value: operators.path(value, "a")),
}


def _spread(run: Callable[..., object]) -> Callable[[Sequence[object]], object]:
    return lambda args: run(*args)


CALLS: Final[dict[str, Callable[[Sequence[object]], object]]] = {
    **{name: _spread(run) for name, (_, run) in OPERATORS.items()},
    **{f"{name}()": each.call for name, each in BUILTINS.items() if name not in {"now", "today"}},
}
ARITIES: Final = {
    **{name: [arity] for name, (arity, _) in OPERATORS.items()},
    **{f"{name}()": [n for n in range(1, 5) if each.accepts(n)] for name, each in BUILTINS.items()},
}


class _Hole:
    """Where the unknown part stands."""


HOLE: Final = _Hole()

_leaves = st.sampled_from(SIMPLE) | st.sampled_from(COMPLETIONS)
_parts = st.just(HOLE) | _leaves
_with_hole = st.one_of(
    st.just(HOLE),
    st.lists(_parts, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b", "key", "value"]), _parts, max_size=3),
    st.lists(st.fixed_dictionaries({"key": _parts, "value": _parts}), max_size=2),
)


def fill(value: object, part: object) -> object:
    """`value` with `part` for each hole."""
    if value is HOLE:
        return part
    if isinstance(value, list):
        return [fill(item, part) for item in value]
    if isinstance(value, dict):
        return {name: fill(item, part) for name, item in value.items()}
    return value


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_definite_result_holds_for_every_completion(name: str, data: st.DataObject) -> None:
    arity = data.draw(st.sampled_from(ARITIES[name]))
    args = [data.draw(_with_hole | _leaves) for _ in range(arity)]
    args[data.draw(st.integers(0, arity - 1))] = data.draw(_with_hole)
    unknown = Unknown.fact("u")
    found = CALLS[name]([fill(arg, unknown) for arg in args])
    if unknown_parts(found) or isinstance(found, Unknown):
        return
    for completion in COMPLETIONS:
        completed = CALLS[name]([fill(arg, completion) for arg in args])
        assert text([completed]) == text([found]), completion
