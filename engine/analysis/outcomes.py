"""Outcomes that no record can come to, and what keeps records from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import combinations
from operator import methodcaller

from engine.analysis.model import Finding, Witness
from engine.analysis.proof import Formula, Holds, Not, Verdicts, all_of
from engine.analysis.search import HOLDING, UNMET, Tried, Wanted, findings_expected, result_expected, witness
from engine.analysis.subject import Subject
from engine.canonical import without_empty
from engine.findings import Status
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Rung
from engine.ruleset.source import Path

_NEVER = Localized("luôn có quy tắc khác quyết định trước", "another rule always decides before it")


def unreachable_outcomes(study: Subject) -> Iterator[Finding]:
    """Outcomes that nothing leads to, or that are proved to be out of reach."""
    named = _named(study)
    shut = any(study.never(methodcaller("holding", gate)) for gate in rated(study))
    for outcome in study.ruleset.outcomes:
        name = outcome.name
        if name not in named:
            yield study.found("outcome-unused", _place(study, name), {"name": name}, at_key=True)
        elif (shut or study.never(methodcaller("reached", name))) and not _reached(study, name):
            yield _unreachable(study, name)


def _named(study: Subject) -> set[str]:
    decision = study.ruleset.decision
    named = {rung.outcome for rung in decision.ladder} | {ground.outcome for ground in decision.grounds}
    named.update(ceiling.at_most for ceiling in decision.ceilings)
    return named | ({decision.otherwise} if decision.otherwise is not None else set())


def _place(study: Subject, outcome: str) -> Path:
    """Where the document says what leads to an outcome, or else where it names it."""
    written = study.document.decision
    for section in ("ladder", "grounds"):
        if outcome in getattr(written, section):
            return "decision", section, outcome
    outcomes = study.document.outcomes
    return ("outcomes", outcomes.index(outcome)) if isinstance(outcomes, list) else ("outcomes", outcome)


def _reached(study: Subject, outcome: str) -> bool:
    """Whether a record that was tried comes to an outcome: nothing is said against what was seen."""
    explorer = study.explorer
    return any(
        explorer.seek(wanted, lambda tried: explorer.judged(tried).outcome == outcome, tries=0) is not None
        for wanted in ways_to(study, outcome)
    )


def ways_to(study: Subject, outcome: str) -> Iterator[Wanted]:
    """Findings that may lead to an outcome: on a rung, by a ground, under a ceiling, or where no rung is attained."""
    decision, rank = study.ruleset.decision, study.ruleset.rank
    open_ = rated(study)
    grounds: dict[str, Collection[Status]] = {
        name: HOLDING for ground in decision.grounds for name in ground.criteria
    }
    ladder = {rung.outcome: rung for rung in decision.ladder}
    lower = {each.criterion: HOLDING for each in decision.ceilings if rank(each.at_most) < rank(outcome)}
    if (rung := ladder.get(outcome)) is not None:
        attained = open_ | grounds | lower | dict.fromkeys(rung.criteria, HOLDING)
        for unmet in _blocking(study, rung):
            yield attained | dict.fromkeys(unmet, UNMET)
    for ground in decision.grounds:
        if ground.outcome == outcome:
            for name in ground.criteria:
                yield open_ | {name: UNMET}
    for ceiling in decision.ceilings:
        if ceiling.at_most == outcome:
            for rung in decision.ladder:
                if rank(rung.outcome) > rank(outcome):
                    yield open_ | grounds | dict.fromkeys(rung.criteria, HOLDING) | {ceiling.criterion: UNMET}
    if decision.otherwise == outcome:
        yield open_ | grounds
        for rung in decision.ladder:
            for name in rung.criteria:
                yield open_ | grounds | lower | {name: UNMET}


def _blocking(study: Subject, rung: Rung) -> Iterator[tuple[str, ...]]:
    """Criteria whose failing keeps from every rung above: few, and none that the rung itself asks for."""
    above = [
        set(each.criteria) - set(rung.criteria)
        for each in study.ruleset.decision.ladder
        if study.ruleset.rank(each.outcome) > study.ruleset.rank(rung.outcome)
    ]
    candidates = sorted(set().union(*above))
    yield from (
        each
        for size in range(min(len(above), 2) + 1)
        for each in combinations(candidates, size)
        if all(names.intersection(each) for names in above)
    )


def rated(study: Subject) -> dict[str, Collection[Status]]:
    """What has to hold for there to be a rating at all."""
    decision = study.ruleset.decision
    return {gate.criterion: HOLDING for gate in (*decision.cannot_evaluate, *decision.not_rated)}


def _unreachable(study: Subject, outcome: str) -> Finding:
    because, tried = _cause(study, outcome)
    label = study.ruleset.outcome_label(outcome)
    rung = _rung(study, outcome)
    shown: Witness | None = None
    if tried is not None and rung is not None:
        shown = witness(
            study,
            study.explorer.day,
            tried.facts,
            f"not {label.en}",
            lambda verdict: without_empty(
                {**result_expected(verdict), "findings": findings_expected(verdict, rung.criteria)}
            ),
        )
    details = {"name": outcome, "because_en": because.en, "because_vi": because.vi}
    return study.found("outcome-unreachable", _place(study, outcome), details, witness=shown, at_key=True)


def _rung(study: Subject, outcome: str) -> Rung | None:
    return next((each for each in study.ruleset.decision.ladder if each.outcome == outcome), None)


def _cause(study: Subject, outcome: str) -> tuple[Localized, Tried | None]:
    """Why an outcome is out of reach, and the record that comes nearest to it."""
    decision, explorer = study.ruleset.decision, study.explorer
    for gate in rated(study):
        if study.never(methodcaller("holding", gate)):
            return Localized(f"{gate} không bao giờ đạt", f"{gate} never holds, and nobody is rated"), None
    rung = _rung(study, outcome)
    if rung is None:
        fixing = [name for each in decision.grounds if each.outcome == outcome for name in each.criteria]
        if fixing and all(study.never(methodcaller("unmet", name)) for name in fixing):
            names = " và ".join(fixing), " and ".join(fixing)
            return Localized(f"{names[0]} luôn đạt", f"nothing fails {names[1]}"), None
        return _NEVER, None
    well = rated(study) | {name: HOLDING for each in decision.grounds for name in each.criteria}
    excluding = _excluding(study, rung.criteria)
    if excluding:
        *rest, last = excluding
        others = dict.fromkeys((each for each in rung.criteria if each != last), HOLDING)
        if not rest:
            because = Localized(f"{last} không bao giờ đạt", f"{last} never holds")
        else:
            because = Localized(
                f"{', '.join(rest)} và {last} loại trừ nhau",
                f"{', '.join(rest)} and {last} exclude each other",
            )
        return because, explorer.seek(well | others) or explorer.seek(others)
    for other in decision.ladder:
        higher = study.ruleset.rank(other.outcome) > study.ruleset.rank(outcome)
        if higher and _asks_no_more(study, other, rung):
            label = study.ruleset.outcome_label(other.outcome)
            because = Localized(
                f"ai đạt các điều kiện của mức này đều đạt mức “{label.vi}”",
                f"whoever meets what it asks for meets what “{label.en}” asks for",
            )
            return because, explorer.seek(well | dict.fromkeys(rung.criteria, HOLDING))
    return _NEVER, explorer.seek(well | dict.fromkeys(rung.criteria, HOLDING))


def _excluding(study: Subject, names: tuple[str, ...]) -> tuple[str, ...]:
    """As few of some criteria as cannot all hold; none where they can, or where that is not proved."""
    if not study.never(_together(*names)):
        return ()
    for name in names:
        fewer = tuple(each for each in names if each != name)
        if fewer and study.never(_together(*fewer)):
            return _excluding(study, fewer)
    return names


def _asks_no_more(study: Subject, higher: Rung, rung: Rung) -> bool:
    """Whether everything that a higher rung asks for holds where all that this rung asks for does."""
    return all(
        name in rung.criteria or study.never(_without(rung.criteria, name)) for name in higher.criteria
    )


def _together(*names: str) -> Callable[[Verdicts], Formula]:
    """All of some criteria hold."""
    return lambda verdicts: all_of(*(Holds(name, verdicts.holding(name), unknown=False) for name in names))


def _without(names: Iterable[str], other: str) -> Callable[[Verdicts], Formula]:
    """All of some criteria hold, and another one does not."""
    return lambda verdicts: all_of(*map(verdicts.holding, names), Not(verdicts.holding(other)))
