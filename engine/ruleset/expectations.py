"""Checks what cases expect against the names of their ruleset."""

from __future__ import annotations

from collections.abc import Mapping

from engine.ruleset.document import CaseDeclaration, Document, names_of
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.source import Path


def check_case(case: CaseDeclaration, path: Path, document: Document, report: Report) -> None:
    """Check the names of a case that stands in the ruleset itself."""
    names = {
        "outcome": names_of(document.outcomes),
        "criterion": report.declared("criteria"),
        "label": report.declared("labels"),
        "gap": tuple(gap.name for gap in document.gaps),
    }
    _check(case, path, names, report)


def check_case_of(case: CaseDeclaration, path: Path, ruleset: Ruleset, report: Report) -> None:
    """Check the names of a case that stands in a file beside its ruleset."""
    names = {
        "outcome": tuple(outcome.name for outcome in ruleset.outcomes),
        "criterion": tuple(criterion.name for criterion in ruleset.criteria),
        "label": tuple(ruleset.labels),
        "gap": tuple(gap.name for gap in ruleset.gaps),
    }
    _check(case, path, names, report)


def _check(case: CaseDeclaration, path: Path, names: Mapping[str, tuple[str, ...]], report: Report) -> None:
    expected: Path = (*path, "expect")
    for key in ("outcome", "lowest", "highest", "before_ceilings"):
        outcome = getattr(case.expect, key)
        if outcome is not None:
            report.known(outcome, names["outcome"], "outcome", (*expected, key))
    for key in ("obligations", "notes", "proposals"):
        for index, name in enumerate(getattr(case.expect, key) or ()):
            report.known(name, names["label"], "label", (*expected, key, index))
    for name in case.expect.findings or ():
        report.known(name, names["criterion"], "criterion", (*expected, "findings", name), at_key=True)
    for outcome, criteria in (case.expect.why_not or {}).items():
        report.known(outcome, names["outcome"], "outcome", (*expected, "why_not", outcome), at_key=True)
        for index, name in enumerate(criteria):
            report.known(name, names["criterion"], "criterion", (*expected, "why_not", outcome, index))
    for index, name in enumerate(case.expect.gap or ()):
        report.known(name, names["gap"], "gap", (*expected, "gap", index))
