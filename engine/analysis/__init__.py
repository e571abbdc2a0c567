"""Checks a ruleset by what it means: what can never be, what is left open, what is worded otherwise than it works.

checked = check(text, "nd90.yaml", others=catalogue.list())
for finding in checked.findings:
    print(finding.problem, finding.witness)

Nothing is said to be impossible that has not been proved so, and every record that is shown has been evaluated.
"""

from engine.analysis.case_text import case_of
from engine.analysis.checking import check, check_together
from engine.analysis.kinds import KINDS, Kind
from engine.analysis.model import Checked, Finding, Sentences, Severity, Witness

__all__ = [
    "KINDS",
    "Checked",
    "Finding",
    "Kind",
    "Sentences",
    "Severity",
    "Witness",
    "case_of",
    "check",
    "check_together",
]
