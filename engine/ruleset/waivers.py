"""Criteria that an authority may waive, and the rung of the ladder that follows from them.

A title standard that names an outcome as ``waived`` need not write that rung out: it asks for what the rung above
asks for, without the criteria that may be waived. Whoever stands on it lacks nothing else.
"""

from __future__ import annotations

from engine.ruleset.document import Document, names_of
from engine.ruleset.problems import listing
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Rung
from engine.ruleset.source import Path

_PATH: Path = ("decision", "waived")


def with_waived(ladder: list[Rung], document: Document, report: Report) -> list[Rung]:
    """The rungs, highest outcome first, with the one that is derived.

    Args:
        ladder: the rungs that the document writes out, highest first.
        document: the document.
        report: gets what is inconsistent.
    """
    outcome = document.decision.waived
    if outcome is None or not report.known(outcome, names_of(document.outcomes), "outcome", _PATH):
        return ladder
    if outcome in document.decision.ladder:
        report.add(
            "waived-twice",
            _PATH,
            f"{outcome} has a rung of the ladder already.",
            "The rung of waived criteria follows from the one above it.",
            f"Take {outcome} out of the ladder, or take waived out.",
        )
        return ladder
    rank = {name: index for index, name in enumerate(names_of(document.outcomes))}
    above = [rung for rung in ladder if rank.get(rung.outcome, -1) > rank[outcome]]
    if not above:
        report.add(
            "waived-on-top",
            _PATH,
            f"No rung of the ladder is above {outcome}.",
            "It is reached where only criteria that may be waived keep from the rung above.",
            f"Name a rung of the ladder that is higher than {outcome}.",
        )
        return ladder
    waivable = {name for name, criterion in document.criteria.items() if criterion.waivable}
    _check_waivable(waivable, above[-1], ladder[len(above) :], document, report)
    kept = tuple(name for name in above[-1].criteria if name not in waivable)
    return [*above, Rung(outcome, kept), *ladder[len(above) :]]


def _check_waivable(
    waivable: set[str], above: Rung, below: list[Rung], document: Document, report: Report
) -> None:
    """Report criteria that are said to be waivable and could never be waived."""
    if not waivable.intersection(above.criteria):
        report.add(
            "nothing-to-waive",
            _PATH,
            f"Nothing that {above.outcome} asks for may be waived.",
            "",
            "Add waivable: true to the criteria that the authority may waive, or take waived out.",
        )
        return
    decision = document.decision
    elsewhere = {
        "a ground": {name for criteria in decision.grounds.values() for name in criteria},
        "a ceiling": {ceiling.unless for ceiling in decision.ceilings},
        "a gate": {gate.unless for gate in (*decision.cannot_evaluate, *decision.not_rated)},
        "a condition of a lower outcome": {name for rung in below for name in rung.criteria},
    }
    for name in document.criteria:
        if name not in waivable:
            continue
        roles = [role for role, names in elsewhere.items() if name in names]
        if roles:
            report.add(
                "not-waivable",
                ("criteria", name, "waivable"),
                f"{name} is {listing(roles)}, so waiving it would change nothing.",
                f"What may be waived is asked for by {above.outcome} alone.",
                "Take waivable out, or take the criterion out there.",
            )
        elif name not in above.criteria:
            report.add(
                "not-waivable",
                ("criteria", name, "waivable"),
                f"{above.outcome} does not ask for {name}, so there is nothing to waive.",
                "",
                f"Take waivable out, or add {name} to {above.outcome}.",
            )
