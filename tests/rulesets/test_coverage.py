"""The shipped rulesets show, by their cases, everything that they say.

To see what a ruleset lacks: `chuan ruleset test rulesets/vn/nd90 --coverage`.
"""

from __future__ import annotations

import pytest
from shipped_rulesets import BY_FILE, report_on


@pytest.mark.parametrize("file", BY_FILE)
def test_cases_show_every_finding_row_decision_line_and_outcome(file: str) -> None:
    assert [f"{each.line}: {each.says.en}" for each in report_on(file).coverage.missing] == []
