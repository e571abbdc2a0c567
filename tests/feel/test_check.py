"""The static check: types that it infers, and problems with their place and hint."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from random_feel import NAMES, VALUES, Grower
from ruamel.yaml import YAML

from engine.feel import FeelError, FeelTypeError, check, parse_type, parse_unary_tests, print_tree
from engine.feel import compile as compile_expression
from engine.feel.conformance import type_of
from engine.feel.types import ANY, NUMBER, ContextOf, Enum, ListOf, Type

DATA: Final = YAML(typ="safe").load(Path(__file__).parents[1] / "data" / "feel" / "check.yaml")


def declared(written: Any) -> Type:
    """A type as the data file writes it: FEEL's text, or a name with an enumeration's values or a record's fields."""
    if isinstance(written, str):
        return parse_type(written)
    ((name, parts),) = written.items()
    if isinstance(parts, list):
        return Enum(name, tuple(parts))
    return ContextOf(MappingProxyType({field: declared(each) for field, each in parts.items()}), name)


TYPES: Final[dict[str, Type]] = {name: declared(each) for name, each in DATA["types"].items()}
TYPES["discipline"] = ListOf(TYPES["discipline"])


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["text"])
def test_the_check_says_what_is_wrong(case: dict[str, str]) -> None:
    expected = parse_type(case["expected"]) if "expected" in case else None
    checked = check(case["text"], TYPES, expected=expected)
    found: dict[str, str] = {"text": case["text"]}
    if "expected" in case:
        found["expected"] = case["expected"]
    if not checked.problems:
        found["type"] = str(checked.type)
    for problem in checked.problems[:1]:
        found |= {
            "code": problem.code,
            "at": case["text"][problem.span.start : problem.span.end],
            "says": problem.message,
            "hint": problem.hint,
        }
    assert len(checked.problems) <= 1
    assert found == case


def test_problems_come_in_the_order_of_the_text() -> None:
    checked = check("nobody > 1 and name > 2 and level = 3", TYPES)
    assert [problem.code for problem in checked.problems] == ["unknown-name", "never-holds", "never-holds"]
    with pytest.raises(FeelTypeError) as caught:
        checked.require()
    assert caught.value.problems == checked.problems


@pytest.mark.parametrize(
    ("tests", "codes"),
    [
        ("[0..12]", []),
        ('"a"', ["never-holds"]),
        ("? > 5", []),
        ('? > "5"', ["never-holds"]),
        ("not(> 5, 1)", []),
    ],
)
def test_unary_tests_are_checked_against_the_value_they_test(tests: str, codes: list[str]) -> None:
    assert [problem.code for problem in check(parse_unary_tests(tests), {"?": NUMBER}).problems] == codes


@given(st.integers(0, 2**62), st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in NAMES}))
def test_the_type_is_that_of_the_value(seed: int, values: dict[str, object]) -> None:
    """Whatever the expression: a value is null, or of the type that the check found."""
    node = Grower(seed).grow(3)
    note(print_tree(node))
    types = {name: type_of(value) for name, value in values.items()}
    checked = check(node, types)
    if checked.problems:
        return
    try:
        value = compile_expression(node, names=NAMES)(values)
    except FeelError:
        return
    assert value is None or checked.type == ANY or fits_kind(type_of(value), checked.type)


def fits_kind(found: Type, inferred: Type) -> bool:
    """Whether a value of type `found` may be where the check says `inferred`; parts that are null aside."""
    if isinstance(found, ListOf) and isinstance(inferred, ListOf):
        return ANY in (found.item, inferred.item) or fits_kind(found.item, inferred.item)
    return type(found) is type(inferred) and (not hasattr(found, "name") or str(found) == str(inferred))
