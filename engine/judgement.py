"""The judgement of a signature: everything in a verdict that depends on the statuses of the findings alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import orjson

from engine.canonical import Data, canonical, texts, without_empty
from engine.findings import Finding, Status
from engine.network import Token
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Gap


class VerdictStatus(StrEnum):
    """How far a verdict goes (design, section 3.4)."""

    DECIDED = "decided"
    UNDETERMINED = "undetermined"
    NOT_RATED = "not_rated"
    CANNOT_EVALUATE = "cannot_evaluate"


class BlockKind(StrEnum):
    """In which way a finding keeps an outcome from being reached."""

    FINDING = "finding"
    GROUND = "ground"
    CEILING = "ceiling"
    GATE = "gate"


class Block(NamedTuple):
    """One finding that keeps an outcome from being reached; `waivable`: the competent authority may waive it."""

    kind: BlockKind
    criterion: str
    status: Status
    waivable: bool = False


class WhyNot(NamedTuple):
    """What keeps one outcome from being reached; `outcome` is None where there is no rating at all."""

    outcome: str | None
    blocks: tuple[Block, ...]


class MissingFact(NamedTuple):
    """A fact that nobody stated, whether it can still move the result, and which criteria asked for it."""

    fact: str
    matters: bool
    criteria: tuple[str, ...]


class ProofStep(NamedTuple):
    """One step of the proof: the rule, what it was applied to, and what it gave."""

    rule: str
    antecedents: tuple[Token, ...]
    gives: Token


class Consequent(NamedTuple):
    """An obligation, a proposal or a note, and what it follows from."""

    name: str
    because: tuple[Token, ...]
    citations: tuple[Citation, ...]


class Result(NamedTuple):
    """What a verdict comes to."""

    status: VerdictStatus
    outcome: str | None
    lowest: str | None
    highest: str | None
    possible: tuple[str, ...]

    @classmethod
    def of(cls, judgement: Judgement) -> Result:
        """The result of a judgement."""
        return cls(
            judgement.status, judgement.outcome, judgement.lowest, judgement.highest, judgement.possible
        )

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        return without_empty(
            {
                "status": self.status.value,
                "outcome": self.outcome,
                "range": self.lowest and {"lowest": self.lowest, "highest": self.highest},
                "possible": list(self.possible),
            }
        )


@dataclass(frozen=True, eq=False)
class Judgement:
    """What follows from a signature. Two are the same only if they are the same object.

    Attributes:
        status: how far it goes.
        outcome: the outcome, where it is decided.
        lowest: the lowest outcome still possible, where it is undetermined and any is.
        highest: the highest.
        possible: the gates that hang on an unknown finding, where it is undetermined.
        open: whether findings that are unknown leave it undetermined.
        gaps: the gaps of the law that it falls into; empty where none is known by name.
        in_gap: whether the law leaves a gap here.
        before_ceilings: the outcome before a ceiling lowered it.
        steps: the proof: first to the outcome, then to the consequences.
        why_not: what blocks each higher outcome, the next one first.
        unknown: whether a finding is unknown.
        relevant: the unknown criteria that can still move the result.
        rests_on_draft: the criteria that are not sourced and without which the result could be another.
    """

    status: VerdictStatus
    outcome: str | None = None
    lowest: str | None = None
    highest: str | None = None
    possible: tuple[str, ...] = ()
    open: bool = False
    in_gap: bool = False
    gaps: tuple[Gap, ...] = ()
    before_ceilings: str | None = None
    steps: tuple[ProofStep, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    obligations: tuple[Consequent, ...] = ()
    proposals: tuple[Consequent, ...] = ()
    notes: tuple[Consequent, ...] = ()
    unknown: bool = False
    relevant: frozenset[str] = frozenset()
    rests_on_draft: tuple[str, ...] = ()

    def missing(self, findings: Iterable[Finding]) -> tuple[MissingFact, ...]:
        """The facts that `findings`, of this signature, asked for and that nobody stated, in the order of asking."""
        return missing_facts(findings, self.relevant)

    @cached_property
    def data(self) -> Data:
        """The judgement as plain data, empty parts left out; made once, so to be treated as immutable."""
        return without_empty(
            {
                **Result.of(self).data,
                "gaps": [
                    without_empty({"name": gap.name, "citations": texts(gap.citations)}) for gap in self.gaps
                ],
                "before_ceilings": self.before_ceilings,
                "steps": [
                    {"rule": step.rule, "from": list(map(str, step.antecedents)), "gives": str(step.gives)}
                    for step in self.steps
                ],
                "why_not": [_why_not_data(why_not) for why_not in self.why_not],
                "obligations": [_consequent_data(consequent) for consequent in self.obligations],
                "proposals": [_consequent_data(consequent) for consequent in self.proposals],
                "notes": [_consequent_data(consequent) for consequent in self.notes],
                "rests_on_draft": list(self.rests_on_draft),
            }
        )

    @cached_property
    def fragments(self) -> Mapping[str, orjson.Fragment]:
        """Each part of `data` as canonical JSON, made once."""
        return {name: orjson.Fragment(canonical(part)) for name, part in self.data.items()}


def missing_facts(findings: Iterable[Finding], relevant: frozenset[str]) -> tuple[MissingFact, ...]:
    """The facts that `findings` asked for and that nobody stated, in the order of asking.

    Args:
        findings: those of a record; those that miss nothing may be left out.
        relevant: the unknown criteria that can still move the result.
    """
    asking: dict[str, list[str]] = {}
    for finding in findings:
        for fact in finding.missing:
            asking.setdefault(fact, []).append(finding.criterion.name)
    return tuple(
        MissingFact(fact, not relevant.isdisjoint(criteria), tuple(criteria))
        for fact, criteria in asking.items()
    )


def _why_not_data(why_not: WhyNot) -> Data:
    return without_empty({"outcome": why_not.outcome, "blocks": list(map(_block_data, why_not.blocks))})


def _block_data(block: Block) -> Data:
    return without_empty(
        {
            "kind": block.kind.value,
            "criterion": block.criterion,
            "status": block.status.value,
            "waivable": block.waivable,
        }
    )


def _consequent_data(consequent: Consequent) -> Data:
    return without_empty(
        {
            "name": consequent.name,
            "because": list(map(str, consequent.because)),
            "citations": texts(consequent.citations),
        }
    )
