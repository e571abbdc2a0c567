"""Who the people are, and how their year went, before any ruleset asks.

Where the shares come from is said in docs/sample.md: a figure of the seed documents (S0 to S4), or assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

from clients.sample.draws import Draws, Weighted
from clients.sample.layout import Layout, Unit
from clients.sample.names import person_name
from clients.sample.shapes import Sector


class Aim(IntEnum):
    """The class that facts are made for, lowest first. What comes out is for the rulesets to say."""

    NOT_COMPLETED = 0
    COMPLETED = 1
    GOOD = 2
    EXCELLENT = 3

    @property
    def word(self) -> str:
        """As the rulesets call it."""
        return self.name.lower()


class Cause(IntEnum):
    """Why somebody's year is not completed."""

    RESULTS = 0
    DISCIPLINE = 1
    DEGRADATION = 2


PERSON_AIMS: Final = Weighted(
    {Aim.EXCELLENT: 15.5, Aim.GOOD: 70, Aim.COMPLETED: 13.5, Aim.NOT_COMPLETED: 1.0}
)
UNIT_AIMS: Final = Weighted({Aim.EXCELLENT: 18, Aim.GOOD: 68, Aim.COMPLETED: 13.6, Aim.NOT_COMPLETED: 0.4})
CAUSES: Final = Weighted({Cause.RESULTS: 45, Cause.DISCIPLINE: 50, Cause.DEGRADATION: 5})

HEAD_WOMEN_SHARE: Final = 0.275
WOMEN_SHARE: Final = {Sector.ADMINISTRATION: 0.42, Sector.SERVICE: 0.68}
MINORITY_SHARE: Final = 0.21
PARTY_SHARE: Final = {Sector.ADMINISTRATION: 0.75, Sector.SERVICE: 0.5}
PLANNED_SHARE: Final = 0.1
SHORT_SERVICE_SHARE: Final = 0.015
MATERNITY_SHARE: Final = 0.06
LONG_ABSENCE_SHARE: Final = 0.007
SHORT_ABSENCE_SHARE: Final = 0.02
EARLIER_DISCIPLINE_SHARE: Final = 0.0106
SECOND_POST_SHARE: Final = 0.1

HEAD_AGES: Final = Weighted({(34, 39): 12, (40, 49): 48, (50, 60): 40})
AGES: Final = Weighted({(22, 29): 14, (30, 39): 34, (40, 49): 32, (50, 60): 20})
HEAD_DEGREES: Final = Weighted({"master": 44.4, "university": 55.6})
DEGREES: Final = {
    Sector.ADMINISTRATION: Weighted({"master": 14, "university": 78.25, "college": 3.75, "intermediate": 4}),
    Sector.SERVICE: Weighted({"master": 10, "university": 72, "college": 12, "intermediate": 6}),
}
HEAD_THEORIES: Final = Weighted({"advanced": 83.3, "intermediate": 16.7})
THEORIES: Final = Weighted({"advanced": 8, "intermediate": 50, "elementary": 30, "none": 12})


@dataclass(frozen=True, slots=True)
class Discipline:
    """A decision on a person: when, in which form, by whom, on which act, and what rested on it before."""

    decided_on: date
    form: str
    kind: str
    act_id: str
    used_in_year: int | None
    on_duty: bool


@dataclass(frozen=True, slots=True)
class UnitYear:
    """How the year of an organisation went.

    Attributes:
        aim: the class that its facts are made for.
        total: tasks, and of these how many were done, on time, of quality and effect, and exceeded.
        shortcomings: how many were pointed out before, and how many of these are remedied.
        party_rated: how many Party members were rated, and how many of these excellent.
        outstanding: whether outstanding achievement is confirmed.
    """

    aim: Aim
    total: int
    done: int
    on_time: int
    good: int
    exceeded: int
    shortcomings: tuple[int, int]
    party_rated: tuple[int, int]
    outstanding: bool


@dataclass(slots=True)
class Someone:
    """A person with a post, and how the year went; the same for State and Party.

    Attributes:
        number: their number in the sample.
        unit: where they work; `place` 0 is its head, then the deputies.
        draws: for what is asked further, in the order in which `Sample.persons` asks it.
        born: the date of birth, as text.
        aim: the class that their facts are made for; where it is not completed, `cause` says why.
        months: months worked in the year; `absence` months of lawful absence.
    """

    number: int
    unit: Unit
    place: int
    draws: Draws
    name: str
    woman: bool
    born: str
    in_party: bool
    aim: Aim
    cause: Cause
    months: int
    absence: int
    maternity: bool
    discipline: tuple[Discipline, ...]

    @property
    def id(self) -> str:
        """The id: what stands in all files."""
        return f"P{self.number + 1:07d}"

    @property
    def is_head(self) -> bool:
        """Whether they head their unit."""
        return self.place == 0

    @property
    def is_leader(self) -> bool:
        """Whether they are the head or a deputy."""
        return self.place <= self.unit.deputies


