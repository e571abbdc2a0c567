"""Two and more ways of doing one thing, timed in turn within the same seconds of the same process.

The speed of a shared machine moves by a factor of two within minutes, so a time by itself says little. What is
kept is the CPU time of each pass, and what is reported is the ratio of passes that stood beside each other.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Side:
    """One way of doing it: `function`, called once with each of `inputs` in a pass."""

    name: str
    function: Callable[[Any], object]
    inputs: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures, the lowest and the highest of them."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """The spread of at least one figure."""
        return cls(statistics.median(figures), min(figures), max(figures))

    def __str__(self) -> str:
        return f"{figure(self.median)} ({figure(self.lowest)}..{figure(self.highest)})"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a side cost: microseconds of CPU time a call, one figure a round."""

    name: str
    rounds: tuple[float, ...]

    @property
    def micros(self) -> Spread:
        """Microseconds a call."""
        return Spread.of(self.rounds)

    def over(self, other: Measured) -> Spread:
        """How many times the cost of `other`, from passes of the same round."""
        return Spread.of([mine / its for mine, its in zip(self.rounds, other.rounds, strict=True)])


def alternate(sides: Sequence[Side], rounds: int) -> dict[str, Measured]:
    """Time all sides in turn, `rounds` times, after one pass each for warmth; by the sides' names.

    The order turns round from one round to the next, so that a drift of the machine's speed favours nobody.
    """
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    with settled():
        for side in sides:
            _pass(side)
        for number in range(rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                found[side.name].append(_pass(side))
    return {name: Measured(name, tuple(figures)) for name, figures in found.items()}


@contextmanager
def settled() -> Iterator[None]:
    """Keep what is alive already, such as all the inputs, out of the garbage collector's way."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def cpu_micros(work: Callable[[], object]) -> float:
    """The CPU time of the process, all its threads, that `work` takes, in microseconds."""
    gc.collect()
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e6


def figure(value: float) -> str:
    """A figure to three digits, such as ``0.123``, ``12.3`` and ``1,230``."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _pass(side: Side) -> float:
    function, inputs = side.function, side.inputs

    def work() -> None:
        for each in inputs:
            function(each)

    return cpu_micros(work) / len(inputs)
