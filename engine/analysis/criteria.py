"""Criteria that can never hold, that nothing can fail, or that another one holds for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from operator import methodcaller
from typing import NamedTuple

from engine.analysis.model import Finding, Witness
from engine.analysis.proof import MAY_BE_FALSE, MAY_BE_TRUE, Truth, all_of, comparisons_in
from engine.analysis.search import UNMET, Tried, findings_expected, witness
from engine.analysis.subject import Subject
from engine.findings import Status
from engine.ruleset.ruleset import Criterion
from engine.ruleset.source import Path

_MET = frozenset((Status.MET,))
_ASKED = frozenset((Status.MET, Status.UNMET, Status.UNKNOWN))


def constant_criteria(study: Subject) -> Iterator[Finding]:
    """Criteria that are always or never met, that never apply, and conditions in them that are always the same."""
    for criterion in study.ruleset.criteria:
        whole = _whole(study, criterion)
        if whole is not None:
            yield whole
        else:
            yield from _conditions(study, criterion)


def _whole(study: Subject, criterion: Criterion) -> Finding | None:
    name, details, path = criterion.name, {"name": criterion.name}, ("criteria", criterion.name)
    if criterion.applies is not None and _never(study, "applies", name, _ASKED):
        return study.found("never-applies", (*path, "applies"), details)
    if _never(study, "met", name, _MET):
        return study.found("never-met", (*path, "holds"), details)
    if _never(study, "unmet", name, UNMET):
        return study.found("always-met", (*path, "holds"), details)
    return None


def _never(study: Subject, formula: str, name: str, statuses: frozenset[Status]) -> bool:
    """Whether a formula of a criterion is proved never to be true; no record that was tried speaks against it."""
    return study.never(methodcaller(formula, name)) and study.explorer.seek({name: statuses}, tries=0) is None


def _conditions(study: Subject, criterion: Criterion) -> Iterator[Finding]:
    """Comparisons that are always true or always false, as their fact may be."""
    for key in ("applies", "holds"):
        formulas = [
            verdicts.applies(criterion.name) if key == "applies" else verdicts.condition(criterion.name)
            for verdicts in study.verdicts
        ]
        seen: dict[str, set[Truth]] = {}
        for formula in formulas:
            for each in comparisons_in(formula):
                if each.said:
                    truths = {each.of(value) for value in each.term.domain.cells((each.constant,))}
                    seen.setdefault(each.said, set()).update(truths)
        for said, truths in seen.items():
            if truths in ({MAY_BE_TRUE}, {MAY_BE_FALSE}):
                always = truths == {MAY_BE_TRUE}
                details = {
                    "condition": said,
                    "value": "true" if always else "false",
                    "value_vi": "đúng" if always else "sai",
                }
                yield study.found("condition-constant", ("criteria", criterion.name, key), details)


class _Place(NamedTuple):
    """A list of criteria that are asked for together."""

    path: Path
    criteria: tuple[str, ...]
    english: str
    vietnamese: str


def implied_criteria(study: Subject) -> Iterator[Finding]:
    """Criteria that hold wherever another one does that is asked for in the same place."""
    for place in _places(study):
        names = place.criteria
        told: set[str] = set()
        for by, implied in permutations(names, 2):
            if implied in told or by in told or not _implies(study, by, implied):
                continue
            told.add(implied)
            details = {"place": place.english, "place_vi": place.vietnamese, "implied": implied, "by": by}
            yield study.found(
                "criterion-implied",
                (*place.path, names.index(implied)),
                details,
                witness=_both_unmet(study, by, implied),
            )


def _implies(study: Subject, by: str, implied: str) -> bool:
    if not study.never(lambda verdicts: all_of(verdicts.holding(by), verdicts.unmet(implied))):
        return False
    # One that is never unmet, or never holds, is told as that.
    return not study.never(methodcaller("unmet", implied)) and not study.never(methodcaller("holding", by))


def _both_unmet(study: Subject, by: str, implied: str) -> Witness | None:
    """A record on which the implied criterion is unmet, and so the other one."""
    tried: Tried | None = study.explorer.seek({implied: UNMET, by: UNMET})
    if tried is None:
        return None
    return witness(
        study,
        study.explorer.day,
        tried.facts,
        f"{implied} unmet and so {by}",
        lambda verdict: _if_unmet(findings_expected(verdict, (by, implied))),
    )


def _if_unmet(findings: dict[str, str]) -> dict[str, dict[str, str]] | None:
    return {"findings": findings} if set(findings.values()) == {Status.UNMET.value} else None


def _places(study: Subject) -> Iterator[_Place]:
    ruleset, written = study.ruleset, study.document.decision
    for outcome, names in written.ladder.items():
        label = ruleset.outcome_label(outcome)
        yield _Place(("decision", "ladder", outcome), tuple(names), f"“{label.en}”", f"“{label.vi}”")
    for outcome, names in written.grounds.items():
        label = ruleset.outcome_label(outcome)
        english, vietnamese = f"The ground of “{label.en}”", f"Căn cứ của “{label.vi}”"
        yield _Place(("decision", "grounds", outcome), tuple(names), english, vietnamese)
