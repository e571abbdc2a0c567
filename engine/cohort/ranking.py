"""The order of those who compete, as far as it is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from engine.cohort.quota import RankKey


class Level(NamedTuple):
    """Where somebody may stand in the order: from `first` to `last`, 0 being the best; equal where it is known."""

    first: int
    last: int


class Span(NamedTuple):
    """From which to which place somebody may come in a group, counted from 1; equal where it is known."""

    first: int
    last: int


def comparable(
    keys: Sequence[RankKey], answers: Sequence[tuple[object | None, ...]]
) -> list[tuple[object | None, ...]]:
    """`answers` without the values of a key that cannot be compared: those are as good as not known."""
    columns = []
    for place in range(len(keys)):
        column = [answer[place] for answer in answers]
        kinds = {value.__class__ for value in column if value is not None}
        columns.append(column if len(kinds) < 2 else [None] * len(column))
    return list(zip(*columns, strict=True)) if columns else [()] * len(answers)


def levels(keys: Sequence[RankKey], answers: Sequence[tuple[object | None, ...]]) -> list[Level]:
    """The level of each of those who compete.

    Args:
        keys: what they are ranked by, the most important first; without any, all stand on one level.
        answers: for each of them the comparable value of each key; None where it is not known.

    Returns:
        For each a level; a range of levels where a value is not known and could matter.
    """
    ranks = [_ranks(key, [answer[place] for answer in answers]) for place, key in enumerate(keys)]
    # What comes after a value that is not known does not count: it would compare only those who tie up to it.
    known = [_known(answer, ranks) for answer in answers]
    width = len(keys)
    rungs = sorted({(*prefix, *[-1] * (width - len(prefix))) for prefix in known})
    return [
        Level(
            bisect_left(rungs, prefix),
            bisect_right(rungs, (*prefix, *[len(answers)] * (width - len(prefix)))) - 1,
        )
        for prefix in known
    ]


def _ranks(key: RankKey, values: Iterable[object | None]) -> dict[object, int]:
    known: set[Any] = {value for value in values if value is not None}
    return {value: rank for rank, value in enumerate(sorted(known, reverse=key.descending))}


def _known(answer: tuple[object | None, ...], ranks: Sequence[dict[object, int]]) -> tuple[int, ...]:
    prefix: list[int] = []
    for value, rank in zip(answer, ranks, strict=True):
        if value is None:
            break
        prefix.append(rank[value])
    return tuple(prefix)


def spans(standing: Sequence[Level]) -> list[Span]:
    """The place of each among all of `standing`; those who tie share a range of places."""
    firsts = sorted(level.first for level in standing)
    lasts = sorted(level.last for level in standing)
    return [Span(1 + bisect_left(lasts, level.first), bisect_right(firsts, level.last)) for level in standing]
