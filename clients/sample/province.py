"""The records of a province: organisations, people with their posts, and what was planted in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

from clients.sample.draws import Draws
from clients.sample.facts import OF_ORGANISATION, OF_PERSON
from clients.sample.facts_common import Facts, Held, Judged
from clients.sample.law import Law, law_on
from clients.sample.layout import Layout, Unit
from clients.sample.mistakes import Kind, Planted, leave_out, spoil
from clients.sample.people import (
    SECOND_POST_SHARE,
    Someone,
    party_members,
    register_entry,
    role,
    someone,
    unit_year,
)
from clients.sample.shapes import Sector

FEWEST: Final = 10
MOST: Final = 6_000_000
"""How many people a sample may have: the size of a country's public sector at most."""
_TWICE_SHARE: Final = 0.1
_ELSEWHERE_SHARE: Final = 0.1
# Of the mistakes, how many are a person given twice, and a post in an organisation that is not there.


class Campaign(StrEnum):
    """The two evaluations of a year."""

    STATE = "state"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a mistake was planted.

    Attributes:
        campaign: in whose files.
        organisation: the id of the organisation.
        person: the id of the person; empty where it is the record of the organisation itself.
        role: the role of the post, or empty.
        ruleset: the id of the ruleset of the record.
        planted: what.
    """

    campaign: Campaign
    organisation: str
    person: str
    role: str
    ruleset: str
    planted: Planted


class Entry(NamedTuple):
    """A line of a file, and what was planted in it; a person given twice is `copies` times in the file."""

    data: Facts
    mistakes: tuple[Mistake, ...] = ()
    copies: int = 1


class PersonEntries(NamedTuple):
    """What there is of a person: the register, the State record, and a Party record of those in the Party."""

    register: Facts
    state: Entry
    party: Entry | None


@dataclass(frozen=True)
class Sample:
    """What is to be made; equal ones are the same, byte for byte.

    Attributes:
        people: how many people, `FEWEST` to `MOST`.
        seed: of all choices.
        on: the day of the evaluation, which also says whether there are districts.
        mistakes: the share of records with a mistake, 0 to 1.
        missing: the share of records with a fact left out, 0 to 1; together at most 1.

    Raises:
        ValueError: a number is out of its range, or the day before the first rulesets.
    """

    people: int
    seed: int
    on: date
    mistakes: float = 0.0
    missing: float = 0.0

    def __post_init__(self) -> None:
        if not FEWEST <= self.people <= MOST:
            raise ValueError(f"{self.people:,} people: choose {FEWEST} to {MOST:,}")
        if self.mistakes < 0 or self.missing < 0 or self.mistakes + self.missing > 1:
            raise ValueError(
                f"shares of {self.mistakes} with mistakes and {self.missing} with facts missing: "
                "choose 0 to 1 each, at most 1 together"
            )
        law_on(self.on)

    @cached_property
    def layout(self) -> Layout:
        """Who works where."""
        return Layout(self.seed, self.people, self.on)

    @cached_property
    def law(self) -> Law:
        """The rulesets of the day."""
        return law_on(self.on)

    def organisations(self, campaign: Campaign) -> Iterator[Entry]:
        """The organisations of a campaign, each after the one above it."""
        for units in self.layout.blocks():
            if campaign is Campaign.STATE:
                for unit in units:
                    yield self._state_organisation(unit)
            else:
                yield from self._party_organisations(units)

    def persons(self, start: int = 0, stop: int = MOST) -> Iterator[PersonEntries]:
        """The people with the numbers `start` to before `stop`, whatever comes before them."""
        for number, unit in self.layout.seats(start, stop):
            person = someone(self.layout, number, unit)
            register = register_entry(self.layout, person)
            state = self._person(Campaign.STATE, person, self._state_posts(person))
            party = (
                self._person(Campaign.PARTY, person, self._party_posts(person)) if person.in_party else None
            )
            yield PersonEntries(register, state, party)

    def _state_organisation(self, unit: Unit) -> Entry:
        service = unit.kind.sector is Sector.SERVICE
        ruleset = self.law.service if service else self.law.administration
        place = _Place(Campaign.STATE, unit.id, unit.parent, unit.name, unit.below, unit.size)
        return self._organisation(place, unit, ruleset)

    def _party_organisations(self, units: Sequence[Unit]) -> Iterator[Entry]:
        """The committees and cells of a block: a cell in every unit, under the nearest committee."""
        members: Counter[str] = Counter()
        for unit in units:
            members[unit.committee] += party_members(unit)
        ruleset = self.law.party_organisation
        for unit in units:
            committee = committee_id(unit.committee)
            if unit.kind.committee:
                superior = None if unit.superior is None else committee_id(unit.superior)
                name = f"Đảng bộ {unit.name}"
                place = _Place(Campaign.PARTY, committee, superior, name, unit.below + 1, members[unit.id])
                yield self._organisation(place, unit, ruleset)
            name = f"Chi bộ {unit.name}"
            place = _Place(Campaign.PARTY, cell_id(unit.id), committee, name, 0, party_members(unit))
            yield self._organisation(place, unit, ruleset)

    def _organisation(self, place: _Place, unit: Unit, ruleset: str | None) -> Entry:
        data: Facts = {
            "id": place.id,
            "parent": place.parent,
            "name": place.name,
            "level": unit.kind.level,
            "kind": unit.kind_name,
            "ruleset": ruleset,
            "facts": None,
        }
        if ruleset is None:
            return Entry(data)
        key = f"{place.campaign}/{place.id}"
        draws = Draws(f"{self.seed}/{key}")
        fate = draws.share()
        year = unit_year(self.seed, unit.id)
        facts = OF_ORGANISATION[ruleset](Judged(unit, year, place.below, place.members, self.on, draws))
        planted = self._plant(facts, fate, key)
        data["facts"] = facts
        return Entry(
            data, tuple(Mistake(place.campaign, place.id, "", "", ruleset, each) for each in planted)
        )

    def _person(self, campaign: Campaign, person: Someone, posts: list[_Seat]) -> Entry:
        written: list[Facts] = []
        mistakes: list[Mistake] = []
        copies = 1
        for seat in posts:
            fate = person.draws.share()
            held = Held(
                person,
                seat.unit,
                seat.role,
                len(posts),
                unit_year(self.seed, seat.unit.id),
                self.on,
                person.draws,
            )
            facts = OF_PERSON[seat.ruleset](held, seat.group)
            organisation = seat.organisation
            if fate < self.mistakes + self.missing:
                choice = fate / self.mistakes if fate < self.mistakes else 1.0
                # Of somebody with one post alone, so that no other mistake stands twice.
                if choice < _TWICE_SHARE and len(posts) == 1:
                    planted = [Planted(Kind.DUPLICATED_PERSON)]
                    copies = 2
                elif choice < _TWICE_SHARE + _ELSEWHERE_SHARE:
                    planted = [Planted(Kind.UNKNOWN_ORGANISATION)]
                    organisation = f"{seat.organisation}-CŨ"
                else:
                    planted = self._plant(facts, fate, f"{campaign}/{person.number}/{seat.organisation}")
                mistakes += (
                    Mistake(campaign, organisation, person.id, seat.role, seat.ruleset, each)
                    for each in planted
                )
            written.append(
                {
                    "organisation": organisation,
                    "role": seat.role,
                    "ruleset": seat.ruleset,
                    "facts": facts,
                }
            )
        return Entry({"id": person.id, "name": person.name, "posts": written}, tuple(mistakes), copies)

    def _plant(self, facts: Facts, fate: float, key: str) -> list[Planted]:
        """What is planted in a record whose number of chance is `fate`, 0 to 1."""
        if fate >= self.mistakes + self.missing:
            return []
        draws = Draws(f"{self.seed}/planted/{key}")
        return [spoil(facts, draws) if fate < self.mistakes else leave_out(facts, draws)]

    def _state_posts(self, person: Someone) -> list[_Seat]:
        unit = person.unit
        posts = [self._state_seat(unit, role(person))]
        above = unit.above
        if (
            person.is_head
            and above is not None
            and above.kind.sector is unit.kind.sector
            and person.draws.chance(SECOND_POST_SHARE)
        ):
            posts.append(self._state_seat(above, "deputy"))
        return posts

    def _state_seat(self, unit: Unit, as_: str) -> _Seat:
        leads = as_ != "member"
        if unit.kind.sector is Sector.SERVICE:
            law = self.law.public_employee_manager if leads else self.law.public_employee
            return _Seat(unit, unit.id, as_, "public_employee", law)
        if unit.kind.elected and leads:
            return _Seat(unit, unit.id, as_, "cadre", self.law.cadre)
        law = self.law.civil_servant_leader if leads else self.law.civil_servant
        return _Seat(unit, unit.id, as_, "civil_servant", law)

    def _party_posts(self, person: Someone) -> list[_Seat]:
        """A seat in the cell; the head of a unit over which a committee stands is its secretary too."""
        unit, as_ = person.unit, role(person)
        leads = as_ != "member"
        group = (
            "party_individual" if leads and self.law.party_leader != self.law.party_member else "party_member"
        )
        law = self.law.party_leader if leads else self.law.party_member
        posts = [_Seat(unit, cell_id(unit.id), as_, group, law)]
        if person.is_head and unit.kind.committee:
            posts.append(_Seat(unit, committee_id(unit.id), "head", group, law))
        return posts


class _Place(NamedTuple):
    """An organisation in a campaign: under whom, how many are directly below it, and how many are in it."""

    campaign: Campaign
    id: str
    parent: str | None
    name: str
    below: int
    members: int


class _Seat(NamedTuple):
    """A post in a campaign: of which unit, in which organisation of the campaign, and how it is judged."""

    unit: Unit
    organisation: str
    role: str
    group: str
    ruleset: str


def cell_id(unit: str) -> str:
    """The id of the Party cell of a unit."""
    return f"C-{unit}"


def committee_id(unit: str) -> str:
    """The id of the Party committee that stands over a unit."""
    return f"D-{unit}"
