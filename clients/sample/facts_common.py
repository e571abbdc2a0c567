"""What the records of several rulesets have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from clients.sample.draws import Draws
from clients.sample.layout import Unit
from clients.sample.people import Aim, Cause, Someone, UnitYear

T = TypeVar("T")

Facts = dict[str, object]

HALVES: Final[tuple[int | Decimal, ...]] = tuple(
    Decimal(number) / 2 if number % 2 else number // 2 for number in range(141)
)
"""0 to 70 in halves, whole ones as `int`."""


class Held(NamedTuple):
    """A post that is judged.

    Attributes:
        person: who holds it.
        unit: where.
        role: head, deputy or member, as a campaign calls it.
        posts: how many posts they hold in this campaign.
        year: how the year of the unit went.
        on: the day of the evaluation; the year judged is its year.
        draws: for the facts.
    """

    person: Someone
    unit: Unit
    role: str
    posts: int
    year: UnitYear
    on: date
    draws: Draws

    @property
    def leads(self) -> bool:
        """Whether it is a leading post."""
        return self.role != "member"

    @property
    def fails(self) -> bool:
        """Whether it is for results that the year is not completed."""
        return self.person.aim is Aim.NOT_COMPLETED and self.person.cause is Cause.RESULTS

    @property
    def results(self) -> Aim:
        """The class that the results are made for: of somebody disciplined or degraded they may be good."""
        aim = self.person.aim
        return Aim.GOOD if aim is Aim.NOT_COMPLETED and not self.fails else aim


class Judged(NamedTuple):
    """An organisation that is judged.

    Attributes:
        unit: the unit, or the one whose Party cell or committee it is.
        year: how its year went.
        below: how many organisations are directly below it.
        members: how many people are in it.
        on: the day of the evaluation.
        draws: for the facts.
    """

    unit: Unit
    year: UnitYear
    below: int
    members: int
    on: date
    draws: Draws


def by_aim(not_completed: T, completed: T, good: T, excellent: T) -> tuple[T, T, T, T]:
    """A table from aims: a tuple, since an aim is a number, and to hash one costs more than all else here."""
    return not_completed, completed, good, excellent


def points(draws: Draws, low: int, high: int) -> int | Decimal:
    """Points, to the half; 0 to 70."""
    return HALVES[draws.between(2 * low, 2 * high)]


def part(draws: Draws, whole: int, low: int, high: int) -> int:
    """How many of `whole`: between `low` and `high` percent, rounded down."""
    return whole * draws.between(low, high) // 100


def disciplined(held: Held, fields: Sequence[str]) -> list[Facts]:
    """The decisions on the person of a post, as a ruleset with these fields has them."""
    return [{field: _FIELDS[field](decision) for field in fields} for decision in held.person.discipline]


_FIELDS: Final = {
    "decided_on": lambda d: d.decided_on.isoformat(),
    "form": lambda d: d.form,
    "kind": lambda d: d.kind,
    "act_id": lambda d: d.act_id,
    "used_in_year": lambda d: d.used_in_year,
    "in_duty": lambda d: d.on_duty,
    "related_to_public_duty": lambda d: d.on_duty,
}


def peers(held: Held, *, outstanding: bool) -> Facts:
    """What the share of excellent ratings is reckoned by."""
    facts: Facts = {"unit_id": held.unit.id, "peer_group": "leaders" if held.leads else "staff"}
    if outstanding:
        facts["unit_outstanding"] = held.year.outstanding
    return facts


def degraded(held: Held) -> bool:
    """Whether the competent authority concluded on degradation."""
    return held.person.aim is Aim.NOT_COMPLETED and held.person.cause is Cause.DEGRADATION
