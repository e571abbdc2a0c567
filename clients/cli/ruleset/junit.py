"""Test reports and findings as JUnit XML, which build servers and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree as ET

from engine.analysis import Checked, Severity
from engine.ruleset.localized import Language
from engine.ruleset.problems import Problem
from engine.testing import CaseResult, TestReport


def junit(
    reports: Iterable[TestReport], problems: Sequence[Problem], lacking: Iterable[str], language: Language
) -> str:
    """The document: a suite for each ruleset, a test for each case.

    Args:
        reports: of the rulesets that could be read.
        problems: of those that could not; each is an error.
        lacking: sentences on coverage that was asked for and is not there; each is a failure.
        language: of the sentences.
    """
    root = ET.Element("testsuites")
    for report in reports:
        name = f"{report.ruleset.id} {report.ruleset.version}"
        suite = _suite(root, name, len(report.results), failures=len(report.failed))
        for result in report.results:
            _case(suite, name, result, language)
    if problems:
        suite = _suite(root, "files", len(problems), errors=len(problems))
        for problem in problems:
            place = {"file": problem.file, "line": str(problem.line)}
            test = ET.SubElement(suite, "testcase", {"classname": "files", "name": str(problem), **place})
            ET.SubElement(test, "error", {"type": problem.code, "message": str(problem)})
    if sentences := list(lacking):
        suite = _suite(root, "coverage", len(sentences), failures=len(sentences))
        for sentence in sentences:
            test = ET.SubElement(suite, "testcase", {"classname": "coverage", "name": sentence})
            ET.SubElement(test, "failure", {"type": "coverage", "message": sentence})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def findings_junit(checked: Mapping[str, Checked], fail_on: Severity, language: Language) -> str:
    """The document: a suite for each file, and in it a test for each finding, or one that passed.

    Args:
        checked: what was found, by file.
        fail_on: findings that weigh less are tests that passed, with what was found as their output.
        language: of the sentences.
    """
    root = ET.Element("testsuites")
    for file, one in checked.items():
        failing = [each.severity.weighs(fail_on) for each in one.findings]
        suite = _suite(root, file, max(len(failing), 1), failures=sum(failing))
        if not one.findings:
            ET.SubElement(suite, "testcase", {"classname": file, "name": "check"})
        for finding, fails in zip(one.findings, failing, strict=True):
            said = finding.sentences(language)
            place = {"file": finding.file, "line": str(finding.line)}
            name = f"{finding.name} {finding.line}:{finding.column}"
            test = ET.SubElement(suite, "testcase", {"classname": file, "name": name, **place})
            if fails:
                failure = ET.SubElement(test, "failure", {"type": finding.name, "message": said.what})
                failure.text = "\n".join(filter(None, said))
            else:
                ET.SubElement(test, "system-out").text = "\n".join(filter(None, said))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ET.Element, name: str, tests: int, *, failures: int = 0, errors: int = 0) -> ET.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ET.SubElement(root, "testsuite", {"name": name, **counts})


def _case(suite: ET.Element, ruleset: str, result: CaseResult, language: Language) -> None:
    place = {"file": result.file, "line": str(result.line)}
    test = ET.SubElement(suite, "testcase", {"classname": ruleset, "name": result.name, **place})
    if not result.passed:
        sentences = [each.says.in_(language) for each in result.differences]
        failure = ET.SubElement(test, "failure", {"type": "case", "message": sentences[0]})
        failure.text = "\n".join(sentences)
