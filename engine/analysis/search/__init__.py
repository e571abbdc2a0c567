"""Looks for records that show what a ruleset does: seeded random ones, and from them step by step towards a goal."""

from engine.analysis.search.candidates import Candidates, Leaf
from engine.analysis.search.explorer import HOLDING, TRIES, UNMET, Explorer, Tried, Wanted
from engine.analysis.search.witnesses import findings_expected, result_expected, witness

__all__ = [
    "HOLDING",
    "TRIES",
    "UNMET",
    "Candidates",
    "Explorer",
    "Leaf",
    "Tried",
    "Wanted",
    "findings_expected",
    "result_expected",
    "witness",
]
