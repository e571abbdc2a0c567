"""The outlook of a signature: what comes out for each way in which its open findings may turn out.

A way is two sets of criteria, as bits: those that hold and those that are unmet; an unknown one may be in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from engine.inference import CANNOT_EVALUATE, NOT_RATED, PossibleStep
from engine.network import Step
from engine.ruleset.ruleset import Decision

GATES: Final = (CANNOT_EVALUATE.kind, NOT_RATED.kind)
"""The gates of a decision, the one that comes first first (design, section 3.3)."""


class Rating(NamedTuple):
    """Outcomes by rank; lowest and highest differ in a gap of the law. `uncapped` is the rank before a ceiling."""

    lowest: int
    highest: int
    uncapped: int | None = None

    @property
    def in_gap(self) -> bool:
        """Whether the law leaves a gap here."""
        return self.lowest != self.highest


class Way(NamedTuple):
    """One way in which the findings may turn out."""

    holds: int
    unmet: int


class Outlook:
    """The steps that are possible for a signature, and what follows from those that a way grants."""

    def __init__(self, steps: Sequence[PossibleStep], decision: Decision, rank: Mapping[str, int]) -> None:
        self._steps = steps
        self._ranked = [
            (each.holds, each.unmet, each.step.gives.kind, rank.get(each.step.gives.name, 0))
            for each in steps
        ]
        self._otherwise = None if decision.otherwise is None else rank[decision.otherwise]
        self._lowest_rung = min((rank[rung.outcome] for rung in decision.ladder), default=0)

    def part_of(self, index: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Which steps need the criterion at `index` to hold, and which need it to be unmet."""
        return (
            tuple(number for number, each in enumerate(self._steps) if each.holds >> index & 1),
            tuple(number for number, each in enumerate(self._steps) if each.unmet >> index & 1),
        )

    def steps(self, way: Way) -> tuple[Step, ...]:
        """The steps that a way grants."""
        return tuple(
            each.step for each in self._steps if not (each.holds & ~way.holds or each.unmet & ~way.unmet)
        )

    def gates(self, way: Way) -> tuple[str, ...]:
        """The gates that are shut, the one that comes first first."""
        return _gates(self._granted(way))

    def rating(self, way: Way) -> Rating:
        """What comes out, gates aside: the lowest ground; else the highest attained outcome, under the ceilings."""
        return self._rating(self._granted(way))

    def result(self, way: Way) -> str | tuple[int, int]:
        """What comes out: a gate, or the lowest and the highest rank."""
        granted = self._granted(way)
        gates = _gates(granted)
        return gates[0] if gates else self._rating(granted)[:2]

    def _rating(self, granted: Mapping[str, list[int]]) -> Rating:
        if grounds := granted.get("ground"):
            return Rating(min(grounds), min(grounds))
        ceiling = min(granted.get("ceiling", ()), default=None)
        attained = max(granted.get("attained", ()), default=self._otherwise)
        if attained is not None:
            capped = attained if ceiling is None else min(attained, ceiling)
            return Rating(capped, capped, attained if capped < attained else None)
        # Nothing was attained and nothing fixed: the law says nothing between the lowest rung and what is below,
        # unless a ceiling leaves only one of the two.
        lowest, highest = max(self._lowest_rung - 1, 0), self._lowest_rung
        return (
            Rating(lowest, highest)
            if ceiling is None
            else Rating(min(lowest, ceiling), min(highest, ceiling))
        )

    def _granted(self, way: Way) -> dict[str, list[int]]:
        """The ranks of what a way concludes, by kind."""
        granted: dict[str, list[int]] = {}
        for holds, unmet, kind, rank in self._ranked:
            if not (holds & ~way.holds or unmet & ~way.unmet):
                granted.setdefault(kind, []).append(rank)
        return granted


def _gates(granted: Mapping[str, list[int]]) -> tuple[str, ...]:
    return tuple(gate for gate in GATES if gate in granted)


def bits_of(indexes: Iterable[int]) -> int:
    """A set of places as bits."""
    return sum(1 << index for index in indexes)
