"""Where everybody works: the units of a province and the seats in them, by arithmetic.

All areas have the same number of people, so the unit of a person follows from the person's number. What differs
between areas is in which order the sizes of like units come, and what the units are called.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from clients.sample.draws import Draws
from clients.sample.names import place_name, province_name
from clients.sample.shapes import (
    AREA_OF_COMMUNES,
    AREA_WITH_DISTRICT,
    AREAS_IN_PROVINCE,
    FIELDS,
    HEAD_OFFICE,
    KINDS,
    Kind,
    Shape,
)

COMMUNES_ONLY_FROM: Final = date(2025, 7, 1)
_DEPUTIES: Final = ((35, 3), (15, 2), (5, 1))  # from how many people, how many deputies: assumed
_PLACES_IN_AREA: Final = 32  # more than there are in any area


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation and the people in it.

    Attributes:
        id: the id, without anything that tells more than where it stands.
        parent: the id of the one above; None at the top.
        kind: what it is.
        kind_name: the name of the kind.
        name: what people call it.
        start: the number of the first person in it.
        size: how many people work in it.
        deputies: how many of these, after the head, are deputies.
        below: how many organisations are directly below it.
        committee: the id of the nearest unit, itself included, over which a Party committee stands.
        superior: the same of the nearest above that one; None at the top.
        above: the unit above; None where that is in another block, or at the top.
    """

    id: str
    parent: str | None
    kind: Kind
    kind_name: str
    name: str
    start: int
    size: int
    deputies: int
    below: int
    committee: str
    superior: str | None
    above: Unit | None


@dataclass(slots=True)
class Plan:
    """A unit before it is named; `above` is its place in the list of plans."""

    kind_name: str
    number: int
    above: int | None
    start: int
    size: int


@dataclass(frozen=True)
class Layout:
    """Where the people of a sample work.

    Attributes:
        seed: of the choices.
        people: how many there are, 1 and more.
        on: the day that the organisations are those of.
    """

    seed: int
    people: int
    on: date

    def blocks(self) -> Iterator[Sequence[Unit]]:
        """The units, by area, each after the one above it and in the order of their people."""
        for block in range(self._block_of(self.people - 1) + 1):
            yield self.units(block)

    def seats(self, start: int, stop: int) -> Iterator[tuple[int, Unit]]:
        """The people with these numbers, `start` to before `stop`, each with their unit."""
        number, stop = start, min(stop, self.people)
        while number < stop:
            units = self.units(self._block_of(number))
            at = bisect_right(units, number, key=lambda unit: unit.start) - 1
            for unit in units[at:]:
                for each in range(number, min(unit.start + unit.size, stop)):
                    yield each, unit
                number = unit.start + unit.size
                if number >= stop:
                    return

    def _block_of(self, number: int) -> int:
        """The block that a person is in: the head office of a province, or one of its areas."""
        province, inside = divmod(number, self._province_people)
        area = 0 if inside < HEAD_OFFICE.people else 1 + (inside - HEAD_OFFICE.people) // self._area_people
        return province * (AREAS_IN_PROVINCE + 1) + area

    def _start_of(self, block: int) -> int:
        """The number of the first person of a block."""
        province, area = divmod(block, AREAS_IN_PROVINCE + 1)
        inside = HEAD_OFFICE.people + (area - 1) * self._area_people if area else 0
        return province * self._province_people + inside

    @property
    def _area(self) -> tuple[Shape, ...]:
        return AREA_WITH_DISTRICT if self.on < COMMUNES_ONLY_FROM else AREA_OF_COMMUNES

    @property
    def _area_people(self) -> int:
        return sum(shape.people for shape in self._area)

    @property
    def _province_people(self) -> int:
        return HEAD_OFFICE.people + AREAS_IN_PROVINCE * self._area_people

    def units(self, block: int) -> tuple[Unit, ...]:
        """The units of a block that have people, each after the one above it."""
        return _units(self, block)

    def plans(self, block: int) -> list[Plan]:
        """The units of a block that have people, before they are named."""
        shapes = self._area if block % (AREAS_IN_PROVINCE + 1) else (HEAD_OFFICE,)
        plans: list[Plan] = []
        start = self._start_of(block)
        draws = Draws(f"{self.seed}/area/{block}")
        for shape in shapes:
            start = _lay_out(shape, None, start, plans, draws)
        return [
            replace(plan, size=min(plan.size, self.people - plan.start))
            for plan in plans
            if plan.start < self.people
        ]

    def tops(self, province: int) -> int:
        """How many organisations are directly below the head office of a province."""
        first = province * (AREAS_IN_PROVINCE + 1)
        last = min(first + AREAS_IN_PROVINCE, self._block_of(self.people - 1))
        whole = sum(len(shape.sizes) for shape in self._area)
        if last == first:
            return 0
        return (last - first - 1) * whole + sum(plan.above is None for plan in self.plans(last))


def _lay_out(shape: Shape, above: int | None, start: int, plans: list[Plan], draws: Draws) -> int:
    """Add the units of a shape; the number of the first person after them."""
    for number, size in enumerate(draws.shuffled(shape.sizes), 1):
        here = len(plans)
        plans.append(Plan(shape.kind, number, above, start, size))
        start += size
        for below in shape.below:
            start = _lay_out(below, here, start, plans, draws)
    return start


@lru_cache(maxsize=4)
def _units(layout: Layout, block: int) -> tuple[Unit, ...]:
    province, area = divmod(block, AREAS_IN_PROVINCE + 1)
    top = f"T{province + 1:02d}"
    plans = layout.plans(block)
    counts = Counter(plan.above for plan in plans)
    fresh = iter(range(block * _PLACES_IN_AREA, (block + 1) * _PLACES_IN_AREA))
    units: list[Unit] = []
    places: list[str] = []
    for at, plan in enumerate(plans):
        kind = KINDS[plan.kind_name]
        above = None if plan.above is None else units[plan.above]
        if above is None or kind.committee:
            places.append(
                place_name(layout.seed, next(fresh)) if area else province_name(layout.seed, province)
            )
        else:
            places.append(places[plan.above or 0])
        id_ = f"{top}-{area:02d}-{at + 1:02d}" if area else top
        parent = above.id if above is not None else top if area else None
        nearest = above.committee if above is not None else parent
        units.append(
            Unit(
                id_,
                parent,
                kind,
                plan.kind_name,
                kind.name.format(
                    place=places[at],
                    province=province_name(layout.seed, province),
                    field=FIELDS[(area - 1) % len(FIELDS)],
                    above=above.name if above is not None else "",
                    number=plan.number,
                ),
                plan.start,
                plan.size,
                plan.size - 1 if kind.board else _deputies(plan.size),
                counts[at] if area else layout.tops(province),
                nearest if nearest is not None and not kind.committee else id_,
                nearest if kind.committee else above.superior if above is not None else None,
                above,
            )
        )
    return tuple(units)


def _deputies(size: int) -> int:
    return next((many for least, many in _DEPUTIES if size >= least), 0)
