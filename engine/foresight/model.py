"""What may be said of the future of a verdict, as immutable objects and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from engine.canonical import Data, tagged, without_empty
from engine.judgement import Result

R = TypeVar("R")


class Case(NamedTuple, Generic[R]):
    """For the values of a fact from `low` to `high`, both included, `result` comes out.

    None stands for no bound on that side; for words, truth values and lists, both bounds are the one value.
    """

    low: Any
    high: Any
    result: R


@dataclass(frozen=True, slots=True)
class Effect:
    """How a missing fact moves the verdict, the other missing facts staying missing."""

    fact: str
    cases: tuple[Case[Result], ...]


class Change(NamedTuple):
    """A fact, the value that it has, and the nearest value that helps."""

    fact: str
    from_: Any
    to: Any


@dataclass(frozen=True, slots=True)
class Improvement:
    """Changes that together, and no fewer of them, reach a better outcome."""

    outcome: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would move a verdict.

    Attributes:
        effects: how each missing fact that can still move it does so, where its values can be tried.
        improvements: the smallest changes that reach each better outcome, lowest outcome first.
    """

    effects: tuple[Effect, ...]
    improvements: tuple[Improvement, ...]

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        return without_empty(
            {
                "effects": [
                    {"fact": effect.fact, "cases": [_case_data(case) for case in effect.cases]}
                    for effect in self.effects
                ],
                "improvements": [
                    {
                        "outcome": improvement.outcome,
                        "changes": [_change_data(c) for c in improvement.changes],
                    }
                    for improvement in self.improvements
                ],
            }
        )


def _case_data(case: Case[Result]) -> Data:
    bounds = {
        name: tagged(value) for name, value in (("low", case.low), ("high", case.high)) if value is not None
    }
    return {**bounds, **case.result.data}


def _change_data(change: Change) -> Data:
    return {"fact": change.fact, "from": tagged(change.from_), "to": tagged(change.to)}
