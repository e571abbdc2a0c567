"""Each kind of finding on a ruleset that has it: where it is, what is said of it in both languages, and its record."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from engine.analysis import KINDS, Checked, Finding, Severity, case_of, check
from engine.ruleset import Ruleset, loads, loads_cases
from engine.testing import run_cases

DATA = Path(__file__).parents[1] / "data" / "analysis" / "findings"
DOCS = Path(__file__).parents[2] / "docs" / "findings"
BAD = DATA.parents[1] / "ruleset" / "bad"
BESIDE = ".beside.yaml"
FILES = sorted(path for path in DATA.glob("*.yaml") if not path.name.endswith(BESIDE))


@cache
def checked(path: Path) -> Checked:
    beside = path.with_name(path.stem + BESIDE)
    others = [loads(beside.read_text(encoding="utf-8"), beside.name)] if beside.exists() else []
    return check(path.read_text(encoding="utf-8"), path.name, others=others)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_is_found_and_said(path: Path, golden: Callable[[Path, str], None]) -> None:
    found = checked(path)
    assert found.ruleset is not None, found.findings
    golden(path.with_suffix(".expected"), "\n".join(map(told, found.findings)))


def told(finding: Finding) -> str:
    """Everything that a person is shown of a finding."""
    lines = [
        f"{finding.file}:{finding.line}:{finding.column}: {finding.severity} {finding.name} {finding.path}"
    ]
    lines += [finding.problem.excerpt(), str(finding.sentences("en")), str(finding.sentences("vi"))]
    if finding.witness is not None:
        lines.append(case_of(finding.witness))
    return "\n".join(lines) + "\n"


def test_every_kind_has_a_ruleset_that_shows_it() -> None:
    shown = {finding.name for path in FILES for finding in checked(path).findings}
    assert shown == set(KINDS)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_file_shows_the_finding_that_it_is_named_after(path: Path) -> None:
    names = {finding.name for finding in checked(path).findings}
    assert any(path.stem.startswith(name) for name in names), names


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_record_can_be_pasted_as_a_case_and_passes(path: Path) -> None:
    found = checked(path)
    assert found.ruleset is not None
    for finding in found.findings:
        if finding.witness is not None and finding.witness.expect:
            assert_passes(found.ruleset, case_of(finding.witness))


def assert_passes(ruleset: Ruleset, case: str) -> None:
    text = f"ruleset: {ruleset.id}\nversion: {ruleset.version}\ncases:\n{case}\n"
    report = run_cases(ruleset, {"pasted": loads_cases(text, "pasted", ruleset)})
    assert not report.failed, text


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_has_a_page_of_one_shape(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## .*|\A# .*", page, re.MULTILINE)
    assert headings == [f"# {name}", "## Summary", "## Avoid", "## Prefer", "## Why"]
    severity = KINDS[name].severity
    assert f"Severity: {severity}" in page


def test_the_pages_are_those_of_the_kinds_and_all_are_in_the_index() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} - {"README", "reading"} == set(KINDS)
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert {name for name in KINDS if f"[{name}]({name}.md)" not in index} == set()


def test_what_the_reader_of_a_file_says_is_in_the_index() -> None:
    page = (DOCS / "reading.md").read_text(encoding="utf-8")
    said = {
        finding.name
        for path in sorted(BAD.glob("*.yaml"))
        for finding in check(path.read_text(encoding="utf-8"), path.name).findings
        if finding.severity is Severity.ERROR and finding.name not in KINDS
    }
    assert {name for name in said if f"`{name}`" not in page} == set()


def test_what_the_reader_of_a_file_says_is_an_error() -> None:
    found = check("ruleset: example\n", "short.yaml")
    assert found.ruleset is None
    assert {finding.severity for finding in found.findings} == {Severity.ERROR}
    assert found.errors == found.findings


def test_mistakes_in_cases_are_findings_too() -> None:
    path = DATA / "never-met.yaml"
    cases = "ruleset: example.never-met\nversion: 1.0.0\ncases:\n  - {name: odd, expect: {outcome: bad}}\n"
    found = check(path.read_text(encoding="utf-8"), path.name, cases={"never-met.cases.yaml": cases})
    assert ("never-met.cases.yaml", "unknown-outcome") in {(each.file, each.name) for each in found.findings}
