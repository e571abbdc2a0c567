"""Decision tables in a ruleset: what its cases come to, what is seen of them, and what is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from engine import Ruleset, Verdict, evaluate
from engine.explanation import explain
from engine.ruleset import Case, load, loads

GOOD: Final = Path(__file__).parents[1] / "data" / "ruleset" / "good"
RULESET: Final = load(GOOD / "tables.yaml")
ON: Final = date(2024, 7, 1)
RECORD: Final = {
    "subject": {"post": "deputy", "level": "district"},
    "points": 95,
    "absences": 0,
    "born": "1990-01-01",
}


def judged(ruleset: Ruleset = RULESET, **given: Any) -> Verdict:
    return evaluate(ruleset, {**RECORD, **given}, evaluated_on=ON)


def seen(verdict: Verdict, criterion: str) -> dict[str, object]:
    finding = next(each for each in verdict.findings if each.criterion.name == criterion)
    return dict(zip(finding.criterion.reads, finding.seen, strict=True))


@pytest.mark.parametrize("case", RULESET.cases, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    verdict = evaluate(RULESET, case.record, evaluated_on=ON)
    said: dict[str, Any] = {
        "status": verdict.status.value,
        "outcome": verdict.outcome,
        "missing": [each.fact for each in verdict.missing if each.matters],
        "findings": {each.criterion.name: each.status.value for each in verdict.findings},
    }
    expected = case.expect.model_dump(include=case.expect.model_fields_set)
    said["findings"] = {name: said["findings"][name] for name in expected.get("findings", {})}
    assert {key: said[key] for key in expected} == expected


def test_the_result_and_what_was_looked_up_are_seen() -> None:
    assert seen(judged(), "evaluated_by_district") == {
        "by_district": False,
        "evaluated_by": "province_committee",
        "subject.post": "deputy",
        "subject.level": "district",
    }


def test_a_text_calls_the_result_by_its_labels() -> None:
    texts = explain(judged(), "vi"), explain(judged(), "en")
    assert "Do Ủy ban nhân dân tỉnh đánh giá" in texts[0]
    assert "Evaluated by province committee" in texts[1]
    label = RULESET.label_at("rating.outcome")
    assert label is not None
    assert label.en == "Rating: outcome"


def test_a_finding_that_a_table_leaves_open_says_which_rows() -> None:
    text = (GOOD / "tables.yaml").read_text(encoding="utf-8")
    unclear = loads(text.replace("hit: first", "hit: unique"))
    finding = next(each for each in judged(unclear).findings if each.criterion.name == "has_bonus")
    assert finding.status == "unknown"
    assert finding.cause is not None
    assert finding.cause.text("en") == "rows 1, 2 of the table 'rating' match, where only one may"


def test_many_mistakes_of_one_table_end_somewhere() -> None:
    text = (GOOD / "tables.yaml").read_text(encoding="utf-8")
    rows = "".join(f"      head | wrong{number} | own_head\n" for number in range(100))
    header = "      post         | level    | authority\n"
    with pytest.raises(Exception, match="the rows from 51 on were not read") as caught:
        loads(text.replace(header, header + rows))
    assert str(caught.value).count("level has no value") == 50
