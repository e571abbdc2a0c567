"""Counts that add up: of records, of what becomes of them, by which rule, in which group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.canonical import Data, without_empty

Move = tuple[str, str]
"""What a record comes to, and what it would come to."""


class Flip(NamedTuple):
    """A criterion that flips out otherwise; None where a ruleset does not have it."""

    criterion: str
    before: str | None
    after: str | None

    @property
    def data(self) -> Data:
        """As plain data."""
        return without_empty({"criterion": self.criterion, "from": self.before, "to": self.after})


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one group: how many, and what becomes of them."""

    records: int = 0
    moves: Counter[Move] = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        """How many change."""
        return changed(self.moves)

    def __add__(self, other: Group) -> Group:
        return Group(self.records + other.records, self.moves + other.moves)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some records. Not to be changed; tallies add up.

    Attributes:
        moves: how many records went from what to what, those that stay included.
        flips: by how many records that change a criterion turned otherwise and moved them.
        groups: by group, where groups are asked for.
    """

    moves: Counter[Move] = field(default_factory=Counter)
    flips: Counter[Flip] = field(default_factory=Counter)
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many records."""
        return self.moves.total()

    @property
    def changed(self) -> int:
        """How many of them change."""
        return changed(self.moves)

    def __add__(self, other: Tally) -> Tally:
        groups = dict(self.groups)
        for name, group in other.groups.items():
            groups[name] = groups.get(name, Group()) + group
        return Tally(self.moves + other.moves, self.flips + other.flips, groups)

    @property
    def data(self) -> Data:
        """As plain data: the most frequent first, groups by name."""
        data: Data = {
            "records": self.records,
            "changed": self.changed,
            "moves": [_move(*each) for each in _ranked(self.moves)],
            "rules": [{**flip.data, "count": count} for flip, count in _ranked(self.flips)],
        }
        if self.groups:
            data["groups"] = [
                {
                    "group": name,
                    "records": group.records,
                    "changed": group.changed,
                    "moves": [_move(*each) for each in _ranked(group.moves)],
                }
                for name, group in sorted(self.groups.items())
            ]
        return data

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Tally:
        """From its plain data.

        Raises:
            KeyError, ValueError, TypeError: they are none.
        """
        flips = Counter[Flip]()
        for rule in data.get("rules", ()):
            flips[Flip(rule["criterion"], rule.get("from"), rule.get("to"))] += int(rule["count"])
        groups = {
            each["group"]: Group(int(each["records"]), _moves(each["moves"]))
            for each in data.get("groups", ())
        }
        return cls(_moves(data["moves"]), flips, groups)


def changed(moves: Counter[Move]) -> int:
    """How many records come to something else."""
    return sum(count for (before, after), count in moves.items() if before != after)


def _ranked(counter: Counter[Any]) -> Iterator[tuple[Any, int]]:
    """The most frequent first; those that are as frequent by name, so that the order is always the same."""
    return iter(sorted(counter.items(), key=lambda each: (-each[1], *(part or "" for part in each[0]))))


def _move(move: Move, count: int) -> Data:
    return {"from": move[0], "to": move[1], "count": count}


def _moves(data: Any) -> Counter[Move]:
    moves = Counter[Move]()
    for each in data:
        moves[each["from"], each["to"]] += int(each["count"])
    return moves
