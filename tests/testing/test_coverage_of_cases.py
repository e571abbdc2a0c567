"""What is counted as covered, where what is not covered stands, and how shares are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine.ruleset import CaseFile, load, load_cases, loads
from engine.ruleset.document import Expectation
from engine.testing import Count, Coverage, Goldens, Kind, golden_of, run_cases

DATA = Path(__file__).parents[1] / "data" / "testing"
RULESET = load(DATA / "teachers.yaml")
FILE = load_cases(DATA / "teachers.cases.yaml", RULESET)
ROWS = YAML(typ="safe", pure=True).load(DATA / "coverage.yaml")


def covered(file: CaseFile, goldens: Goldens | None = None) -> Coverage:
    return run_cases(RULESET, {"cases": file}, goldens=goldens).coverage


def without_expectations() -> CaseFile:
    bare = [dataclasses.replace(case, expect=Expectation()) for case in FILE.cases]
    return CaseFile(FILE.ruleset, FILE.version, tuple(bare))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " and ".join(row["without"]) or "all")
def test_without_some_cases_just_what_they_show_is_missing(row: Mapping[str, Any]) -> None:
    assert set(row["without"]) <= {case.name for case in FILE.cases}
    kept = [case for case in FILE.cases if case.name not in row["without"]]
    coverage = covered(CaseFile(FILE.ruleset, FILE.version, tuple(kept)))
    assert [each.name for each in coverage.missing] == row["missing"]
    whole = coverage.whole
    assert whole.total - whole.covered == len(row["missing"])


def test_everything_is_missing_without_cases() -> None:
    coverage = run_cases(RULESET).coverage
    assert len(coverage.missing) == coverage.whole.total == 39
    assert coverage.whole.covered == 0
    assert {kind: count.total for kind, count in coverage.counts.items()} == {
        Kind.CRITERION: 20,
        Kind.ROW: 4,
        Kind.LINE: 12,
        Kind.OUTCOME: 3,
    }


def test_what_is_missing_is_told_with_its_line() -> None:
    lines = RULESET.text.splitlines()
    at = {each.name: lines[each.line - 1].strip() for each in run_cases(RULESET).coverage.missing}
    assert at["seldom_absent unmet"] == "seldom_absent:"
    assert at["absences_allowed row 3"] == "upper | >= 9   | 10"
    assert at["absences_allowed default"].startswith("outputs:")
    assert at["ladder good without half_given"] == "good: [lessons_given, half_given]"
    assert at["otherwise"] == "otherwise: undetermined"
    assert at["completed"].startswith("completed: {vi: Hoàn thành nhiệm vụ")
    assert at["gap under_half"] == "- name: under_half"


def test_what_nobody_looks_at_is_not_tested() -> None:
    coverage = covered(without_expectations())
    assert coverage.counts[Kind.CRITERION].covered == coverage.counts[Kind.OUTCOME].covered == 0
    # Rows and lines are at work whether or not somebody looks.
    for kind in (Kind.ROW, Kind.LINE):
        assert coverage.counts[kind].covered == coverage.counts[kind].total
    said = {each.name: each.says.en for each in coverage.missing}
    assert said["half_given unmet"] == (
        "Criterion half_given: no case expects it to be unmet; “less than half given” makes it so, "
        "add it to expect.findings."
    )
    assert said["good"].startswith("Outcome good (Completed well): no case expects it; “all lessons given”")


def test_a_golden_looks_at_everything() -> None:
    bare = without_expectations()
    verdicts = {
        result.name: golden_of(result.verdict)
        for result in run_cases(RULESET, {"cases": bare}).results
        if result.verdict is not None
    }
    goldens = Goldens("goldens", RULESET.id, RULESET.version, verdicts)
    assert covered(bare, goldens).missing == ()


def test_otherwise_is_no_line_where_some_rung_is_always_attained() -> None:
    always = RULESET.text.replace("completed: [half_given]", "completed: []")
    names = {each.name for each in run_cases(loads(always)).coverage.missing}
    assert "otherwise" not in names
    assert "ladder completed" in names


def test_a_gate_keeps_a_rung_from_lacking_what_it_asks_for() -> None:
    text = RULESET.text.replace("good: [lessons_given,", "good: [served_six_months, lessons_given,")
    names = {each.name for each in run_cases(loads(text)).coverage.missing}
    assert "ladder good without lessons_given" in names
    assert "ladder good without served_six_months" not in names


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_share_is_never_rounded_up(one: int, other: int) -> None:
    count = Count(min(one, other), max(one, other))
    if count.total:
        exact = Decimal(100 * count.covered) / count.total
        assert count.percent <= exact < count.percent + Decimal("0.1")
    assert (count.percent == 100) == (count.covered == count.total)


def test_99_95_percent_is_99_9() -> None:
    assert str(Count(1_999, 2_000).percent) == "99.9"
    assert Count(1_999, 2_000).data == {"covered": 1_999, "total": 2_000, "percent": "99.9"}
