"""Rulesets damaged at random: whatever the damage, what comes out is a ruleset or our own words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from engine.ruleset import Problem, RulesetError, loads

GOOD = Path(__file__).parents[1] / "data" / "ruleset" / "good"
TEXT = (GOOD / "scripts-and-styles.yaml").read_text(encoding="utf-8")
LINES = TEXT.splitlines(keepends=True)
TABLES = (GOOD / "tables.yaml").read_text(encoding="utf-8")

pieces = st.sampled_from(
    (
        "",
        "[",
        "]",
        "{",
        "}",
        ":",
        " ",
        "\n",
        "'",
        '"',
        "null",
        "[]",
        "{}",
        "3",
        "true",
        "- ",
        "#",
        "&a ",
        "*a",
        "|",
        "\n      # ",
        "--",
    )
)


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        loads(text, "damaged.yaml")
    except RulesetError as error:
        return error.problems
    return ()


def assert_told(problems: tuple[Problem, ...], text: str) -> None:
    for problem in problems:
        assert problem.what.endswith((".", "?"))
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.column >= 1
        assert problem.width >= 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(TEXT)), st.integers(0, 12), pieces)
def test_a_piece_replaced(start: int, length: int, piece: str) -> None:
    text = TEXT[:start] + piece + TEXT[start + length :]
    assert_told(problems_of(text), text)


@settings(deadline=None, max_examples=60)
@given(st.integers(TABLES.index("types:"), TABLES.index("criteria:")), st.integers(0, 12), pieces)
def test_a_piece_of_a_table_replaced(start: int, length: int, piece: str) -> None:
    text = TABLES[:start] + piece + TABLES[start + length :]
    assert_told(problems_of(text), text)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=4), st.integers(0, len(LINES)))
def test_lines_moved(taken: list[int], to: int) -> None:
    left = [line for index, line in enumerate(LINES) if index not in taken]
    text = "".join([*left[:to], *(LINES[index] for index in taken), *left[to:]])
    assert_told(problems_of(text), text)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(TEXT)), st.integers(0, 12), pieces)
def test_what_the_parser_in_c_reads_the_one_in_python_reads_alike(
    start: int, length: int, piece: str
) -> None:
    text = TEXT[:start] + piece + TEXT[start + length :]
    try:
        fast = seen(text, pure=False)
    except YAMLError:
        return  # then the other one is asked
    if any(issubclass(kind, AliasEvent) for kind, *_ in fast):
        return  # which is refused however it is read
    assert fast == seen(text, pure=True)


def seen(text: str, *, pure: bool) -> list[tuple[type, *tuple[object, ...]]]:
    """What a parser sees: what stands where. Where an empty value stands they do not agree, and nobody asks."""
    events = YAML(typ="safe", pure=pure).parse(text)
    return [
        (type(event), *place, value, event.style or "", event.anchor, event.tag)
        if (value := getattr(event, "value", None)) is not None
        and (place := (event.start_mark.index, event.end_mark.index))[0] < place[1]
        else (type(event), value)
        for event in events
    ]
