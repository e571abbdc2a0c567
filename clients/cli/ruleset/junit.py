"""Test reports as JUnit XML, which build servers and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

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
