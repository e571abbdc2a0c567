"""Text to trees: errors with their place and hint, names of several words, unary tests, references."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from engine.feel import (
    FeelSyntaxError,
    compile_program,
    evaluate,
    parse,
    parse_unary_tests,
    print_tree,
    references,
)
from engine.feel import compile as compile_expression
from engine.feel.types import ContextOf, Type
from engine.feel.unknown import Unknown
from engine.feel.values import text

DATA: Final = Path(__file__).parents[1] / "data" / "feel"


def load(name: str) -> Any:
    return YAML(typ="safe").load(DATA / f"{name}.yaml")


@pytest.mark.parametrize("case", load("syntax-errors"), ids=lambda case: case["text"])
def test_an_error_says_where_what_and_how_to_mend_it(case: dict[str, str]) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        parse(case["text"])
    problem = caught.value.problem
    found = {
        "text": caught.value.text,
        "at": case["text"][problem.span.start : problem.span.end],
        "says": problem.message,
        "hint": problem.hint,
    }
    assert found == case


@pytest.mark.parametrize("case", load("references"), ids=lambda case: case["text"])
def test_references_are_the_free_paths_in_order(case: dict[str, Any]) -> None:
    assert list(references(parse(case["text"], names=case.get("names", ())))) == case["reads"]


@pytest.mark.parametrize("case", load("printed"), ids=lambda case: case["text"])
def test_the_canonical_text_has_no_needless_parentheses(case: dict[str, str]) -> None:
    assert print_tree(parse(case["text"])) == case["printed"]


@pytest.mark.parametrize("case", load("unary-tests"), ids=lambda case: f"{case['value']} ? {case['tests']}")
def test_unary_tests_judge_a_value(case: dict[str, str]) -> None:
    value = Unknown.fact("u") if case["value"] == "u" else evaluate(case["value"])
    facts = {"?": value, "low": evaluate("3")}
    tests = compile_expression(parse_unary_tests(case["tests"], names=facts), names=facts)
    assert text(tests(facts)) == case["holds"]
    program = compile_program(tuple(facts), {}, {"tests": tests.node})
    assert [text(found) for found in program.run(facts)] == [case["holds"]]


def test_declared_names_are_read_longest_first() -> None:
    facts = {"score": 1, "score of unit": 2, "unit-share": 3, "share": 4, "unit": 5}
    assert text(evaluate("score of unit + score", facts)) == "3"
    assert text(evaluate("unit-share", facts)) == "3"
    assert text(evaluate("unit - share", {"unit": 5, "share": 4})) == "1"


def test_names_of_fields_inside_values_are_known() -> None:
    facts = {"unit": {"head count": 7}, "people": [{"full name": "An"}, {"full name": "Bình"}]}
    assert text(evaluate("unit.head count + 1", facts)) == "8"
    assert text(evaluate('people[full name = "An"].full name', facts)) == '["An"]'


def test_declared_types_are_known_to_instance_of() -> None:
    declared: dict[str, Type] = {"đơn vị": ContextOf({"tên": parse_type_of("string")})}
    assert evaluate('{tên: "A"} instance of đơn vị', types=declared) is True
    assert evaluate("1 instance of đơn vị", types=declared) is False


def parse_type_of(name: str) -> Type:
    from engine.feel import parse_type

    return parse_type(name)
