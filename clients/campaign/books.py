"""Which units stand together in a workbook, and on which sheet each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.campaign import Organisation

MAX_SHEETS: Final = 60
"""Units of a workbook: more, and nobody finds one by its tab."""
_MAX_NAME: Final = 31  # letters of a sheet's name
_NOT_IN_SHEETS: Final = re.compile(r"[\[\]:*?/\\']")
_NOT_IN_FILES: Final = re.compile(r"[^\w.-]+")
_RESERVED: Final = "history"


@dataclass(frozen=True)
class Book:
    """A workbook of units.

    Attributes:
        name: of its file, without ending.
        sheets: the name of the sheet of each unit, in their order.
    """

    name: str
    sheets: Mapping[str, str]


@dataclass(frozen=True)
class Forest:
    """The units in the order of the tree, each before those below it.

    Attributes:
        tops: those that are under none.
        below: the units directly below each.
    """

    tops: tuple[str, ...]
    below: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, organisations: Iterable[Organisation], others: Iterable[str] = ()) -> Forest:
        """The forest of organisations, whatever is wrong with them, and of units that are not among them."""
        parents: dict[str, str | None] = {}
        for organisation in organisations:
            parents.setdefault(organisation.id, organisation.parent)
        for id_ in others:
            parents.setdefault(id_, None)
        below: dict[str, list[str]] = {id_: [] for id_ in parents}
        for id_, parent in parents.items():
            if parent in below:
                below[parent].append(id_)
        tops = [id_ for id_, parent in parents.items() if parent not in parents]
        reached = set(_walk(tops, below))
        for id_ in parents:  # who is in a circle is under none: the circle is opened at its first
            if id_ not in reached:
                tops.append(id_)
                for each in below.values():
                    if id_ in each:
                        each.remove(id_)
                reached.update(_walk([id_], below))
        return cls(tuple(tops), {id_: tuple(each) for id_, each in below.items()})

    def walk(self, tops: Sequence[str] | None = None) -> Iterator[str]:
        """The units below and with `tops`, each before those below it."""
        return _walk(self.tops if tops is None else tops, self.below)


def books(forest: Forest, kept: Iterable[str], max_sheets: int = MAX_SHEETS) -> list[Book]:
    """The workbooks of the units that are `kept`, in the order of the tree.

    A unit and all below it stand in one workbook where they find room; what is left of larger ones shares workbooks
    with what is next in the tree.
    """
    wanted = set(kept)
    if sum(id_ in wanted for id_ in forest.walk()) <= max_sheets:
        return [_book(0, [id_ for id_ in forest.walk() if id_ in wanted])]
    sizes: dict[str, int] = {}
    for id_ in reversed(list(forest.walk())):
        sizes[id_] = (id_ in wanted) + sum(sizes[each] for each in forest.below[id_])
    packed: list[list[str]] = [[]]
    waiting = list(reversed(forest.tops))
    while waiting:
        id_ = waiting.pop()
        whole = sizes[id_] <= max_sheets
        units = [each for each in (forest.walk([id_]) if whole else [id_]) if each in wanted]
        if packed[-1] and len(packed[-1]) + len(units) > max_sheets:
            packed.append([])
        packed[-1] += units
        if not whole:
            waiting += reversed(forest.below[id_])
    return [_book(number, units) for number, units in enumerate(packed, 1) if units]


def _walk(tops: Sequence[str], below: Mapping[str, Sequence[str]]) -> Iterator[str]:
    waiting = list(reversed(tops))
    while waiting:
        id_ = waiting.pop()
        yield id_
        waiting += reversed(below[id_])


def _book(number: int, units: Sequence[str]) -> Book:
    sheets: dict[str, str] = {}
    taken = {_RESERVED}
    for id_ in units:
        plain = _NOT_IN_SHEETS.sub("_", id_).strip() or "_"
        name, again = plain[:_MAX_NAME], 1
        while name.casefold() in taken:
            again += 1
            ending = f" ({again})"
            name = plain[: _MAX_NAME - len(ending)] + ending
        taken.add(name.casefold())
        sheets[id_] = name
    first = _NOT_IN_FILES.sub("_", units[0])[:40] if units else ""
    return Book(f"{number:04} {first}", sheets)
