"""Holds what a table comes to against what `engine.evaluate` says of each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from engine import RecordError, Ruleset, Verdict, evaluate
from engine.feel.values import text_of_number
from engine.table import Scored, evaluate_table

_LISTS = ("possible", "failed", "blocks", "gaps", "obligations", "proposals", "notes")


def check_same(
    ruleset: Ruleset, frame: pl.DataFrame, records: Sequence[Mapping[str, Any]], day: date
) -> Scored:
    """Evaluate a table both ways; fails where a row comes out otherwise than its record."""
    scored = evaluate_table(ruleset, frame, evaluated_on=day)
    assert scored.frame.height == len(records)
    findings = scored.findings()
    for number, (row, record) in enumerate(zip(scored.frame.iter_rows(named=True), records, strict=True)):
        assert row == expected(ruleset, record, day), record
        assert findings.row(number) == expected_findings(ruleset, record, day), record
    return scored


def expected(ruleset: Ruleset, record: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The row that a record comes to."""
    names: dict[str, Any] = {} if ruleset.score is None else dict.fromkeys(_points_of(ruleset))
    lists: dict[str, Any] = {name: [] for name in _LISTS}
    try:
        verdict = evaluate(ruleset, record, evaluated_on=day)
    except RecordError as error:
        wrong = [{"path": each.path, "code": each.code, "text": each.text()} for each in error.violations]
        nothing = {"status": "refused", "outcome": None, "lowest": None, "highest": None}
        return nothing | lists | {"missing": [], "missing_matters": []} | names | {"violations": wrong}
    judgement = verdict.judgement
    return {
        "status": verdict.status.value,
        "outcome": judgement.outcome,
        "lowest": judgement.lowest,
        "highest": judgement.highest,
        "possible": list(judgement.possible),
        "failed": [each.criterion.name for each in verdict.findings if each.status == "unmet"],
        "blocks": [
            {**block._asdict(), "kind": block.kind.value, "status": block.status.value}
            for block in (judgement.why_not[0].blocks if judgement.why_not else ())
        ],
        "gaps": [gap.name for gap in judgement.gaps],
        "obligations": [each.name for each in judgement.obligations],
        "proposals": [each.name for each in judgement.proposals],
        "notes": [each.name for each in judgement.notes],
        "missing": [each.fact for each in verdict.missing],
        "missing_matters": [each.fact for each in verdict.missing if each.matters],
        **_points(verdict),
        "violations": [],
    }


def expected_findings(ruleset: Ruleset, record: Mapping[str, Any], day: date) -> tuple[str | None, ...]:
    """The statuses of the criteria; None for each where the record is refused."""
    try:
        verdict = evaluate(ruleset, record, evaluated_on=day)
    except RecordError:
        return (None,) * len(ruleset.criteria)
    return tuple(each.status.value for each in verdict.findings)


def _points_of(ruleset: Ruleset) -> list[str]:
    assert ruleset.score is not None
    return ["score", *(f"score_parts.{part.name}" for part in ruleset.score.parts)]


def _points(verdict: Verdict) -> dict[str, str | None]:
    if verdict.score is None:
        return {}
    points = (verdict.score.total, *(part.points for part in verdict.score.parts))
    texts = (text_of_number(each) if isinstance(each, Decimal) else None for each in points)
    return dict(zip(_points_of(verdict.ruleset), texts, strict=True))
