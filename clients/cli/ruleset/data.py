"""What the commands say of a ruleset as plain data."""

from __future__ import annotations

from engine import Ruleset
from engine.ruleset.localized import Localized


def summary(ruleset: Ruleset) -> dict[str, object]:
    """What a list says of one ruleset, as plain data."""
    start, until = ruleset.effective.from_, ruleset.effective.until
    return {
        "id": ruleset.id,
        "version": str(ruleset.version),
        "kind": str(ruleset.kind),
        "title": _localized(ruleset.title),
        "effective": {
            "from": start.isoformat() if start else None,
            "until": until.isoformat() if until else None,
        },
        "outcomes": [
            {"name": outcome.name, "label": _localized(outcome.label)} for outcome in ruleset.outcomes
        ],
        "digest": ruleset.digest,
    }


def details(ruleset: Ruleset) -> dict[str, object]:
    """The parts of a ruleset as plain data."""
    decision = ruleset.decision
    return {
        **summary(ruleset),
        "sources": {
            name: {"title": _localized(source.title), "issued": source.issued and source.issued.isoformat()}
            for name, source in ruleset.sources.items()
        },
        "facts": {
            name: {
                "type": str(fact.declared.feel),
                "label": _localized(fact.label),
                "unit": fact.unit,
                "allowed": fact.allowed_text,
                "changeable": fact.changeable,
            }
            for name, fact in ruleset.facts.items()
        },
        "criteria": {
            criterion.name: {
                "label": _localized(criterion.label),
                "holds": criterion.expression,
                "applies": criterion.applies,
                "citations": [citation.text for citation in criterion.citations],
                "standing": criterion.standing.value,
                "advisory": criterion.advisory,
            }
            for criterion in ruleset.criteria
        },
        "decision": {
            "cannot_evaluate": [gate.criterion for gate in decision.cannot_evaluate],
            "not_rated": [gate.criterion for gate in decision.not_rated],
            "grounds": {ground.outcome: list(ground.criteria) for ground in decision.grounds},
            "ladder": {rung.outcome: list(rung.criteria) for rung in decision.ladder},
            "otherwise": decision.otherwise or "undetermined",
            "ceilings": [
                {"unless": ceiling.criterion, "at_most": ceiling.at_most} for ceiling in decision.ceilings
            ],
        },
        "gaps": {gap.name: _localized(gap.says) for gap in ruleset.gaps},
    }


def _localized(text: Localized) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}
