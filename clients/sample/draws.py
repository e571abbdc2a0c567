"""Seeded choices that depend on nothing but what they are made for.

`random.Random` would have to be run from its beginning for the last person of six million, and costs ten times as
much to set up as to use. A hash of (seed, purpose, number) is as good at any place, and is the same on every machine
and under every hash seed of Python.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from itertools import chain, count
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_RANGE: Final = 1 << 16  # a draw has 16 bits, 32 of them to a block
_SLOTS: Final = 1 << 12
_unpack: Final = struct.Struct("<32H").unpack


class Weighted(Generic[T]):
    """Choices with weights, in parts of 4,096: one look into a tuple, however many there are."""

    __slots__ = ("slots",)

    def __init__(self, weights: Mapping[T, float]) -> None:
        """Make the choices.

        Args:
            weights: by choice its weight, of any sum above 0. What a choice has to come off at is its share of that
                sum, to the nearest 4,096th.
        """
        total = sum(weights.values())
        slots: list[T] = []
        reached = 0.0
        for choice, weight in weights.items():
            reached += weight
            slots += [choice] * (round(reached / total * _SLOTS) - len(slots))
        self.slots: Final = tuple(slots)


def _block(key: bytes, number: int) -> tuple[int, ...]:
    """The 32 draws of a block."""
    return _unpack(blake2b(key, salt=number.to_bytes(16, "big")).digest())


class Draws:
    """The choices made for one thing, one after the other."""

    __slots__ = ("_draw",)

    def __init__(self, key: str) -> None:
        """Begin.

        Args:
            key: the seed and what the choices are for. Equal keys make equal choices.
        """
        # Numbers from 0 to 65,535 without an end, taken from C alone: this is called forty times a person.
        blocks = map(partial(_block, key.encode()), count())
        self._draw: Callable[[], int] = chain.from_iterable(blocks).__next__

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases, 0 to 1."""
        return self._draw() < share * _RANGE

    def share(self) -> float:
        """A number from 0 to under 1."""
        return self._draw() / _RANGE

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included; for ranges far below 65,536."""
        return low + (self._draw() * (high - low + 1) >> 16)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely as the others."""
        return choices[self._draw() * len(choices) >> 16]

    def weigh(self, choices: Weighted[T]) -> T:
        """One of the choices, by their weights."""
        return choices.slots[self._draw() >> 4]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """The choices in an order of chance."""
        rest = list(choices)
        for last in range(len(rest) - 1, 0, -1):
            other = self.between(0, last)
            rest[last], rest[other] = rest[other], rest[last]
        return rest
