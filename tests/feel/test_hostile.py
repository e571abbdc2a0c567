"""A hostile author gets an error of the language's own, soon: limits, and texts that are no FEEL at all."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from random_feel import NAMES, VALUES, Grower
from ruamel.yaml import YAML

from engine.feel import FeelError, FeelLimitError, FeelSyntaxError, check, evaluate, limits, print_tree
from engine.feel import compile as compile_expression
from engine.feel.types import ANY

DATA: Final = Path(__file__).parents[1] / "data" / "feel"
HOSTILE: Final[list[dict[str, Any]]] = YAML(typ="safe").load(DATA / "hostile.yaml")
WORDS: Final[list[str]] = YAML(typ="safe").load(DATA / "words.yaml")


def written(case: dict[str, Any]) -> str:
    """The text of a case, its repeated parts written out."""
    if "repeat" not in case:
        return str(case["text"])
    opening, closing = (part * case["times"] for part in case["repeat"])
    return str(case["text"]).replace("…", opening, 1).replace("…", closing, 1)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["text"])
def test_a_limit_stops_what_would_not_end(case: dict[str, Any]) -> None:
    try:
        evaluate(written(case))
        found = ""
    except FeelLimitError as error:
        found = error.limit
    assert found == case["limit"]


def at_limit(name: str) -> tuple[str, str]:
    """Two expressions: one that comes to the limit, and one that is one past it."""
    most = getattr(limits, name)
    match name:
        case "MAX_TEXT_LENGTH":
            return "1" + " " * (most - 1), "1" + " " * most
        case "MAX_DEPTH":
            return "(" * (most - 1) + "1" + ")" * (most - 1), "(" * most + "1" + ")" * most
        case "MAX_STEPS":
            return f"some i in 1..{most} satisfies i < 0", f"some i in 1..{most + 1} satisfies i < 0"
        case "MAX_LIST_LENGTH":
            return f"for i in 1..{most} return 0", f"for i in 1..{most + 1} return 0"
        case "MAX_STRING_LENGTH":
            thousand = (
                "{a: " + '"' + "x" * 1000 + '"' + f', b: string join(for i in 1..{most // 1000} return a, "")'
            )
            return thousand + "}", thousand + ', c: b + "x"}'
        case "MAX_PATTERN_LENGTH":
            return f'matches("x", "{"x" * most}")', f'matches("x", "{"x" * (most + 1)}")'
    raise AssertionError(name)


@pytest.mark.parametrize(
    "name",
    sorted(set(vars(limits)) & {n for n in vars(limits) if n.startswith("MAX_")} - {"MAX_TRACE_NODES"}),
)
def test_a_limit_allows_what_comes_to_it_and_not_one_more(name: str) -> None:
    allowed, refused = at_limit(name)
    evaluate(allowed)
    with pytest.raises(FeelLimitError) as caught:
        evaluate(refused)
    assert caught.value.limit == name


def test_a_trace_is_cut_where_it_would_be_too_large() -> None:
    trace = compile_expression(f"count(for i in 1..{limits.MAX_TRACE_NODES} return i * 2)").trace()
    assert trace.value == limits.MAX_TRACE_NODES

    def size(of: Any) -> int:
        return 1 + sum(size(child) for child in of.children)

    assert limits.MAX_TRACE_NODES / 2 < size(trace) <= 2 * limits.MAX_TRACE_NODES


def try_all(text: str) -> None:
    """Do with a text all that can be done; nothing but the language's own errors may come of it."""
    try:
        check(text, dict.fromkeys(NAMES, ANY))
        expression = compile_expression(text, names=NAMES)
        for value in VALUES[:4]:
            values = dict.fromkeys(NAMES, value)
            expression(values)
        expression.trace(dict.fromkeys(NAMES, VALUES[-1]))
    except FeelSyntaxError as error:
        span = error.problem.span
        assert 0 <= span.start <= span.end <= len(text)
    except FeelError:
        pass


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_any_text_at_all(text: str) -> None:
    try_all(text)


@settings(max_examples=500)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(["", " "]))
def test_any_words_of_the_language(words: list[str], between: str) -> None:
    try_all(between.join(words))


@settings(max_examples=300)
@given(st.integers(0, 2**62))
def test_expressions_with_a_piece_taken_out_doubled_or_swapped(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - nothing is kept secret by it
    text = print_tree(Grower(seed).grow(3))
    start = random.randrange(len(text))
    end = min(len(text), start + random.randrange(1, 8))
    piece = random.choice(["", text[start:end] * 2, text[start:end][::-1], random.choice(WORDS)])
    mutated = text[:start] + piece + text[end:]
    note(mutated)
    try_all(mutated)
