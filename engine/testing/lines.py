"""The lines of a decision: what each of them decides, and whether a verdict shows it at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.findings import Status
from engine.judgement import VerdictStatus
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.source import Path
from engine.testing import words
from engine.verdict import Verdict

_RATED = (VerdictStatus.DECIDED, VerdictStatus.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line of the decision, or a part of one that decides by itself.

    Attributes:
        name: what it is called in reports.
        path: where it stands in the document.
        never: says that no case shows it.
        shown_by: whether a verdict shows it at work.
    """

    name: str
    path: Path
    never: Localized
    shown_by: Callable[[Verdict], bool]


def decision_lines(ruleset: Ruleset) -> tuple[DecisionLine, ...]:
    """The lines of a ruleset's decision that some record could show, in the order in which they are read."""
    return tuple(
        line
        for part in (_gates, _grounds, _rungs, _otherwise, _ceilings, _consequences, _gaps)
        for line in part(ruleset)
    )


def _gates(ruleset: Ruleset) -> Iterator[DecisionLine]:
    decision = ruleset.decision
    for status, gates in (
        (VerdictStatus.CANNOT_EVALUATE, decision.cannot_evaluate),
        (VerdictStatus.NOT_RATED, decision.not_rated),
    ):
        for index, gate in enumerate(gates):
            rule = f"{status.value} unless {gate.criterion}"
            never = words.said("gate_never", gate=status.value, name=gate.criterion)
            yield DecisionLine(rule, ("decision", status.value, index), never, _stops(status, rule))


def _grounds(ruleset: Ruleset) -> Iterator[DecisionLine]:
    for ground in ruleset.decision.grounds:
        for index, criterion in enumerate(ground.criteria):
            rule = f"ground {ground.outcome} unless {criterion}"
            never = words.said("ground_never", outcome=ground.outcome, name=criterion)
            path: Path = ("decision", "grounds", ground.outcome, index)
            yield DecisionLine(rule, path, never, _gives(ground.outcome, rule))


def _rungs(ruleset: Ruleset) -> Iterator[DecisionLine]:
    gates = _gate_criteria(ruleset)
    for rung in ruleset.decision.ladder:
        rule, path = f"ladder {rung.outcome}", ("decision", "ladder", rung.outcome)
        never = words.said("rung_never", outcome=rung.outcome)
        yield DecisionLine(rule, path, never, _attains(rung.outcome))
        for index, criterion in enumerate(rung.criteria):
            if criterion in gates:
                continue  # where it is unmet, no rung is looked at
            never = words.said("rung_never_blocked", outcome=rung.outcome, name=criterion)
            name = f"{rule} without {criterion}"
            yield DecisionLine(name, (*path, index), never, _lacks(ruleset.criterion(criterion).index))


def _otherwise(ruleset: Ruleset) -> Iterator[DecisionLine]:
    """One line, unless some rung is attained whenever it would be looked at."""
    decision = ruleset.decision
    decided = _gate_criteria(ruleset).union(*(ground.criteria for ground in decision.grounds))
    if any(decided.issuperset(rung.criteria) for rung in decision.ladder):
        return

    def shown_by(verdict: Verdict) -> bool:
        if decision.otherwise is None:
            return verdict.judgement.in_gap
        return verdict.outcome == decision.otherwise and _kinds(verdict).isdisjoint(("attained", "ground"))

    yield DecisionLine("otherwise", ("decision", "otherwise"), words.said("otherwise_never"), shown_by)


def _ceilings(ruleset: Ruleset) -> Iterator[DecisionLine]:
    for index, ceiling in enumerate(ruleset.decision.ceilings):
        rule = f"at most {ceiling.at_most} unless {ceiling.criterion}"
        never = words.said("ceiling_never", outcome=ceiling.at_most, name=ceiling.criterion)
        shown_by = _lowers(ceiling.at_most, rule, closes_gap=ruleset.decision.otherwise is None)
        yield DecisionLine(rule, ("decision", "ceilings", index), never, shown_by)


def _consequences(ruleset: Ruleset) -> Iterator[DecisionLine]:
    for index, consequence in enumerate(ruleset.decision.consequences):
        rule = f"consequence {index + 1}"
        gives = ", ".join(name for _, name in consequence.gives)
        never = words.said("consequence_never", number=str(index + 1), gives=gives)
        yield DecisionLine(rule, ("decision", "consequences", index), never, _applies(rule))


def _gaps(ruleset: Ruleset) -> Iterator[DecisionLine]:
    for index, gap in enumerate(ruleset.gaps):
        if gap.unmet:  # without it a gap is told in documents only
            never = words.said("gap_never", name=gap.name)
            yield DecisionLine(f"gap {gap.name}", ("gaps", index), never, _falls_into(gap.name))


def _gate_criteria(ruleset: Ruleset) -> frozenset[str]:
    decision = ruleset.decision
    return frozenset(gate.criterion for gate in (*decision.cannot_evaluate, *decision.not_rated))


def _steps(verdict: Verdict) -> set[str]:
    return {step.rule for step in verdict.judgement.steps}


def _kinds(verdict: Verdict) -> set[str]:
    return {step.gives.kind for step in verdict.judgement.steps}


def _stops(status: VerdictStatus, rule: str) -> Callable[[Verdict], bool]:
    return lambda verdict: verdict.status is status and rule in _steps(verdict)


def _gives(outcome: str, rule: str) -> Callable[[Verdict], bool]:
    return lambda verdict: verdict.outcome == outcome and rule in _steps(verdict)


def _attains(outcome: str) -> Callable[[Verdict], bool]:
    def shown_by(verdict: Verdict) -> bool:
        attained = verdict.judgement.before_ceilings or verdict.outcome
        return attained == outcome and f"ladder {outcome}" in _steps(verdict)

    return shown_by


def _lacks(index: int) -> Callable[[Verdict], bool]:
    return lambda verdict: verdict.status in _RATED and verdict.findings[index].status is Status.UNMET


def _lowers(outcome: str, rule: str, *, closes_gap: bool) -> Callable[[Verdict], bool]:
    """A ceiling is at work where it lowers what was attained, or decides what the law would leave open."""

    def shown_by(verdict: Verdict) -> bool:
        if verdict.outcome != outcome or rule not in _steps(verdict):
            return False
        open_without = closes_gap and _kinds(verdict).isdisjoint(("attained", "ground"))
        return verdict.judgement.before_ceilings is not None or open_without

    return shown_by


def _applies(rule: str) -> Callable[[Verdict], bool]:
    return lambda verdict: rule in _steps(verdict)


def _falls_into(name: str) -> Callable[[Verdict], bool]:
    return lambda verdict: any(gap.name == name for gap in verdict.judgement.gaps)