def someone(layout: Layout, number: int, unit: Unit) -> Someone:
    """The person with this number, who works in `unit`."""
    draws = Draws(f"{layout.seed}/person/{number}")
    place = number - unit.start
    leads = place <= unit.deputies
    sector = unit.kind.sector
    woman = draws.chance(HEAD_WOMEN_SHARE if leads else WOMEN_SHARE[sector])
    name = person_name(draws, woman=woman)
    age = draws.between(*draws.weigh(HEAD_AGES if leads else AGES))
    born = f"{layout.on.year - age}-{_day(draws)}"
    aim = draws.weigh(PERSON_AIMS)
    if leads:
        # The result of a leader is linked with that of the unit: seldom above it.
        of_unit = unit_year(layout.seed, unit.id).aim
        aim = min(aim, of_unit) if not draws.chance(0.1) else aim
        if of_unit is Aim.EXCELLENT and aim is Aim.GOOD and draws.chance(0.4):
            aim = Aim.EXCELLENT
    cause = draws.weigh(CAUSES)
    months, absence, maternity = _presence(draws, mother=woman and 22 <= age <= 42)
    discipline = _discipline(
        layout, draws, number, now=aim is Aim.NOT_COMPLETED and cause is Cause.DISCIPLINE
    )
    return Someone(
        number,
        unit,
        place,
        draws,
        name,
        woman,
        born,
        in_party(unit, place),
        aim,
        cause,
        months,
        absence,
        maternity,
        discipline,
    )


def in_party(unit: Unit, place: int) -> bool:
    """Whether the person at a place of a unit is a Party member: leaders, and every so many of the others.

    By place and not by chance, so that how many there are in a unit is known without looking at each.
    """
    share = PARTY_SHARE[unit.kind.sector]
    return place <= unit.deputies or int((place + 1) * share) > int(place * share)


def party_members(unit: Unit) -> int:
    """How many Party members work in a unit."""
    return sum(in_party(unit, place) for place in range(unit.size))


def register_entry(layout: Layout, person: Someone) -> dict[str, object]:
    """What a register of personnel says of somebody beside the rating."""
    draws, unit, leads = person.draws, person.unit, person.is_leader
    joined = min(int(person.born[:4]) + draws.between(22, 34), layout.on.year - 1)
    return {
        "id": person.id,
        "name": person.name,
        "gender": "female" if person.woman else "male",
        "born": person.born,
        "ethnic_minority": draws.chance(MINORITY_SHARE),
        "degree": draws.weigh(HEAD_DEGREES if leads else DEGREES[unit.kind.sector]),
        "political_theory": draws.weigh(HEAD_THEORIES if leads else THEORIES),
        "party_member_since": f"{joined}-{_day(draws)}" if person.in_party else None,
        "planned": draws.chance(PLANNED_SHARE),
        "organisation": unit.id,
        "role": role(person),
    }


def role(person: Someone) -> str:
    """What somebody is in their unit, as a campaign calls it."""
    return "head" if person.place == 0 else "deputy" if person.is_leader else "member"


@lru_cache(maxsize=256)
def unit_year(seed: int, unit_id: str) -> UnitYear:
    """How the year of an organisation went; its own facts and those of its leaders agree in it."""
    draws = Draws(f"{seed}/unit/{unit_id}")
    aim = draws.weigh(UNIT_AIMS)
    total = draws.between(15, 60)
    done = on_time = good = total
    exceeded = draws.between(0, total * 28 // 100)
    found = draws.between(0, 4)
    remedied = found
    if aim is Aim.EXCELLENT:
        exceeded = draws.between(-(-total // 2), total * 8 // 10)
    elif aim is Aim.COMPLETED:
        on_time = total - draws.between(1, total // 5)
        good = total - draws.between(0, total // 5)
        exceeded = draws.between(0, total // 10)
        remedied = draws.between(0, found)
    elif aim is Aim.NOT_COMPLETED:
        done = draws.between(total * 3 // 10, total * 45 // 100)
        on_time = draws.between(done // 2, done)
        good = draws.between(done // 2, done)
        exceeded = 0
        remedied = 0
    rated = draws.between(20, 80)
    return UnitYear(
        aim,
        total,
        done,
        on_time,
        good,
        exceeded,
        (found, remedied),
        (rated, rated * draws.between(8, 20) // 100),
        aim is Aim.EXCELLENT and draws.chance(0.2),
    )


def _presence(draws: Draws, *, mother: bool) -> tuple[int, int, bool]:
    """Months worked in the year, months of lawful absence, and whether there was maternity leave."""
    if draws.chance(SHORT_SERVICE_SHARE):
        return draws.between(1, 5), 0, False
    if mother and draws.chance(MATERNITY_SHARE):
        return 6, 6, True
    if draws.chance(LONG_ABSENCE_SHARE):
        away = draws.between(3, 5)
        return 12 - away, away, False
    away = draws.between(1, 2) if draws.chance(SHORT_ABSENCE_SHARE) else 0
    return 12 - away, away, False


def _day(draws: Draws) -> str:
    """A day of any year, without its year."""
    return f"{draws.between(1, 12):02d}-{draws.between(1, 28):02d}"


_FORMS: Final = Weighted({"reprimand": 68, "warning": 24, "removal": 8})


def _discipline(layout: Layout, draws: Draws, number: int, *, now: bool) -> tuple[Discipline, ...]:
    """Decisions on a person: one of this year, or seldom one of an earlier year."""
    if not now and not draws.chance(EARLIER_DISCIPLINE_SHARE):
        return ()
    year = layout.on.year if now else layout.on.year - draws.between(1, 4)
    days = (layout.on - date(year, 1, 1)).days if now else 364
    return (
        Discipline(
            date(year, 1, 1) + timedelta(draws.between(0, days)),
            draws.weigh(_FORMS),
            "party" if draws.chance(0.5) else "administrative",
            f"A{number + 1:07d}",
            None if now else year,
            draws.chance(0.9),
        ),
    )
