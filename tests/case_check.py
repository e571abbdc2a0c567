"""A case of a ruleset held against the verdict of its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine import RecordError, Ruleset, Verdict, evaluate
from engine.ruleset.document import Expectation


def said_by(verdict: Verdict, expect: Expectation) -> dict[str, Any]:
    """What a verdict says, in the words of an expectation; of findings and parts, those that it speaks of."""
    judgement = verdict.judgement
    findings = {finding.criterion.name: finding.status.value for finding in verdict.findings}
    points = {part.rule.name: part.points for part in verdict.score.parts} if verdict.score else {}
    return {
        "status": verdict.status.value,
        "outcome": verdict.outcome,
        "lowest": judgement.lowest,
        "highest": judgement.highest,
        "before_ceilings": judgement.before_ceilings,
        "because": list(verdict.because),
        "gap": [gap.name for gap in judgement.gaps],
        "missing": [missing.fact for missing in verdict.missing if missing.matters],
        "obligations": [obligation.name for obligation in judgement.obligations],
        "proposals": [proposal.name for proposal in judgement.proposals],
        "notes": [note.name for note in judgement.notes],
        "findings": {name: findings.get(name) for name in expect.findings or ()},
        "why_not": {
            each.outcome: [block.criterion for block in each.blocks]
            for each in judgement.why_not
            if each.outcome is not None
        },
        "score": verdict.score.total if verdict.score and isinstance(verdict.score.total, Decimal) else None,
        "score_parts": {name: points.get(name) for name in expect.score_parts or ()},
    }


def check(ruleset: Ruleset, record: Mapping[str, Any], on: date, expect: Expectation) -> None:
    """Evaluate `record` and compare with all that `expect` speaks of."""
    try:
        said = said_by(evaluate(ruleset, record, evaluated_on=on), expect)
    except RecordError as error:
        said = {"status": "cannot_evaluate", "violations": [violation.path for violation in error.violations]}
    expected = expect.model_dump(include=expect.model_fields_set)
    assert {key: said.get(key) for key in expected} == expected
