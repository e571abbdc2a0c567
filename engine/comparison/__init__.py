"""What changed in the rules from one ruleset to another, in words; not in its text."""

from engine.comparison.changes import Action, Change, Comparison
from engine.comparison.comparing import compare

__all__ = ["Action", "Change", "Comparison", "compare"]
