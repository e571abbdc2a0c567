"""Rows and tables say the same, of every shipped ruleset and of generated ones."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from crossed_records import crossed, stated
from generated_rulesets import Generated, records, rulesets
from hypothesis import given, settings
from hypothesis import strategies as st
from same_as_rows import check_same
from shipped_rulesets import BY_FILE

from engine.table import frame_of

RECORDS = 40  # of each ruleset
MOST_DROPPED = 3


@pytest.mark.parametrize("file", BY_FILE)
def test_a_table_comes_to_what_its_records_come_to(file: str) -> None:
    ruleset, chance = BY_FILE[file], random.Random(file)  # noqa: S311 - the same records in every run
    values = stated(file)
    made = [crossed(values, chance, MOST_DROPPED) for _ in range(RECORDS)]
    assert ruleset.effective.from_ is not None
    check_same(ruleset, frame_of(ruleset, made), made, ruleset.effective.from_)


@st.composite
def generated_tables(draw: st.DrawFn) -> tuple[Generated, list[dict[str, Any]]]:
    generated = draw(rulesets())
    return generated, draw(st.lists(records(generated), min_size=1, max_size=12))


@settings(max_examples=40)
@given(generated_tables())
def test_of_generated_decisions_too(table: tuple[Generated, list[dict[str, Any]]]) -> None:
    generated, made = table
    scored = check_same(generated.ruleset, frame_of(generated.ruleset, made), made, date(2024, 1, 1))
    assert all(way.columns for way in scored.ways)


def test_most_criteria_of_the_law_are_columns() -> None:
    """So that a change that quietly sends them back to rows is seen."""
    columns, all_ = 0, 0
    for file, ruleset in BY_FILE.items():
        if "nd90" in file or "nd335" in file:
            values, chance = stated(file), random.Random(file)  # noqa: S311 - as above
            made = [crossed(values, chance, 0) for _ in range(5)]
            assert ruleset.effective.from_ is not None
            scored = check_same(ruleset, frame_of(ruleset, made), made, ruleset.effective.from_)
            columns += sum(way.columns for way in scored.ways)
            all_ += len(scored.ways)
    assert columns > all_ * 0.9
