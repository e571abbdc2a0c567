"""YAML as read: exact values, the place of every character, and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ruleset import Problem, RulesetError
from engine.ruleset.source import MAX_DEPTH, MAX_TEXT_LENGTH, read

WORDS = st.text(st.sampled_from("ab đ[]{}:,#'\"\\%=<&*|>-?!.1"), min_size=1).map(str.strip).filter(bool)
SENTENCES = st.lists(
    st.text(st.sampled_from("abđ>=+(\"'\\"), min_size=1).filter(lambda word: word[0] not in "-#"), min_size=1
)


def values(text: str) -> Any:
    return read(text, "x.yaml").data


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        return read(text, "x.yaml").problems
    except RulesetError as error:
        return error.problems


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("-3", Decimal(-3)),
        ("1e3", Decimal("1e3")),
        ("12345678901234567890.123", Decimal("12345678901234567890.123")),
        ("1.0.0", "1.0.0"),
        ("50%", "50%"),
        ("2023-09-15", "2023-09-15"),
        ("0x10", "0x10"),
        ("true", True),
        ("yes", "yes"),
        ("no", "no"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ('"true"', "true"),
        ("[1, a, [b]]", [Decimal(1), "a", ["b"]]),
        ("{a: 1, b: {c: d}}", {"a": Decimal(1), "b": {"c": "d"}}),
    ],
)
def test_values_are_exact_and_nothing_is_guessed(written: str, value: Any) -> None:
    assert values(f"key: {written}\n") == {"key": value}


def assert_every_character_is_found(text: str, value: str) -> None:
    source = read(text, "x.yaml")
    assert source.data == {"key": value}
    for index, char in enumerate(value):
        if char.isspace():
            continue
        problem = source.problem("code", ("key",), "", span=(index, index + 1))
        shown = problem.line_text[problem.column - 1 :]
        # A character that is written as an escape is shown where its escape begins.
        assert shown.startswith((char, "\\", "''"))


@settings(deadline=None, max_examples=50)
@given(WORDS)
def test_places_in_double_quotes(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert_every_character_is_found(f'key: "{escaped}"\n', value)


@settings(deadline=None, max_examples=50)
@given(WORDS)
def test_places_in_single_quotes(value: str) -> None:
    escaped = value.replace("'", "''")
    assert_every_character_is_found(f"key: '{escaped}'\n", value)


@settings(deadline=None, max_examples=50)
@given(SENTENCES)
def test_places_in_a_folded_text(words: list[str]) -> None:
    lines = "\n".join(f"    {word}" for word in words)
    assert_every_character_is_found(f"key: >-\n{lines}\n", " ".join(words))


@settings(deadline=None, max_examples=50)
@given(SENTENCES)
def test_places_in_a_text_of_lines(words: list[str]) -> None:
    lines = "\n".join(f"  {word}" for word in words)
    assert_every_character_is_found(f"key: |\n{lines}\n", "\n".join(words) + "\n")


def test_lines_end_as_on_any_system() -> None:
    source = read("a: 1\r\nb: [x,\r\n  wrong]\r\n", "x.yaml")
    problem = source.problem("code", ("b", 1), "Here.")
    assert (problem.line, problem.column, problem.line_text) == (3, 3, "  wrong]")


def test_the_underline_stands_under_letters_with_marks_of_their_own() -> None:
    source = read("key: ă̌ệ here\n", "x.yaml")
    start = source.data["key"].index("here")
    problem = source.problem("code", ("key",), "There.", span=(start, start + 4))
    line, underline = problem.excerpt().splitlines()
    marks = sum(1 for char in line if char in "\u030c\u0302\u0323\u0306")
    assert underline.index("^") == line.index("here") - marks
    assert underline.count("^") == len("here")


def test_a_missing_value_is_shown_at_the_nearest_place_there_is() -> None:
    source = read("a:\n  b: {c: 1}\n", "x.yaml")
    problem = source.problem("code", ("a", "b", "d"), "It lacks d.")
    assert (problem.line, problem.column, problem.path) == (2, 3, "a.b.d")


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_depth_at_the_limit_and_one_past_it() -> None:
    assert values(nested(MAX_DEPTH)) is not None
    with pytest.raises(RulesetError, match=r"x\.yaml:1:33: Values are nested more than 32 deep here"):
        values(nested(MAX_DEPTH + 1))


def test_length_at_the_limit_and_one_past_it() -> None:
    start = "a: 1 #"
    assert values(start.ljust(MAX_TEXT_LENGTH, "x")) == {"a": Decimal(1)}
    with pytest.raises(RulesetError, match=r"x\.yaml:1:1: The file has 1000001 characters"):
        values(start.ljust(MAX_TEXT_LENGTH + 1, "x"))


@settings(deadline=None, max_examples=50)
@given(st.text(st.sampled_from("ab: \n\t-[]{},'\"|>#&*!%@?~\\\r\x00é"), max_size=60))
def test_any_text_is_read_or_refused_in_our_words(text: str) -> None:
    assert all(problem.what.endswith(".") for problem in problems_of(text))
