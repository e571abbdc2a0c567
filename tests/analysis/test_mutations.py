"""Every seeded defect is found under its name; the rulesets that we ship have no finding that is not true."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from mutated_text import Mutant
from mutations import MUTATORS, mutants

from engine.analysis import Checked, Severity, case_of, check, check_together
from engine.catalogue import CASES_SUFFIX
from engine.ruleset import loads, loads_cases
from engine.testing import run_cases

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "rulesets", ROOT / "tests" / "data" / "worked")
FILES = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.yaml"))
    if not path.name.endswith(CASES_SUFFIX)
]
QUICK = (
    "vn/nd90/public-employee/2.0.0",
    "vn/p65/rotation/1.0.0",
    "vn/p80/appointment/1.0.0",
    "vn/p96/confidence-vote/1.0.0",
    "vn/ct45/committee-eligibility/1.0.0",
    "vn/nd29/administrative-title/1.0.0",
    "vn/p377/reappointment/1.0.0",
    "vn/p377/planning-list/1.0.0",
    "vn/local/namdinh/authority/1.0.0",
    "vn/local/thanhchuong/monthly/1.0.0",
    "vn/local/tanky/counters/1.0.0",
)
LEAST = 200
"""Defects that the quick part finds, and that the issue asks for."""


def quick() -> list[Path]:
    return [ROOT / "rulesets" / f"{name}.yaml" for name in QUICK]


def of_file(path: Path) -> list[Mutant]:
    return list(mutants(path, str(path.relative_to(ROOT))))


def found(checked: Checked) -> set[tuple[str, str]]:
    return {(finding.name, finding.path) for finding in checked.findings}


def assert_found(path: Path) -> None:
    before = found(check(path.read_text(encoding="utf-8"), path.name))
    missed = []
    for mutant in of_file(path):
        checked = check(mutant.text, path.name, others=[loads(text) for text in mutant.beside])
        new = {name for name, _ in found(checked) - before}
        if new.isdisjoint(mutant.finds):
            missed.append((mutant.name, sorted(mutant.finds), sorted(new)))
        assert_true(checked)
    assert missed == []


def assert_true(checked: Checked) -> None:
    """Each record shows what it is said to show."""
    for finding in checked.findings:
        if checked.ruleset is None or finding.witness is None or not finding.witness.expect:
            continue
        about = f"ruleset: {checked.ruleset.id}\nversion: {checked.ruleset.version}\n"
        text = f"{about}cases:\n{case_of(finding.witness)}\n"
        report = run_cases(checked.ruleset, {"pasted": loads_cases(text, "pasted", checked.ruleset)})
        assert not report.failed, text


@pytest.mark.parametrize("path", quick(), ids=QUICK)
def test_every_seeded_defect_is_found(path: Path) -> None:
    assert_found(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_every_seeded_defect_of_every_ruleset_is_found(path: Path) -> None:
    assert_found(path)


def test_the_corpus_is_large_and_of_every_kind() -> None:
    kinds: Counter[str] = Counter()
    for path in quick():
        for mutant in of_file(path):
            kinds.update(mutant.finds)
    assert sum(len(of_file(path)) for path in quick()) >= LEAST
    assert len(MUTATORS) > 20
    assert set(kinds) >= {
        "threshold-operator",
        "no-citation",
        "no-value",
        "unused-fact",
        "outcome-unreachable",
        "never-met",
        "always-met",
        "criterion-implied",
        "row-repeated",
        "table-overlap",
        "table-gap",
        "condition-constant",
        "sensitive-fact",
        "protected-attribute",
        "clock-read",
        "not-monotone",
        "gap-unnamed",
        "consequence-unreachable",
        "overlapping-versions",
        "selectors-overlap",
    }


@pytest.mark.slow
def test_what_is_shipped_has_no_errors_and_no_record_that_is_not_true() -> None:
    texts = {str(path): path.read_text(encoding="utf-8") for path in FILES if FOLDERS[0] in path.parents}
    cases = {
        file: {str(beside): beside.read_text(encoding="utf-8")}
        for file in texts
        if (beside := Path(file).with_name(Path(file).stem + CASES_SUFFIX)).exists()
    }
    checked = check_together(texts, cases)
    wrong = [
        str(finding.problem)
        for one in checked.values()
        for finding in one.findings
        if finding.severity is Severity.ERROR
    ]
    assert wrong == []
    for one in checked.values():
        assert_true(one)
