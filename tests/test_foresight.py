"""What would move a verdict: everything that is said has to come true when it is tried."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from generated_rulesets import OUTCOMES, records, rulesets
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped_rulesets import CATALOGUE, cases_of

from engine import RecordError, evaluate, explain
from engine.evaluation import evaluator_of
from engine.foresight import MAX_CHANGES, Result
from engine.paths import with_value
from engine.records import parse_record
from engine.verdict import Verdict

DAY = date(2024, 12, 31)
ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples" / "records").glob("*.json"))


def result_with(verdict: Verdict, changes: dict[str, Any]) -> Result:
    """What comes out with other values."""
    values = verdict.values
    for path, value in changes.items():
        fact = verdict.ruleset.facts[path.split(".")[0].split("[")[0]]
        values = with_value(values, path, value, fact.declared)
    return Result.of(evaluator_of(verdict.ruleset).judge(values)[1])


def check(verdict: Verdict) -> None:
    """Try everything that the foresight of `verdict` says."""
    assert verdict.foresight is not None
    ruleset = verdict.ruleset
    for effect in verdict.foresight.effects:
        for case in effect.cases:
            for value in (case.low, case.high):
                if value is not None:
                    assert result_with(verdict, {effect.fact: value}) == case.result
    for improvement in verdict.foresight.improvements:
        changes = {change.fact: change.to for change in improvement.changes}
        assert len(changes) <= MAX_CHANGES
        assert result_with(verdict, changes).outcome == improvement.outcome
        reached = verdict.outcome or verdict.judgement.lowest
        assert reached is not None
        assert ruleset.rank(improvement.outcome) > ruleset.rank(reached)
        for fewer in itertools.combinations(changes.items(), len(changes) - 1):
            outcome = result_with(verdict, dict(fewer)).outcome
            assert outcome is None or ruleset.rank(outcome) < ruleset.rank(improvement.outcome)
        for fact in changes:
            assert ruleset.facts[fact.split(".")[0]].sensitive is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_generated_rulesets(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    verdict = evaluate(generated.ruleset, record, evaluated_on=DAY, foresight=True)
    check(verdict)
    assert verdict.foresight is not None

    for effect in verdict.foresight.effects:
        assert {case.low for case in effect.cases} == {True, False}
    if len(record) == len(generated.facts) and verdict.outcome is not None:
        # Every fact is a truth value that may be changed, so a plain search finds what is possible.
        best = max(
            (
                OUTCOMES.index(result)
                for flipped in itertools.combinations(record, min(MAX_CHANGES, len(record)))
                for flips in itertools.product((False, True), repeat=len(flipped))
                if (changed := record | dict(zip(flipped, flips, strict=True)))
                and all(
                    generated.holds(changed, i) or not generated.holds(record, i)
                    for i in range(generated.count)
                )
                and (result := generated.result(changed)) in OUTCOMES
            ),
            default=-1,
        )
        found = [OUTCOMES.index(improvement.outcome) for improvement in verdict.foresight.improvements]
        assert max(found, default=-1) == (best if best > OUTCOMES.index(verdict.outcome) else -1)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_records(path: Path) -> None:
    example: dict[str, Any] = parse_record(path.read_bytes())
    day = date.fromisoformat(example["evaluated_on"])
    ruleset = CATALOGUE.on(example["ruleset"], day)
    try:
        check(evaluate(ruleset, example["facts"], evaluated_on=day, foresight=True))
    except RecordError:
        assert path.stem == "16-three-bad-fields"


def test_a_missing_count_is_told_to_the_unit() -> None:
    example: dict[str, Any] = parse_record(
        (ROOT / "examples/records/12-missing-fact-leaves-a-range.json").read_bytes()
    )
    day = date.fromisoformat(example["evaluated_on"])
    verdict = evaluate(
        CATALOGUE.on(example["ruleset"], day), example["facts"], evaluated_on=day, foresight=True
    )

    assert verdict.foresight is not None
    (effect,) = verdict.foresight.effects
    assert [(case.low, case.high, case.result.outcome) for case in effect.cases] == [
        (None, 11, "good"),
        (12, None, "excellent"),
    ]
    good, excellent = (verdict.ruleset.outcome_label(name).en for name in ("good", "excellent"))
    assert f"if at most 11: “{good}”; if at least 12: “{excellent}”" in explain(verdict, "en")


def test_of_several_levels_that_suffice_the_nearest_is_proposed() -> None:
    case = cases_of("vn/local/quyhop/reappointment/1.0.0.yaml").cases[0]
    ruleset = CATALOGUE.get("vn.local.quyhop.reappointment", "1.0.0")
    assert case.on is not None
    verdict = evaluate(ruleset, case.record, evaluated_on=case.on, foresight=True)
    assert verdict.foresight is not None
    (improvement,) = verdict.foresight.improvements
    assert [(change.from_, change.to) for change in improvement.changes] == [("elementary", "intermediate")]


def test_nothing_is_said_unasked() -> None:
    example: dict[str, Any] = parse_record(EXAMPLES[1].read_bytes())
    day = date.fromisoformat(example["evaluated_on"])
    verdict = evaluate(CATALOGUE.on(example["ruleset"], day), example["facts"], evaluated_on=day)
    assert verdict.foresight is None
    assert "foresight" not in verdict.to_data()
