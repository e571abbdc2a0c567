"""The shipped rulesets show, by their cases, everything that they say.

To see what a ruleset lacks: `chuan ruleset test rulesets/vn/nd90 --coverage`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalogue import CASES_SUFFIX
from engine.ruleset import load, load_cases
from engine.testing import run_cases

ROOT = Path(__file__).parents[2]
FILES = [path for path in sorted((ROOT / "rulesets").rglob("*.yaml")) if not path.name.endswith(CASES_SUFFIX)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "rulesets")))
def test_cases_show_every_finding_row_decision_line_and_outcome(path: Path) -> None:
    ruleset = load(path)
    cases = path.with_name(path.name.removesuffix(".yaml") + CASES_SUFFIX)
    report = run_cases(ruleset, {cases.name: load_cases(cases, ruleset)}, file=path.name)
    assert [f"{each.line}: {each.says.en}" for each in report.coverage.missing] == []
