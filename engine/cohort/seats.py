"""Who gets a place where groups overlap and ranks tie: only what holds however the open questions are settled.

Places are given in the order of rank: whoever ranks higher comes first, and gets a place if every group of theirs
still has one. Where the order is not known (a tie, no ranking, a rank that nobody stated), someone is awarded
only if they would be under every order, and refused only if they would be under every order. All others are open:
the competent authority decides.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple


class Contender(NamedTuple):
    """One who competes for a place.

    Attributes:
        first: the highest level of rank that they may have; 0 is the best.
        last: the lowest level that they may have.
        groups: the groups that limit them, by index.
        placed: whether all of their groups are known.
    """

    first: int
    last: int
    groups: tuple[int, ...]
    placed: bool = True


class Limits(NamedTuple):
    """The places of a group: between `low` and `high`, which differ where its share is not known."""

    low: int
    high: int


class Claim(Enum):
    """What became of a contender."""

    AWARDED = "awarded"
    REFUSED = "refused"
    OPEN = "open"


class Answer(NamedTuple):
    """What became of a contender, and the groups because of which: full ones, or contested ones."""

    claim: Claim
    groups: tuple[int, ...] = ()


def allocate(contenders: Sequence[Contender], limits: Sequence[Limits]) -> list[Answer]:
    """What becomes of each contender, in their order.

    Exact where the groups nest (a peer group within a unit). Where they cross, some may be open whose place a closer
    look would settle; nobody is awarded or refused wrongly.

    Args:
        contenders: all who compete.
        limits: of each group.
    """
    chains = _chains(contenders)
    nested = chains is not None
    books: _Books = _NestedBooks(limits) if nested else _CrossingBooks(limits)
    entering: dict[int, list[int]] = defaultdict(list)
    leaving: dict[int, list[int]] = defaultdict(list)
    for index, contender in enumerate(contenders):
        entering[contender.first].append(index)
        leaving[contender.last].append(index)

    answers = [Answer(Claim.OPEN)] * len(contenders)
    groups = chains or [contender.groups for contender in contenders]
    for level in sorted({*entering, *leaving}):
        for index in entering[level]:
            if full := books.full(groups[index]):
                answers[index] = Answer(Claim.REFUSED, full)
            else:
                books.may_take(groups[index])
        settled = [index for index in leaving[level] if answers[index].claim is not Claim.REFUSED]
        for index in settled:
            contested = books.contested(groups[index])
            safe = not contested and contenders[index].placed
            answers[index] = Answer(Claim.AWARDED if safe else Claim.OPEN, contested)
        # Those of one level come before nobody of that level; one whose groups are not all known may be stopped
        # by another, and so comes before nobody for certain.
        for index in settled:
            if contenders[index].placed:
                books.comes_before(groups[index], answers[index].groups)
    return answers


def _chains(contenders: Iterable[Contender]) -> list[tuple[int, ...]] | None:
    """The groups of each contender, innermost first, if all groups nest; else None."""
    members: dict[int, int] = defaultdict(int)
    contenders = list(contenders)
    for contender in contenders:
        for group in contender.groups:
            members[group] += 1
    chains = []
    around: dict[int, int] = {}
    for contender in contenders:
        chain = tuple(sorted(contender.groups, key=lambda group: (members[group], group)))
        for inner, outer in itertools.pairwise(chain):
            if around.setdefault(inner, outer) != outer:
                return None
        chains.append(chain)
    # Whoever is in no group around a group that nests for others makes it cross.
    outermost = {chain[-1] for chain in chains if chain}
    return None if outermost & around.keys() else chains


class _Books:
    """How many places of each group are surely taken, and how many may be."""

    def __init__(self, limits: Sequence[Limits]) -> None:
        self.limits = limits
        self.sure = [0] * len(limits)
        self.possible = [0] * len(limits)

    def full(self, groups: tuple[int, ...]) -> tuple[int, ...]:
        """Those of `groups` that surely have no place left."""
        return tuple(group for group in groups if self.sure[group] >= self.limits[group].high)

    def contested(self, groups: tuple[int, ...]) -> tuple[int, ...]:
        """Those of `groups` that may not have places for all who may take one."""
        return tuple(group for group in groups if self.possible[group] > self.limits[group].low)

    def may_take(self, groups: tuple[int, ...]) -> None:
        """Note that somebody in `groups` may take a place."""
        raise NotImplementedError

    def comes_before(self, groups: tuple[int, ...], contested: tuple[int, ...]) -> None:
        """Note that somebody in `groups` comes before all who are asked about from now on."""
        raise NotImplementedError


class _NestedBooks(_Books):
    """Groups that nest: what a group takes up of the one around it is at most its own places.

    The sets of people who can be awarded together are then the independent sets of a laminar matroid: every order
    fills the same groups, so that counting tells exactly who is in every greedy choice and who is in none.
    """

    def may_take(self, groups: tuple[int, ...]) -> None:
        for group in groups:
            self.possible[group] += 1
            if self.possible[group] > self.limits[group].high:
                break

    def comes_before(self, groups: tuple[int, ...], contested: tuple[int, ...]) -> None:  # noqa: ARG002 - the other's
        for group in groups:
            self.sure[group] += 1
            if self.sure[group] > self.limits[group].low:
                break


class _CrossingBooks(_Books):
    """Groups that cross: bounds that are safe, not exact."""

    def may_take(self, groups: tuple[int, ...]) -> None:
        for group in groups:
            self.possible[group] += 1

    def comes_before(self, groups: tuple[int, ...], contested: tuple[int, ...]) -> None:
        if not contested:
            for group in groups:
                self.sure[group] += 1
        elif len(contested) == 1:
            # Only that group can refuse them: either it is full without them or they take a place in it.
            self.sure[contested[0]] += 1
