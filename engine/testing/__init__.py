"""Tests of rulesets: cases and goldens run, what differs told in words, and what they cover counted.

report = run_cases(ruleset, {"2.0.0.cases.yaml": loads_cases(text, "2.0.0.cases.yaml", ruleset)})
report.failed, report.coverage.missing
"""

from engine.testing.cases import CaseResult, TestReport, cases_by_status, run_case, run_cases
from engine.testing.coverage import Count, Coverage, Kind, NotCovered, Shown, coverage_of
from engine.testing.differences import Difference
from engine.testing.goldens import Goldens, golden_of, read_goldens

__all__ = [
    "CaseResult",
    "Count",
    "Coverage",
    "Difference",
    "Goldens",
    "Kind",
    "NotCovered",
    "Shown",
    "TestReport",
    "cases_by_status",
    "coverage_of",
    "golden_of",
    "read_goldens",
    "run_case",
    "run_cases",
]
