"""Gaps that no name is given to, named gaps that no record falls into, and consequences that never follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.analysis.model import Finding
from engine.analysis.outcomes import rated, ways_to
from engine.analysis.proof import Formula, Verdicts, all_of
from engine.analysis.search import HOLDING, UNMET, Tried, Wanted, result_expected, witness
from engine.analysis.subject import Subject
from engine.findings import Status
from engine.ruleset.ruleset import Gap
from engine.verdict import Verdict


def unnamed_gaps(study: Subject) -> Iterator[Finding]:
    """Criteria whose failing leaves a complete record without an outcome, where no gap is declared for that."""
    decision = study.ruleset.decision
    if decision.otherwise is not None or not decision.ladder:
        return
    lowest = decision.ladder[-1]
    written = study.document.decision.ladder.get(lowest.outcome)
    named = {gap.unmet[0] for gap in study.ruleset.gaps if len(gap.unmet) == 1}
    for name in lowest.criteria:
        if name in named:
            continue  # whatever else is unmet, that gap is told
        tried = _in_gap(study, name)
        if tried is None:
            continue
        judgement = study.explorer.judged(tried)
        details = {
            "name": name,
            "lowest": f"“{study.ruleset.outcome_label(judgement.lowest or '').en}”",
            "highest": f"“{study.ruleset.outcome_label(judgement.highest or '').en}”",
            "lowest_vi": f"“{study.ruleset.outcome_label(judgement.lowest or '').vi}”",
            "highest_vi": f"“{study.ruleset.outcome_label(judgement.highest or '').vi}”",
        }
        shown = witness(study, study.explorer.day, tried.facts, f"a gap without {name}", _gap_expected)
        place = ("decision", "ladder", lowest.outcome)
        at = (
            (*place, written.index(name))
            if written is not None and name in written
            else ("decision", "waived")
        )
        yield study.found("gap-unnamed", at, details, witness=shown)


def _in_gap(study: Subject, criterion: str) -> Tried | None:
    """A record that a gap without a name opens for when a criterion is unmet."""
    explorer, decision = study.explorer, study.ruleset.decision

    def falls(tried: Tried) -> bool:
        # Most records that do not can be told without judging them, which takes its time.
        unmet = {each.name for each in study.ruleset.criteria if tried.signature[each.index] is Status.UNMET}
        attained = any(unmet.isdisjoint(rung.criteria) for rung in decision.ladder)
        if attained or any(gap.unmet and unmet.issuperset(gap.unmet) for gap in study.ruleset.gaps):
            return False
        judgement = explorer.judged(tried)
        return judgement.in_gap and not judgement.open and not judgement.gaps

    grounds: Wanted = {name: HOLDING for ground in decision.grounds for name in ground.criteria}
    rest: Wanted = {name: HOLDING for name in decision.ladder[-1].criteria if name != criterion}
    known: Wanted = {each.name: frozenset(Status) - {Status.UNKNOWN} for each in study.ruleset.criteria}
    wanted = {**known, **rated(study), **grounds, criterion: UNMET}
    return explorer.seek({**wanted, **rest, criterion: UNMET}, falls) or explorer.seek(wanted, falls)


def _gap_expected(verdict: Verdict) -> dict[str, Any] | None:
    unnamed = verdict.judgement.in_gap and not verdict.judgement.open and not verdict.judgement.gaps
    return result_expected(verdict) if unnamed else None


def unreachable_gaps(study: Subject) -> Iterator[Finding]:
    """Gaps with a name that no record falls into."""
    explorer = study.explorer
    for index, gap in enumerate(study.ruleset.gaps):
        if not gap.unmet:
            continue  # told in the document only
        wanted = rated(study) | dict.fromkeys(gap.unmet, UNMET)
        if explorer.seek(wanted, lambda tried: explorer.judged(tried).in_gap) is not None:
            continue
        if study.never(_falls_into(gap)):
            yield study.found("gap-unreachable", ("gaps", index), {"name": gap.name})


def _falls_into(gap: Gap) -> Callable[[Verdicts], Formula]:
    return lambda verdicts: all_of(
        verdicts.in_gap(), *(verdicts.established("unmet", name) for name in gap.unmet)
    )


def unreachable_consequences(study: Subject) -> Iterator[Finding]:
    """Consequences whose conditions are never all there."""
    for index, consequence in enumerate(study.ruleset.decision.consequences):
        if not _follows(study, consequence.when) and study.never(_established(consequence.when)):
            when = ", ".join(f"{kind} {name}".strip() for kind, name in consequence.when)
            yield study.found(
                "consequence-unreachable", ("decision", "consequences", index, "when"), {"when": when}
            )


def _follows(study: Subject, when: tuple[tuple[str, str], ...]) -> bool:
    """Whether a record was found on which all conditions about findings are there, and the outcome too."""
    statuses = {status.value: frozenset((status,)) for status in Status}
    wanted: dict[str, frozenset[Status]] = {}
    for kind, name in when:
        if kind in statuses:
            wanted[name] = wanted.get(name, statuses[kind]) & statuses[kind]
    if not all(wanted.values()):
        return False
    outcomes = [name for kind, name in when if kind == "outcome"]
    explorer = study.explorer
    if any(kind == "unknown" for kind, _ in when):
        return True  # a record may leave anything out

    def comes(tried: Tried) -> bool:
        return all(explorer.judged(tried).outcome == each for each in outcomes)

    ways = ways_to(study, outcomes[0]) if outcomes else iter(({},))
    return any(explorer.seek({**way, **wanted}, comes) is not None for way in ways)


def _established(when: tuple[tuple[str, str], ...]) -> Callable[[Verdicts], Formula]:
    return lambda verdicts: all_of(*(verdicts.established(kind, name) for kind, name in when))
