"""What a verdict says, in the words in which a case expects it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine.ruleset.document import Expectation
from engine.verdict import Verdict
from engine.violations import Violation

BY_NAME: Final = ("findings", "why_not", "score_parts")
"""The keys of an expectation that hold something for each of several names."""


def said_by(verdict: Verdict, expect: Expectation) -> dict[str, object]:
    """What a verdict says by the keys of an expectation; of findings and parts, those that it speaks of."""
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
        "violations": [],
    }


def said_of(violations: tuple[Violation, ...]) -> dict[str, object]:
    """The same of a record that is not usable: there is no verdict, and that is what is said."""
    return {"status": "cannot_evaluate", "violations": [violation.path for violation in violations]}
