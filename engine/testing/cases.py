"""Runs the cases of a ruleset: each record evaluated, and its verdict held against what the case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.canonical import Data, without_empty
from engine.evaluation import evaluator_of
from engine.explanation import explain
from engine.facts import RecordError
from engine.feel.errors import FeelLimitError
from engine.ruleset.cases import Case, CaseFile
from engine.ruleset.localized import LANGUAGES, Localized
from engine.ruleset.problems import Problem, RulesetError
from engine.ruleset.ruleset import Ruleset
from engine.testing import words
from engine.testing.coverage import Coverage, Shown, coverage_of
from engine.testing.differences import Difference, differences, plain, refusals
from engine.testing.goldens import Goldens, compare_golden
from engine.verdict import Verdict

NO_FILES: Final[Mapping[str, CaseFile]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case came out.

    Attributes:
        file: where the case stands.
        line: the line there.
        name: of the case.
        differences: what is not as expected; none, and the case passed.
        verdict: on its record; None where there is none.
        explanation: the verdict in three lines, of a case that failed.
        golden: whether the whole verdict was compared.
    """

    file: str
    line: int
    name: str
    differences: tuple[Difference, ...] = ()
    verdict: Verdict | None = None
    explanation: Localized | None = None
    golden: bool = False

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        return {"passed": self.passed} | without_empty(
            {
                "file": self.file,
                "line": self.line,
                "name": self.name,
                "differences": [
                    {
                        "about": each.about,
                        "expected": plain(each.expected),
                        "found": plain(each.found),
                        "says": {"vi": each.says.vi, "en": each.says.en},
                    }
                    for each in self.differences
                ],
                "explanation": self.explanation and {"vi": self.explanation.vi, "en": self.explanation.en},
            }
        )


@dataclass(frozen=True, slots=True)
class TestReport:
    """How the cases of one ruleset came out.

    Attributes:
        ruleset: the ruleset.
        file: where it stands.
        results: those of the ruleset's own cases, then those of each file.
        coverage: what of the ruleset the cases show.
    """

    __test__ = False  # no test itself, whatever pytest makes of the name

    ruleset: Ruleset
    file: str
    results: tuple[CaseResult, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that did not come out as expected."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def data(self) -> Data:
        """As plain data: what `--format json` prints and the service answers."""
        return {
            "ruleset": {
                "id": self.ruleset.id,
                "version": self.ruleset.version,
                "digest": self.ruleset.digest,
                "file": self.file,
            },
            "cases": len(self.results),
            "failed": len(self.failed),
            "results": [result.data for result in self.results],
            "coverage": self.coverage.data,
        }


def run_cases(
    ruleset: Ruleset,
    case_files: Mapping[str, CaseFile] = NO_FILES,
    *,
    file: str = "<text>",
    goldens: Goldens | None = None,
) -> TestReport:
    """Run the cases that stand in a ruleset, and those of files.

    Args:
        ruleset: the ruleset.
        case_files: the files of cases by name.
        file: the name of the ruleset's own file.
        goldens: the verdicts that are kept of some of the cases, by their names.

    Raises:
        RulesetError: a file of cases or goldens is of another ruleset or version.
    """
    if problems := tuple(_strangers(ruleset, case_files, goldens)):
        raise RulesetError(problems)
    files = {file: ruleset.cases, **{name: each.cases for name, each in case_files.items()}}
    results: list[CaseResult] = []
    shown: list[Shown] = []
    for name, cases in files.items():
        for case in cases:
            result = run_case(ruleset, case, name, goldens)
            results.append(result)
            if result.verdict is not None:
                shown.append(Shown(case.name, result.verdict, case.expect, result.golden))
    results += _lost([case.name for cases in files.values() for case in cases], goldens)
    return TestReport(ruleset, file, tuple(results), coverage_of(ruleset, shown))


def cases_by_status(report: TestReport, criterion: str) -> dict[str, str]:
    """By status of a criterion's finding, the first case that comes to it.

    Raises:
        KeyError: there is no such criterion.
    """
    index = report.ruleset.criterion(criterion).index
    found: dict[str, str] = {}
    for result in report.results:
        if result.verdict is not None:
            found.setdefault(result.verdict.findings[index].status.value, result.name)
    return found


def run_case(
    ruleset: Ruleset, case: Case, file: str = "<text>", goldens: Goldens | None = None
) -> CaseResult:
    """Run one case; arguments as for `run_cases`."""
    day = case.on or ruleset.effective.from_
    if day is None or day not in ruleset.effective:
        return CaseResult(file, case.line, case.name, (_not_in_effect(ruleset, case),))
    try:
        verdict = evaluator_of(ruleset).evaluate(case.record, day)
    except RecordError as error:
        found = tuple(refusals(ruleset, error.violations, case.expect))
        return CaseResult(file, case.line, case.name, found)
    except FeelLimitError as error:
        says = words.said("limit", text=str(error))
        return CaseResult(file, case.line, case.name, (Difference("limit", None, None, says),))
    found = tuple(differences(ruleset, verdict, case.expect))
    golden = goldens.verdicts.get(case.name) if goldens else None
    if golden is not None:
        found += tuple(compare_golden(golden, verdict))
    explanation = Localized(*(explain(verdict, each, form="short") for each in LANGUAGES)) if found else None
    return CaseResult(file, case.line, case.name, found, verdict, explanation, golden is not None)


def _not_in_effect(ruleset: Ruleset, case: Case) -> Difference:
    start, end = ruleset.effective.from_, ruleset.effective.until
    says = words.said(
        "not_in_effect", day=str(case.on), start=str(start), end=str(end) if end else words.said("open_end")
    )
    return Difference("on", None, str(case.on), says)


def _lost(names: Sequence[str], goldens: Goldens | None) -> Iterator[CaseResult]:
    """A failure for each golden that cannot be held against one case."""
    for name in goldens.verdicts if goldens else ():
        if names.count(name) != 1:
            says = words.said("case_twice" if name in names else "golden_lost", name=name)
            different = Difference("golden", None, None, says)
            yield CaseResult(goldens.file if goldens else "", 1, name, (different,), golden=True)


def _strangers(
    ruleset: Ruleset, case_files: Mapping[str, CaseFile], goldens: Goldens | None
) -> Iterator[Problem]:
    heads = [(name, each.ruleset, each.version) for name, each in case_files.items()]
    if goldens is not None:
        heads.append((goldens.file, goldens.ruleset, goldens.version))
    for name, id_, version in heads:
        if (id_, version) != (ruleset.id, ruleset.version):
            what = f"This is of {id_} {version}, and not of {ruleset.id} {ruleset.version}."
            how = "Correct the id and the version at its head, or the name of the file."
            yield Problem("other-ruleset", name, 1, 1, "ruleset", what, "", how)
