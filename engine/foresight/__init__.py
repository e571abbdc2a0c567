"""What would move a verdict: how each missing fact can, and which small changes reach a better outcome."""

from engine.foresight.model import Case, Change, Effect, Foresight, Improvement
from engine.foresight.search import MAX_CHANGES, MAX_TRIED, foresee
from engine.judgement import Result

__all__ = [
    "MAX_CHANGES",
    "MAX_TRIED",
    "Case",
    "Change",
    "Effect",
    "Foresight",
    "Improvement",
    "Result",
    "foresee",
]
