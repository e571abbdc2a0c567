"""A bound on walks through values.

Values share their parts: a loop of a hundred rounds can make a list that is small in memory and, walked item by
item, larger than the world. Whatever walks into values spends from a `Budget`.
"""

from __future__ import annotations

from engine.feel import limits
from engine.feel.errors import FeelLimitError


class Budget:
    """How many more parts of values one walk may visit."""

    __slots__ = ("left",)

    def __init__(self, steps: int = limits.MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take `steps`; raises `FeelLimitError` when none are left."""
        self.left -= steps
        if self.left < 0:
            raise FeelLimitError(
                "MAX_STEPS", f"a value with more than {limits.MAX_STEPS:,} parts was looked through"
            )
