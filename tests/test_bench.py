"""What `make bench` compares gives the same answers, or its ratios would mean nothing. Nothing is timed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bench import hr, province
from bench.bare import BareOutcome
from bench.effort import Effort
from bench.measure import Measured, Side, Spread, alternate, figure
from bench.report import Findings, Goal, Table
from engine import evaluate
from engine.findings import Status

RECORDS = hr.records(200)
RULESET = hr.ruleset()
ANSWERS = [hr.by_hand(hr.typed(record)) for record in RECORDS]
EXPRESSIONS = YAML(typ="safe", pure=True).load(
    Path(__file__).parents[1] / "bench" / "data" / "expressions.yaml"
)
NEEDS_PEERS = "installed by `make bench` alone"


def test_records_are_the_same_each_time_and_reach_every_outcome() -> None:
    assert hr.records(200) == RECORDS
    assert {outcome for outcome, _ in ANSWERS} == set(hr.OUTCOMES)
    assert {name for _, failed in ANSWERS for name in failed} == set(hr.CRITERIA)


def test_verdicts_say_what_the_handwritten_function_says() -> None:
    verdicts = [evaluate(RULESET, hr.stated(record), evaluated_on=hr.ASSESSED_ON) for record in RECORDS]
    assert [hr.answer(verdict) for verdict in verdicts] == ANSWERS


def test_the_bare_outcome_is_the_outcome_of_the_verdict() -> None:
    bare = BareOutcome(RULESET)
    outcomes = [bare.outcome(hr.stated(record), hr.ASSESSED_ON) for record in RECORDS]
    assert outcomes == [outcome for outcome, _ in ANSWERS]


def test_the_bare_outcome_knows_what_does_not_apply_and_what_is_unknown() -> None:
    bare = BareOutcome(RULESET)
    record = hr.stated(RECORDS[0])
    del record["kpi_score"]
    verdict = evaluate(RULESET, record, evaluated_on=hr.ASSESSED_ON)
    assert Status.UNKNOWN in {finding.status for finding in verdict.findings}
    assert bare.outcome(record, hr.ASSESSED_ON) == verdict.outcome


def test_every_engine_gives_the_same_answers() -> None:
    for package in ("cel", "zen"):
        pytest.importorskip(package, reason=NEEDS_PEERS)
    from bench.engines import make_sides

    sides = make_sides(RECORDS[:25])  # raises where two do not agree
    assert len({side.name for side in sides}) == len(sides)


@pytest.mark.parametrize("question", EXPRESSIONS, ids=lambda question: question["name"])
@pytest.mark.parametrize("key", ["feel", "cel", "zen"])
def test_every_language_gives_the_same_value(question: dict[str, Any], key: str) -> None:
    for package in ("cel", "zen"):
        pytest.importorskip(package, reason=NEEDS_PEERS)
    from bench.expressions import LANGUAGES, make_evaluations

    # raises where it gives another value
    made = make_evaluations(question, [language for language in LANGUAGES if language.key == key])
    assert len(made) == (key in question)


@pytest.mark.slow  # half a minute goes by while pySFeel is imported
def test_pysfeel_gives_the_same_values() -> None:
    for package in ("cel", "zen", "pySFeel"):
        pytest.importorskip(package, reason=NEEDS_PEERS)
    from bench.expressions import LANGUAGES, make_evaluations

    for question in EXPRESSIONS:
        assert len(make_evaluations(question, LANGUAGES)) == len(
            question.keys() & {"feel", "cel", "zen", "pysfeel"}
        )


def test_sides_take_turns() -> None:
    calls: list[str] = []
    sides = [Side(name, calls.append, [f"{name}1", f"{name}2"]) for name in "ab"]
    found = alternate(sides, rounds=2)
    warm_up, first, second = calls[:4], calls[4:8], calls[8:]
    assert warm_up == first == ["a1", "a2", "b1", "b2"]
    assert second == ["b1", "b2", "a1", "a2"]
    assert {name: len(measured.rounds) for name, measured in found.items()} == {"a": 2, "b": 2}


def test_ratios_are_of_passes_of_the_same_round() -> None:
    ours, theirs = Measured("ours", (1.0, 2.0, 4.0)), Measured("theirs", (3.0, 8.0, 8.0))
    assert theirs.over(ours) == Spread(3.0, 2.0, 4.0)
    assert str(theirs.micros) == "8.00 (3.00..8.00)"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.1234, "0.12"), (9.994, "9.99"), (12.34, "12.3"), (1234.5, "1,230"), (100.0, "100")],
)
def test_figures_have_three_digits(value: float, written: str) -> None:
    assert figure(value) == written


def test_findings_are_a_section_of_markdown() -> None:
    findings = Findings(
        "Speed",
        (Table(("", "times"), (("ours", "1.00"), ("another", "20.5"))),),
        goals=(Goal("faster", 20.5, 20), Goal("small", 5000, 4000, at_least=False, unit="bytes")),
        notes=("Read it so.",),
    )
    assert findings.markdown() == (
        "## Speed\n\n"
        "Read it so.\n\n"
        "|         | times |\n| ------- | ----: |\n| ours    |  1.00 |\n| another |  20.5 |\n\n"
        "- faster: 20.5 x, to reach at least 20: reached\n"
        "- small: 5,000 bytes, to reach at most 4,000: NOT reached"
    )


def test_a_province_is_made_and_judged() -> None:
    found = province.measure(Effort(rounds=1, records=20, kept=1))
    assert [row[0] for row in found.tables[0].rows][:2] == ["made", "each record evaluated by itself"]
    assert found.notes[0].startswith("20 people with ")
