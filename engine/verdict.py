"""A verdict: what was concluded of one record, with everything that answers why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from engine.canonical import Data, tagged
from engine.findings import Finding, Status
from engine.judgement import Consequent, Judgement, VerdictStatus, WhyNot
from engine.network import Token
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Ruleset


class ChosenBy(StrEnum):
    """How the ruleset of a verdict was chosen (design, section 3.7)."""

    VERSION = "version"
    DATE = "date"
    SELECTOR = "selector"


class MissingFact(NamedTuple):
    """A fact that nobody stated, whether it can still move the result, and which criteria asked for it."""

    fact: str
    matters: bool
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one record (design, section 3.5).

    Attributes:
        ruleset: the ruleset that it was reached by.
        evaluated_on: the date for which it was asked.
        chosen_by: how the ruleset was chosen.
        values: the facts and parameters by name; `Unknown` where nothing was stated.
        findings: one for each criterion, in the ruleset's order.
        judgement: what follows from the findings.
    """

    ruleset: Ruleset
    evaluated_on: date
    chosen_by: ChosenBy
    values: Mapping[str, object]
    findings: tuple[Finding, ...]
    judgement: Judgement

    @property
    def status(self) -> VerdictStatus:
        """How far the verdict goes."""
        return self.judgement.status

    @property
    def outcome(self) -> str | None:
        """The outcome, where it is decided."""
        return self.judgement.outcome

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """The facts that were not stated and that a criterion asked for, in the order of asking."""
        asking: dict[str, list[str]] = {}
        for finding in self.findings:
            for fact in finding.missing:
                asking.setdefault(fact, []).append(finding.criterion.name)
        return tuple(
            MissingFact(fact, not self.judgement.relevant.isdisjoint(criteria), tuple(criteria))
            for fact, criteria in asking.items()
        )

    @property
    def because(self) -> tuple[str, ...]:
        """Why it is undetermined: ``missing_facts``, ``not_computable``, ``gap``, or several of them."""
        if self.status is not VerdictStatus.UNDETERMINED:
            return ()
        reasons = []
        if self.judgement.open:
            relevant = [
                finding for finding in self.findings if finding.criterion.name in self.judgement.relevant
            ]
            if any(finding.missing for finding in relevant):
                reasons.append("missing_facts")
            if any(finding.cause for finding in relevant):
                reasons.append("not_computable")
        if self.judgement.in_gap:
            reasons.append("gap")
        return tuple(reasons)

    def to_data(self) -> Data:
        """The verdict as plain data: what is logged, replayed and sent. Empty parts are left out."""
        judgement = self.judgement
        data: Data = {
            "ruleset": {
                "id": self.ruleset.id,
                "version": str(self.ruleset.version),
                "digest": self.ruleset.digest,
                "chosen_by": self.chosen_by.value,
            },
            "evaluated_on": self.evaluated_on.isoformat(),
            "status": judgement.status.value,
            "outcome": judgement.outcome,
            "range": judgement.lowest and {"lowest": judgement.lowest, "highest": judgement.highest},
            "possible": list(judgement.possible),
            "because": list(self.because),
            "gaps": [{"name": gap.name, "citations": _texts(gap.citations)} for gap in judgement.gaps],
            "before_ceilings": judgement.before_ceilings,
            "findings": [_finding(finding) for finding in self.findings],
            "steps": [
                {"rule": step.rule.name, "from": self._antecedents(step.rule.when), "gives": str(step.gives)}
                for step in judgement.steps
            ],
            "why_not": [_why_not(why_not) for why_not in judgement.why_not],
            "missing": [
                {"fact": missing.fact, "matters": missing.matters, "criteria": list(missing.criteria)}
                for missing in self.missing
            ],
            "obligations": [self._consequent(consequent) for consequent in judgement.obligations],
            "proposals": [self._consequent(consequent) for consequent in judgement.proposals],
            "notes": [self._consequent(consequent) for consequent in judgement.notes],
            "rests_on_draft": list(judgement.rests_on_draft),
        }
        return _without_empty(data)

    def _antecedents(self, tokens: tuple[Token, ...]) -> list[str]:
        """The tokens as the proof shows them: what holds is met, or not applicable."""
        not_applicable = {f.criterion.name for f in self.findings if f.status is Status.NOT_APPLICABLE}
        return [
            f"{'not_applicable' if token.name in not_applicable else 'met'} {token.name}"
            if token.kind == "holds"
            else str(token)
            for token in tokens
            if token.kind != "always"
        ]

    def _consequent(self, consequent: Consequent) -> Data:
        return _without_empty(
            {
                "name": consequent.name,
                "because": self._antecedents(consequent.because),
                "citations": _texts(consequent.citations),
            }
        )


def _finding(finding: Finding) -> Data:
    criterion = finding.criterion
    return _without_empty(
        {
            "criterion": criterion.name,
            "status": finding.status.value,
            "expression": criterion.expression,
            "applies": criterion.applies,
            "seen": [
                {"path": path, "value": tagged(value)}
                for path, value in zip(criterion.reads, finding.seen, strict=True)
            ],
            "missing": list(finding.missing),
            "cause": finding.cause and {"code": finding.cause.code, "text": finding.cause.text("en")},
            "citations": _texts(criterion.citations),
            "standing": criterion.standing.value,
            "advisory": criterion.advisory,
            "waivable": criterion.waivable,
        }
    )


def _why_not(why_not: WhyNot) -> Data:
    blocks = [
        {"kind": block.kind.value, "criterion": block.criterion, "status": block.status.value}
        for block in why_not.blocks
    ]
    return _without_empty({"outcome": why_not.outcome, "blocks": blocks})


def _texts(citations: Iterable[Citation]) -> list[str]:
    return [citation.text for citation in citations]


def _without_empty(data: Data) -> Data:
    return {key: value for key, value in data.items() if value}
