"""Explanations as text: what they say of the example records, and how values are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from example_records import USABLE, verdict_on
from generated_rulesets import records, rulesets
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine import evaluate, explain, feel
from engine.explanation.structure import Mark, build
from engine.explanation.writing import write
from engine.ruleset.localized import Language

DATA: Final = Path(__file__).parent / "data" / "explanations"
WRITING: Final[list[dict[str, Any]]] = YAML(typ="safe", pure=True).load(DATA / "writing.yaml")
A_DAY: Final = date(2024, 12, 31)
EXAMPLES = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", USABLE)
def test_the_texts_of_the_example_records(
    name: str, language: Language, golden: Callable[[Path, str], None]
) -> None:
    verdict = verdict_on(name)
    short, full = (explain(verdict, language, form=form) for form in ("short", "full"))
    golden(DATA / f"{name}.{language}.txt", f"{short}\n---\n{full}\n")


@pytest.mark.parametrize("case", WRITING, ids=lambda case: f"{case['value']} {case.get('form', '')}".strip())
def test_values_are_written_as_each_language_writes_them(case: dict[str, Any]) -> None:
    value = feel.evaluate(case["value"], {})
    for language in ("vi", "en"):
        written = write(value, language, form=case.get("form", ""), unit=case.get("unit", ""))
        assert written.replace("\xa0", " ") == case[language]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_number_of_six_decimals_is_written_in_full(value: Decimal) -> None:
    written = write(value, "vi")
    assert Decimal(written.replace(".", "").replace(",", ".")) == value


@EXAMPLES
@given(st.data())
def test_three_lines_at_most_and_no_criterion_listed_twice(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    verdict = evaluate(generated.ruleset, data.draw(records(generated)), evaluated_on=A_DAY, foresight=True)
    for language in ("vi", "en"):
        assert len(explain(verdict, language, form="short").splitlines()) <= 3
    explanation = build(verdict, "en")
    listed = explanation.section("criteria")
    assert listed is not None
    assert [entry.criterion for entry in listed.entries] == [f"c{i}" for i in range(generated.count)]
    blocking = {
        entry.criterion
        for section in explanation.sections
        if section.kind in ("ground", "ground_open", "gate", "why_not", "rests_on_draft")
        for entry in section.entries
    }
    # Every criterion is called "label" here, so the last list is told by its length.
    text = explain(verdict, "en")
    _, heading, rest = text.partition("The other criteria:\n" if blocking else "Criteria:\n")
    if len(blocking) < generated.count:
        assert heading
        assert rest.count("\n") == generated.count - len(blocking)
    else:
        assert "riteria:\n" not in text


def test_advice_is_given_only_where_something_is_to_be_minded() -> None:
    heading = "For attention (moves nothing):"
    assert heading not in explain(verdict_on("01-excellent"), "en")
    told = explain(verdict_on("15-one-act-counts-once"), "en")
    advice = told.partition(heading)[2].splitlines()[1:-1]
    assert len(advice) == 1
    assert advice[0].startswith("  ✗ ")


def test_a_finding_that_is_unknown_is_depended_on_and_does_not_block() -> None:
    explanation = build(verdict_on("12-missing-fact-leaves-a-range"), "en")
    section = explanation.section("why_not")
    assert section is not None
    assert section.heading == "“Excellent completion of tasks” depends on"
    assert [entry.mark for entry in section.entries] == [Mark.UNKNOWN]


@EXAMPLES
@given(st.data())
def test_the_same_verdict_gives_the_same_text(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    shuffled = dict(data.draw(st.permutations(list(record.items()))))
    first, second = (
        explain(evaluate(generated.ruleset, same, evaluated_on=A_DAY), "vi") for same in (record, shuffled)
    )
    assert first.encode() == second.encode()


def test_no_other_languages_and_forms() -> None:
    verdict = verdict_on("01-excellent")
    with pytest.raises(ValueError, match="no explanations in 'fr'; there are vi, en"):
        explain(verdict, "fr")  # type: ignore[arg-type] # what a caller without types may do
    with pytest.raises(ValueError, match="no form 'long'; there are full, short"):
        explain(verdict, "vi", form="long")
