"""The decision of a ruleset: its names resolved, and shown to be monotone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.ruleset.citations import LegalSource
from engine.ruleset.document import DecisionDeclaration, Document, GateDeclaration, as_list, names_of
from engine.ruleset.problems import listing
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Ceiling, Consequence, Decision, Gate, Ground, Rung
from engine.ruleset.source import Path
from engine.ruleset.waivers import with_waived

UNDETERMINED: Final = "undetermined"
_FINDINGS: Final = ("met", "unmet", "unknown", "not_applicable")
_GIVEN: Final = ("oblige", "propose", "note")
_BY_OUTCOME: Final = ("outcome", "ground", "ceiling")
_ALONE: Final = ("not_rated", "cannot_evaluate")


@dataclass(frozen=True, slots=True)
class _Names:
    criteria: tuple[str, ...]
    advisory: frozenset[str]
    outcomes: tuple[str, ...]
    labels: tuple[str, ...]


def read_decision(document: Document, sources: Mapping[str, LegalSource], report: Report) -> Decision | None:
    """The decision of a document, or None where it is wrong."""
    names = _Names(
        report.declared("criteria"),
        frozenset(name for name, criterion in document.criteria.items() if criterion.advisory),
        names_of(document.outcomes),
        report.declared("labels"),
    )
    written = document.decision
    path: Path = ("decision",)
    before = len(report.problems)
    ladder = [
        Rung(outcome, criteria)
        for outcome, criteria in reversed(_by_outcome(written.ladder, (*path, "ladder"), names, report))
    ]
    decision = Decision(
        cannot_evaluate=_gates(written.cannot_evaluate, (*path, "cannot_evaluate"), names, sources, report),
        not_rated=_gates(written.not_rated, (*path, "not_rated"), names, sources, report),
        grounds=tuple(
            Ground(outcome, criteria)
            for outcome, criteria in _by_outcome(written.grounds, (*path, "grounds"), names, report)
        ),
        ladder=tuple(with_waived(ladder, document, report)),
        otherwise=_otherwise(written, names, report),
        ceilings=_ceilings(written, names, sources, report),
        consequences=_consequences(written, names, sources, report),
    )
    if len(report.problems) > before:
        return None
    _check_monotone(decision, names.outcomes, report)
    return decision


def _criterion(name: str, path: Path, names: _Names, report: Report) -> None:
    if report.known(name, names.criteria, "criterion", path) and name in names.advisory:
        report.add(
            "advisory-decides",
            path,
            f'"{name}" is advisory, so it cannot decide.',
            "An advisory criterion is reported and moves no outcome.",
            "Take it out here, or take advisory: true from the criterion.",
        )


def _labelled(names: Sequence[str], path: Path, known: _Names, report: Report) -> None:
    for index, name in enumerate(names):
        if name not in known.labels:
            value = report.at(path)
            place = (*path, index) if isinstance(value, list) else path
            report.add(
                "no-label",
                place,
                f'"{name}" has no label.',
                "Verdicts call it by its label, since people do not read names.",
                f'Add it to labels: "{name}: {{vi: …, en: …}}".',
            )


def _gates(
    gates: list[GateDeclaration],
    path: Path,
    names: _Names,
    sources: Mapping[str, LegalSource],
    report: Report,
) -> tuple[Gate, ...]:
    found = []
    for index, gate in enumerate(gates):
        _criterion(gate.unless, (*path, index, "unless"), names, report)
        oblige = as_list(gate.oblige)
        _labelled(oblige, (*path, index, "oblige"), names, report)
        found.append(Gate(gate.unless, oblige, report.cited(gate.cite, sources, (*path, index, "cite"))))
    return tuple(found)


def _by_outcome(
    written: Mapping[str, list[str]], path: Path, names: _Names, report: Report
) -> list[tuple[str, tuple[str, ...]]]:
    """The criteria of each outcome, lowest outcome first."""
    for outcome, criteria in written.items():
        report.known(outcome, names.outcomes, "outcome", (*path, outcome), at_key=True)
        for index, name in enumerate(criteria):
            _criterion(name, (*path, outcome, index), names, report)
            if name in criteria[:index]:
                report.add(
                    "named-twice",
                    (*path, outcome, index),
                    f'"{name}" stands twice for {outcome}.',
                    "",
                    "Take one out.",
                )
    return [(outcome, tuple(written[outcome])) for outcome in names.outcomes if outcome in written]


def _otherwise(written: DecisionDeclaration, names: _Names, report: Report) -> str | None:
    if written.otherwise == UNDETERMINED:
        return None
    report.known(written.otherwise, (UNDETERMINED, *names.outcomes), "outcome", ("decision", "otherwise"))
    return written.otherwise


def _ceilings(
    written: DecisionDeclaration, names: _Names, sources: Mapping[str, LegalSource], report: Report
) -> tuple[Ceiling, ...]:
    found = []
    for index, ceiling in enumerate(written.ceilings):
        path: Path = ("decision", "ceilings", index)
        _criterion(ceiling.unless, (*path, "unless"), names, report)
        report.known(ceiling.at_most, names.outcomes, "outcome", (*path, "at_most"))
        found.append(
            Ceiling(ceiling.unless, ceiling.at_most, report.cited(ceiling.cite, sources, (*path, "cite")))
        )
    return tuple(found)


def _consequences(
    written: DecisionDeclaration, names: _Names, sources: Mapping[str, LegalSource], report: Report
) -> tuple[Consequence, ...]:
    found = []
    for index, consequence in enumerate(written.consequences):
        path: Path = ("decision", "consequences", index)
        gives: list[tuple[str, str]] = []
        for kind in _GIVEN:
            given = as_list(getattr(consequence, kind))
            _labelled(given, (*path, kind), names, report)
            gives += [(kind, name) for name in given]
        if not gives:
            report.add("no-consequence", path, "Nothing follows here.", "", f"Add one of {listing(_GIVEN)}.")
        when = tuple(
            _condition(token, (*path, "when", place), names, report)
            for place, token in enumerate(consequence.when)
        )
        cited = report.cited(consequence.cite, sources, (*path, "cite"))
        found.append(Consequence(when, tuple(gives), cited))
    return tuple(found)


def _condition(token: str, path: Path, names: _Names, report: Report) -> tuple[str, str]:
    kind, _, name = token.strip().partition(" ")
    name = name.strip()
    span = (len(token) - len(name), len(token))
    if kind in _ALONE and not name:
        return kind, ""
    if kind in _FINDINGS and name:
        report.known(name, names.criteria, "criterion", path, span)
    elif kind in _BY_OUTCOME and name:
        report.known(name, names.outcomes, "outcome", path, span)
    elif kind in _GIVEN and name:
        report.known(name, names.labels, "label", path, span)
    else:
        report.add(
            "bad-condition",
            path,
            f'"{token}" is not a condition.',
            "A condition is a word and a name, or not_rated or cannot_evaluate alone.",
            f"The words are {listing((*_BY_OUTCOME, *_FINDINGS, *_GIVEN))}.",
        )
    return kind, name


def _check_monotone(decision: Decision, outcomes: tuple[str, ...], report: Report) -> None:
    """Show that no finding that turns from unmet to met can lower the outcome.

    The ladder and the ceilings cannot do it by their form. Two things can: a ground that fixes an outcome higher
    than what is left when the ground falls away, and an `otherwise` higher than a rung that can then be attained.
    What is left is lowest when just the criteria of the grounds are met, since the rest is monotone; so comparing
    with that is a proof, not a sample. Of an `otherwise` it does not see where a ceiling would hide the harm, and so
    refuses a little too much.
    """
    rank = {outcome: index for index, outcome in enumerate(outcomes)}
    grounding = {criterion for ground in decision.grounds for criterion in ground.criteria}
    if decision.otherwise is not None:
        _check_otherwise(decision, decision.otherwise, grounding, rank, report)
    fallback = 0 if decision.otherwise is None else rank[decision.otherwise]
    sure = [rank[rung.outcome] for rung in decision.ladder if grounding.issuperset(rung.criteria)]
    left = max(sure, default=fallback)
    lowering = [rank[ceiling.at_most] for ceiling in decision.ceilings if ceiling.criterion not in grounding]
    left = min([left, *lowering])
    lower_grounds: set[str] = set()
    for ground in decision.grounds:
        # What a lower ground has as well never leads to this one.
        deciding = [criterion for criterion in ground.criteria if criterion not in lower_grounds]
        lower_grounds.update(deciding)
        if deciding and rank[ground.outcome] > left:
            criteria, lower = listing(deciding), outcomes[left]
            report.add(
                "not-monotone",
                ("decision", "grounds", ground.outcome),
                f"Meeting {criteria} could lower the outcome from {ground.outcome} to {lower}.",
                "A ground fixes its outcome even where less would be attained without it.",
                f"Make it a ceiling (at_most: {ground.outcome}), or give the ground a lower outcome.",
                at_key=True,
            )


def _check_otherwise(
    decision: Decision, otherwise: str, grounding: set[str], rank: Mapping[str, int], report: Report
) -> None:
    for rung in decision.ladder:
        met = grounding.union(rung.criteria)
        attained = max(rank[other.outcome] for other in decision.ladder if met.issuperset(other.criteria))
        unconditional = any(grounding.issuperset(other.criteria) for other in decision.ladder)
        if attained < rank[otherwise] and not unconditional:
            report.add(
                "not-monotone",
                ("decision", "otherwise"),
                f"Meeting what {rung.outcome} asks for could lower the outcome from {otherwise}.",
                "otherwise holds where no rung of the ladder is attained.",
                "Name an outcome that is not above the lowest rung, or undetermined.",
            )
            return
