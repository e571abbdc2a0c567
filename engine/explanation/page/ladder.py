"""The ladder of a page: the outcomes as rungs, with what holds one back standing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.explanation.phrases import phrase
from engine.explanation.structure import Entry, Explanation, Mark, Section
from engine.judgement import Judgement, VerdictStatus
from engine.ruleset.localized import Language
from engine.verdict import Verdict


class State(StrEnum):
    """How the verdict stands to one outcome."""

    REACHED = "reached"
    POSSIBLE = "possible"
    IN_GAP = "in_gap"
    LIMITED = "limited"
    BLOCKED = "blocked"
    BELOW = "below"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reasons:
    """What stands beside a rung: a heading, or a whole sentence where there are no entries."""

    heading: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One outcome.

    Attributes:
        label: what it is called.
        state: how the verdict stands to it.
        reasons: what holds it, holds it back, or would reach it.
        sections: the sections of the explanation that the reasons say.
    """

    label: str
    state: State
    reasons: tuple[Reasons, ...]
    sections: tuple[Section, ...]


def climb(verdict: Verdict, explanation: Explanation) -> tuple[Rung, ...]:
    """The rungs of the ladder, highest first."""
    ruleset, judgement, language = verdict.ruleset, verdict.judgement, explanation.language
    ranks = {outcome.name: outcome.rank for outcome in ruleset.outcomes}
    rungs = []
    for outcome in reversed(ruleset.outcomes):
        state = _state(judgement, outcome.rank, ranks)
        sections = tuple(section for section in explanation.sections if outcome.name in section.outcomes)
        reasons = tuple(_reasons(sections, outcome.name, state, language))
        if state is State.BLOCKED and not reasons:
            fixed = ruleset.outcome_label(judgement.outcome or judgement.lowest or outcome.name)
            reasons = (Reasons(phrase("rung_fixed", language, outcome=fixed.in_(language))),)
        rungs.append(Rung(outcome.label.in_(language), state, reasons, sections))
    return tuple(rungs)


def _state(judgement: Judgement, rank: int, ranks: dict[str, int]) -> State:
    if judgement.status in (VerdictStatus.NOT_RATED, VerdictStatus.CANNOT_EVALUATE) or not (
        judgement.outcome or judgement.lowest
    ):
        return State.CLOSED
    lowest = ranks[judgement.outcome or judgement.lowest or ""]
    highest = ranks[judgement.outcome or judgement.highest or ""]
    if rank < lowest:
        return State.BELOW
    if rank <= highest:
        if judgement.status is VerdictStatus.DECIDED:
            return State.REACHED
        return State.POSSIBLE if judgement.open else State.IN_GAP
    before = judgement.before_ceilings
    return State.LIMITED if before is not None and rank <= ranks[before] else State.BLOCKED


def _reasons(
    sections: tuple[Section, ...], outcome: str, state: State, language: Language
) -> Iterator[Reasons]:
    for section in sections:
        if section.kind == "improvement":
            yield Reasons(phrase("rung_improvement", language), section.entries)
        elif outcome == section.outcomes[0]:
            yield Reasons(phrase(_heading(section, state), language), section.entries)
        elif section.kind == "why_not":
            yield Reasons(phrase("rung_same", language))


def _heading(section: Section, state: State) -> str:
    if section.kind != "why_not":
        return f"rung_{section.kind}"
    if section.adds:
        return "rung_adds"
    if all(entry.mark is Mark.UNKNOWN for entry in section.entries):
        return "rung_depends"
    return "rung_because" if state is not State.LIMITED else "rung_limited_by"
