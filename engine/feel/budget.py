"""A bound on the work of one evaluation.

Loops and calls spend from a `Budget`, and so does whatever walks through values: these share their parts, so
that a loop of a hundred rounds can make a list that is small in memory and, walked item by item, larger than
the world.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from engine.feel import limits
from engine.feel.errors import FeelLimitError

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHARACTERS_A_STEP: Final = 32  # strings are handled in C, many characters in the time of a step


class Budget:
    """How many more steps may be taken."""

    __slots__ = ("left", "steps")

    def __init__(self, steps: int = limits.MAX_STEPS) -> None:
        self.left = self.steps = steps

    def spend(self, steps: int = 1) -> None:
        """Take `steps`; raises `FeelLimitError` when no more are left."""
        self.left -= steps
        if self.left < 0:
            raise FeelLimitError("MAX_STEPS", f"the evaluation takes more than {self.steps:,} steps")


ALLOWANCE: Final[ContextVar[int]] = ContextVar("feel_allowance", default=limits.MAX_STEPS)
"""How many steps an evaluation with loops or function literals may take; whoever asks for it may set it lower."""

CURRENT: Final[ContextVar[Budget | None]] = ContextVar("feel_budget", default=None)
"""The budget of the evaluation under way, where it has loops or function literals."""


def current_budget() -> Budget:
    """The budget of the evaluation under way, or a new one for the walk at hand."""
    return CURRENT.get() or Budget()


def charge(values: Iterable[object], result: object = None) -> None:
    """Spend for handling values once, if the evaluation has a budget: an item a step, many characters a step."""
    budget = CURRENT.get()
    if budget is not None:
        budget.spend(sum(map(_steps, values)) + _steps(result))


def _steps(value: object) -> int:
    if isinstance(value, str):
        return 1 + len(value) // _CHARACTERS_A_STEP
    return len(value) if isinstance(value, list | dict) else 1
