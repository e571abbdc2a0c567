"""Proves what no record can be: conditions as formulas over terms, and every way that the terms may be looked through.

What is said here to be impossible is impossible. The contrary does not hold: terms that hang together are taken as
free of each other, so that a formula may seem possible that no record meets. Numbers are taken as exact, as those of a
record are up to 34 digits.
"""

from engine.analysis.proof.domains import Domain, Numbers, Term, Value
from engine.analysis.proof.formulas import (
    MAY_BE_FALSE,
    MAY_BE_NULL,
    MAY_BE_TRUE,
    Compare,
    Formula,
    Holds,
    Not,
    Truth,
    all_of,
    any_of,
    comparisons_in,
)
from engine.analysis.proof.reading import Reading
from engine.analysis.proof.space import MAX_STEPS, impossible
from engine.analysis.proof.verdicts import Verdicts

__all__ = [
    "MAX_STEPS",
    "MAY_BE_FALSE",
    "MAY_BE_NULL",
    "MAY_BE_TRUE",
    "Compare",
    "Domain",
    "Formula",
    "Holds",
    "Not",
    "Numbers",
    "Reading",
    "Term",
    "Truth",
    "Value",
    "Verdicts",
    "all_of",
    "any_of",
    "comparisons_in",
    "impossible",
]
