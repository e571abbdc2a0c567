"""The check of one ruleset: everything that the analyses find, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from engine.analysis.clock import clock_reads
from engine.analysis.criteria import constant_criteria, implied_criteria
from engine.analysis.fairness import protected_attributes
from engine.analysis.gaps import unnamed_gaps, unreachable_consequences, unreachable_gaps
from engine.analysis.model import Checked, Finding, Severity
from engine.analysis.others import clashes, selectors_overlap
from engine.analysis.outcomes import unreachable_outcomes
from engine.analysis.subject import Subject
from engine.analysis.tables import table_rows
from engine.analysis.unused import unsourced, unused
from engine.analysis.wording import thresholds_worded_otherwise
from engine.ruleset import Ruleset, RulesetError, loads_cases, source
from engine.ruleset.document import Document
from engine.ruleset.link import link
from engine.ruleset.problems import Problem
from engine.ruleset.source import Source
from engine.ruleset.validate import validate

NO_CASES: Final[Mapping[str, str]] = MappingProxyType({})
Analysis = Callable[[Subject], Iterable[Finding]]

OF_DOCUMENT: Final[tuple[Analysis, ...]] = (
    clock_reads,
    thresholds_worded_otherwise,
    unused,
    unsourced,
    protected_attributes,
    clashes,
    selectors_overlap,
)
"""What is told by looking at the document, and at those beside it."""

OF_MEANING: Final[tuple[Analysis, ...]] = (
    constant_criteria,
    implied_criteria,
    unreachable_outcomes,
    unnamed_gaps,
    unreachable_gaps,
    unreachable_consequences,
    table_rows,
)
"""What is told by evaluating; of a ruleset that reads the clock, which is always null, it would be told wrongly."""


def check(
    text: str,
    file: str = "<text>",
    *,
    others: Sequence[Ruleset] = (),
    cases: Mapping[str, str] = NO_CASES,
) -> Checked:
    """Check a ruleset.

    Args:
        text: the YAML document.
        file: what to call it in findings.
        others: rulesets beside it, with which it may clash; itself among them does no harm.
        cases: the texts of its files of cases by their names. Their mistakes are findings too, and the search for
            witnesses begins with their records.

    Returns:
        The ruleset, or None where the text is none, and the findings in the order of the file.
    """
    opened = _open(text, file)
    return _examined(opened, others, cases)


def check_together(
    texts: Mapping[str, str], cases: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> dict[str, Checked]:
    """Check rulesets that stand beside each other, each read once.

    Args:
        texts: the YAML documents by the names of their files.
        cases: the texts of the files of cases that belong to each.
    """
    opened = {file: _open(text, file) for file, text in texts.items()}
    rulesets = [each.ruleset for each in opened.values() if isinstance(each, _Opened)]
    return {file: _examined(each, rulesets, cases.get(file, NO_CASES)) for file, each in opened.items()}


def study_of(text: str, file: str = "<text>") -> Subject:
    """A ruleset for the analyses to look at, by itself.

    Raises:
        RulesetError: with every problem.
    """
    opened = _open(text, file)
    if isinstance(opened, RulesetError):
        raise opened
    return Subject(*opened, (), opened.ruleset.cases)


def of_problem(problem: Problem) -> Finding:
    """What the reader of a file says, as a finding."""
    return Finding(problem.code, Severity.ERROR, problem)


class _Opened(NamedTuple):
    """A document that is a ruleset."""

    source: Source
    document: Document
    ruleset: Ruleset


def _open(text: str, file: str) -> _Opened | RulesetError:
    try:
        read = source.read(text, file)
        document, problems = validate(read, Document)
        if document is None:
            raise RulesetError(problems)
        return _Opened(read, document, link(read, document, problems))
    except RulesetError as error:
        return error


def _examined(opened: _Opened | RulesetError, others: Sequence[Ruleset], cases: Mapping[str, str]) -> Checked:
    if isinstance(opened, RulesetError):
        return Checked(None, tuple(map(of_problem, opened.problems)))
    records = list(opened.ruleset.cases)
    findings: list[Finding] = []
    for file, text in cases.items():
        try:
            records += loads_cases(text, file, opened.ruleset).cases
        except RulesetError as error:
            findings += map(of_problem, error.problems)
    subject = Subject(*opened, others, records)
    for analysis in OF_DOCUMENT:
        findings += analysis(subject)
    if not any(finding.name == "clock-read" for finding in findings):
        for analysis in OF_MEANING:
            findings += analysis(subject)
    findings.sort(
        key=lambda each: (each.file != opened.source.file, each.file, each.line, each.column, each.name)
    )
    return Checked(opened.ruleset, tuple(findings))
