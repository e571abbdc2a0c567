"""How many places a share allows: the arithmetic of quotas, in exact fractions."""

from __future__ import annotations

import math
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

_HALF: Final = Fraction(1, 2)


class Rounding(StrEnum):
    """How a share of people becomes a number of people."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


def round_people(number: Fraction, rounding: Rounding) -> int:
    """A number of people, 0 or more, made whole."""
    match rounding:
        case Rounding.DOWN:
            return math.floor(number)
        case Rounding.UP:
            return math.ceil(number)
        case Rounding.HALF_UP:
            return math.floor(number + _HALF)
        case Rounding.HALF_EVEN:
            return round(number)


class Headcount(NamedTuple):
    """A group as its quota sees it.

    Attributes:
        eligible: the members who reached the outcome of the quota.
        others: the members who are counted in the denominator whatever is awarded.
        counts_awarded: whether one who is awarded is counted in the denominator.
        counts_fallen: whether one who is eligible and not awarded is counted in it.
    """

    eligible: int
    others: int
    counts_awarded: bool
    counts_fallen: bool

    def denominator(self, awarded: int) -> int:
        """Of how many the share is taken, once so many are awarded: the law counts people as they end up."""
        fallen = self.eligible - awarded
        return self.others + awarded * self.counts_awarded + fallen * self.counts_fallen


class Places(NamedTuple):
    """How many of a group may have the outcome, and the numbers that say why.

    Attributes:
        places: the most that may be awarded.
        share: the share that was applied, or None where it is not known.
        denominator: of how many it is the share, once all places are given.
    """

    places: int
    share: Fraction | None
    denominator: int

    @property
    def quotient(self) -> Fraction | None:
        """The share of the denominator before rounding; None where the share is not known."""
        return None if self.share is None else self.share * self.denominator


def places(count: Headcount, share: Fraction, rounding: Rounding) -> Places:
    """The largest number of awards that stays within `share` of those who are counted after these awards.

    Args:
        count: the group.
        share: between 0 and 1.
        rounding: how the share of the denominator is made whole.
    """
    # No awards are always within a share, so there is a largest number.
    most = next(
        awarded
        for awarded in range(count.eligible, -1, -1)
        if awarded <= round_people(share * count.denominator(awarded), rounding)
    )
    return Places(most, share, count.denominator(most))
