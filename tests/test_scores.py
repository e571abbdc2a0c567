"""The score of a verdict: what it carries, what it says, and that what is not known leaves nothing decided wrongly."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine import Ruleset, Verdict, canonical, evaluate, explain, load, loads
from engine.cohort import award, quota_of

DATA = Path(__file__).parent / "data"
SCORED = load(DATA / "worked" / "p366-individual.yaml")
DEDUCTING = load(DATA / "worked" / "d335-civil-servant.yaml")
ROUNDED = load(DATA / "worked" / "rounded.yaml")
DAY = date(2026, 6, 30)
FEW = settings(max_examples=60, deadline=None)


def judge(ruleset: Ruleset, record: dict[str, Any]) -> Verdict:
    return evaluate(ruleset, record, evaluated_on=DAY)


SAID = YAML(typ="safe", pure=True).load((DATA / "scores" / "said.yaml").read_text(encoding="utf-8"))
RULESETS = {"p366": SCORED, "d335": DEDUCTING, "rounded": ROUNDED}


@pytest.mark.parametrize("case", SAID, ids=lambda case: case["name"])
def test_a_score_is_data_and_words(case: dict[str, Any]) -> None:
    record = exact(case["record"])
    verdict = judge(RULESETS[case["ruleset"]], record)
    assert verdict.to_data()["score"] == case["data"]
    for language in ("vi", "en"):
        lines = explain(verdict, language).splitlines()
        for line in case[language]:
            assert line in lines


def exact(value: Any) -> Any:
    """Numbers of YAML as a record has them."""
    match value:
        case bool():
            return value
        case int() | float():
            return Decimal(str(value))
        case list():
            return [exact(item) for item in value]
        case dict():
            return {name: exact(item) for name, item in value.items()}
    return value


def test_a_ruleset_without_a_score_says_nothing_of_one() -> None:
    verdict = judge(load(DATA / "worked" / "p96-confidence-vote.yaml"), {"convened": 3})
    assert verdict.score is None
    assert "score" not in verdict.to_data()


POINTS = st.decimals(0, 30, places=2)
TASKS = st.integers(0, 12).flatmap(
    lambda total: st.fixed_dictionaries(
        {
            name: st.just(Decimal(total)) if name == "total" else st.integers(0, total).map(Decimal)
            for name in ("total", "done", "on_time", "exceeded")
        }
    )
)
RECORDS = st.fixed_dictionaries(
    {
        "general_points": POINTS,
        "task_points": st.decimals(0, 70, places=2),
        "tasks": TASKS,
        "shortcomings_remedied": st.booleans(),
    }
)


@FEW
@given(RECORDS)
def test_the_total_is_the_sum_of_its_parts(record: dict[str, Any]) -> None:
    score = judge(SCORED, record).score
    assert score is not None
    assert score.total == record["general_points"] + record["task_points"]
    assert [part.points for part in score.parts] == [record["general_points"], record["task_points"]]


@FEW
@given(RECORDS, st.sets(st.sampled_from(["general_points", "task_points"]), min_size=1))
def test_every_completion_lies_within_what_an_unknown_score_leaves_open(
    record: dict[str, Any], hidden: set[str]
) -> None:
    open_ = judge(SCORED, {name: value for name, value in record.items() if name not in hidden})
    verdict = judge(SCORED, record)
    assert open_.score is not None
    assert open_.to_data()["score"]["total"] == {"unknown": sorted(hidden)}  # type: ignore[index]  # plain data
    if open_.status == "decided" or open_.status == "cannot_evaluate":
        assert (verdict.status, verdict.outcome) == (open_.status, open_.outcome)
    elif verdict.outcome is not None:
        lowest, highest = open_.judgement.lowest, open_.judgement.highest
        assert lowest is not None
        assert highest is not None
        assert SCORED.rank(lowest) <= SCORED.rank(verdict.outcome) <= SCORED.rank(highest)


@FEW
@given(RECORDS, st.decimals(0, 5, places=2))
def test_more_points_never_lower_the_outcome(record: dict[str, Any], more: Decimal) -> None:
    better = record | {"general_points": min(record["general_points"] + more, Decimal(30))}
    before, after = judge(SCORED, record), judge(SCORED, better)
    if before.outcome is not None:
        assert after.outcome is not None
        assert SCORED.rank(before.outcome) <= SCORED.rank(after.outcome)


@FEW
@given(RECORDS)
def test_the_same_record_gives_the_same_bytes(record: dict[str, Any]) -> None:
    assert canonical(judge(SCORED, record).to_data()) == canonical(judge(SCORED, dict(record)).to_data())


HEAD = """
ruleset: test.scored
version: 1.0.0
kind: evaluation
title: {vi: Điểm, en: Score}
effective: {from: 2020-01-01}
outcomes: [low, high]
sources: {law: {title: {vi: Luật, en: Law}, issued: 2020-01-01}}
facts: {points: {type: number, label: {vi: Điểm, en: Points}}}
criteria: {enough: {label: {vi: đủ điểm, en: enough}, holds: score >= 1, cite: law 1}}
decision: {ladder: {high: [enough]}, otherwise: low}
"""


def rounding(mode: str, digits: int) -> Ruleset:
    part = "{label: {vi: Phần, en: Part}, points: points, maximum: 1000, cite: law 1}"
    return loads(f"{HEAD}score: {{parts: {{all: {part}}}, rounding: {{digits: {digits}, mode: {mode}}}}}")


MODES = {"half_up": "ROUND_HALF_UP", "half_even": "ROUND_HALF_EVEN", "down": "ROUND_DOWN"}
ROUNDING = {(mode, digits): rounding(mode, digits) for mode, digits in itertools.product(MODES, (0, 1, 12))}


@FEW
@given(st.sampled_from(sorted(ROUNDING)), st.decimals(0, 1000, places=4))
def test_a_score_is_rounded_as_declared(how: tuple[str, int], points: Decimal) -> None:
    mode, digits = how
    score = judge(ROUNDING[how], {"points": points}).score
    assert score is not None
    assert score.total == points.quantize(Decimal(1).scaleb(-digits), rounding=MODES[mode])
    assert score.exact == points


def test_a_criterion_is_no_better_sourced_than_the_parts_it_asks_for() -> None:
    standings = {criterion.name: criterion.standing.value for criterion in DEDUCTING.criteria}
    assert standings == {
        "products_assigned": "sourced",
        "ninety": "secondary",
        "seventy": "secondary",
        "fifty": "secondary",
        "on_time": "sourced",
    }


def test_advice_reaches_through_the_score() -> None:
    record = {
        "general_points": Decimal(28),
        "task_points": Decimal("61.95"),
        "tasks": {name: Decimal(10) for name in ("total", "done", "on_time", "exceeded")},
        "shortcomings_remedied": True,
    }
    verdict = evaluate(SCORED, record, evaluated_on=DAY, foresight=True)
    assert verdict.foresight is not None
    (improvement,) = verdict.foresight.improvements
    assert improvement.outcome == "excellent"
    (change,) = improvement.changes
    assert (change.fact, change.from_, change.to) == ("general_points", Decimal(28), Decimal("28.05"))


def test_a_quota_ranks_by_the_score() -> None:
    quota = (
        "quota: {outcome: high, falls_to: low, at_most: {share: 50%, of: all_rated}, within: [unit], "
        "rank_by: [score descending, score_parts.all ascending]}"
    )
    part = "{label: {vi: Phần, en: Part}, points: points, maximum: 1000, cite: law 1}"
    unit = "unit: {type: text, label: {vi: Đơn vị, en: Unit}}"
    ruleset = loads(
        f"{HEAD.replace('facts: {', f'facts: {{{unit}, ')}score: {{parts: {{all: {part}}}}}\n{quota}"
    )
    points = {"fourth": 10, "second": 30, "first": 40, "third": 20}
    members = [(name, judge(ruleset, {"unit": "A", "points": n})) for name, n in points.items()]
    results = {
        name: result.standing.value for name, result in award(quota_of(ruleset), members).results.items()
    }
    assert results == {
        "first": "awarded",
        "second": "awarded",
        "third": "not_awarded",
        "fourth": "not_awarded",
    }
