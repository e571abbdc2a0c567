"""Mistakes put into records on purpose, and facts left out, each told to who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from clients.sample.draws import Draws
from clients.sample.facts_common import Facts


class Effect(StrEnum):
    """What is to become of a record."""

    REFUSED = "refused"
    """The record is not usable: a violation names the place."""
    FLAGGED = "flagged"
    """It is judged, and the verdict says that its figures do not agree."""
    REPORTED = "reported"
    """The campaign has a problem that names it."""
    UNKNOWN = "unknown"
    """It is judged with this fact not known."""


class Kind(StrEnum):
    """What is wrong."""

    TEXT_FOR_NUMBER = "text_for_number"
    UNKNOWN_WORD = "unknown_word"
    IMPOSSIBLE_DATE = "impossible_date"
    OUT_OF_RANGE = "out_of_range"
    NEGATIVE_COUNT = "negative_count"
    MISSPELT_FACT = "misspelt_fact"
    MORE_DONE_THAN_TOTAL = "more_done_than_total"
    DUPLICATED_PERSON = "duplicated_person"
    UNKNOWN_ORGANISATION = "unknown_organisation"
    MISSING = "missing"


EFFECTS: Final[Mapping[Kind, Effect]] = {
    Kind.MORE_DONE_THAN_TOTAL: Effect.FLAGGED,
    Kind.DUPLICATED_PERSON: Effect.REPORTED,
    Kind.UNKNOWN_ORGANISATION: Effect.REPORTED,
    Kind.MISSING: Effect.UNKNOWN,
}
"""Of the kinds that are not refused."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake in a record.

    Attributes:
        kind: what is wrong.
        path: of the fact, such as ``tasks.done``; empty where it is not about a fact.
    """

    kind: Kind
    path: str = ""

    @property
    def effect(self) -> Effect:
        """What is to become of the record."""
        return EFFECTS.get(self.kind, Effect.REFUSED)


def leave_out(facts: Facts, draws: Draws) -> Planted:
    """Take a fact, or a part of one, out of a record."""
    name = draws.pick([name for name in facts if name != "subject"])
    value = facts[name]
    if isinstance(value, dict) and draws.chance(0.5):
        inner = draws.pick(list(value))
        facts[name] = {key: each for key, each in value.items() if key != inner}
        return Planted(Kind.MISSING, f"{name}.{inner}")
    del facts[name]
    return Planted(Kind.MISSING, name)


def spoil(facts: Facts, draws: Draws) -> Planted:
    """Put a mistake into a record: one that its facts have a place for."""
    while True:
        planted = draws.pick(_SPOILERS)(facts, draws)
        if planted is not None:
            return planted


def _text_for_number(facts: Facts, draws: Draws) -> Planted | None:
    places = [
        place
        for place in _places(facts)
        if isinstance(place.value, int | Decimal) and not isinstance(place.value, bool)
    ]
    if not places:
        return None
    place = draws.pick(places)
    place.owner[place.name] = draws.pick(("mười hai", "12 tháng", "7,5 điểm", "không rõ", "-"))
    return Planted(Kind.TEXT_FOR_NUMBER, place.path)


_WORDS: Final = {
    "": ("aggregation", "period", "state_class"),
    "general": ("politics", "ethics", "working_style", "organisation"),
    "subject": ("group",),
}


def _unknown_word(facts: Facts, draws: Draws) -> Planted | None:
    places = [
        place
        for place in _places(facts)
        if place.name in _WORDS.get(place.path.rpartition(".")[0], ()) and isinstance(place.value, str)
    ]
    place = draws.pick(places)
    place.owner[place.name] = draws.pick(("khá", "tốt", "n/a", "loại A"))
    return Planted(Kind.UNKNOWN_WORD, place.path)


def _impossible_date(facts: Facts, draws: Draws) -> Planted | None:
    decisions = facts.get("discipline")
    if not isinstance(decisions, list):
        return None
    day = draws.pick(("2024-02-30", "31/12/2024", "2024-13-01", "2023-02-29"))
    facts["discipline"] = [{"decided_on": day, "form": "reprimand", "kind": "party"}, *decisions]
    return Planted(Kind.IMPOSSIBLE_DATE, "discipline[0].decided_on")


_BEYOND: Final = {"months_worked": 13, "absence_months": 31, "assessment_year": 1999, "general_points": 31}


def _out_of_range(facts: Facts, draws: Draws) -> Planted | None:
    names = [name for name in _BEYOND if isinstance(facts.get(name), int | Decimal)]
    if not names:
        return None
    name = draws.pick(names)
    facts[name] = _BEYOND[name]
    return Planted(Kind.OUT_OF_RANGE, name)


_COUNTED: Final = ("tasks", "result_criteria", "targets", "unit_tasks")


def _negative_count(facts: Facts, draws: Draws) -> Planted | None:
    names = [name for name in _COUNTED if name in facts]
    if not names:
        return None
    name = draws.pick(names)
    _record(facts, name)["total"] = -draws.between(1, 20)
    return Planted(Kind.NEGATIVE_COUNT, f"{name}.total")


def _misspelt_fact(facts: Facts, draws: Draws) -> Planted | None:
    name = draws.pick([name for name in facts if name != "subject"])
    wrong = name[:2] + name[3] + name[2] + name[4:] if name[2] != name[3] else name + "_"
    facts[wrong] = facts.pop(name)
    return Planted(Kind.MISSPELT_FACT, wrong)


def _more_done_than_total(facts: Facts, draws: Draws) -> Planted | None:
    products = facts.get("products")
    if isinstance(products, dict):
        products["done"] = products["assigned"] + draws.between(1, 9)
        return Planted(Kind.MORE_DONE_THAN_TOTAL, "products.done")
    if isinstance(products, list) and products:
        products[0]["done"] = products[0]["assigned"] + draws.between(1, 9)
        return Planted(Kind.MORE_DONE_THAN_TOTAL, "products[0].done")
    for name in ("tasks", "targets"):
        if name in facts:
            counts = _record(facts, name)
            counts["done"] = int(str(counts["total"])) + draws.between(1, 9)
            return Planted(Kind.MORE_DONE_THAN_TOTAL, f"{name}.done")
    return None


_SPOILERS: Final[tuple[Callable[[Facts, Draws], Planted | None], ...]] = (
    _text_for_number,
    _unknown_word,
    _impossible_date,
    _out_of_range,
    _negative_count,
    _misspelt_fact,
    _more_done_than_total,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: in which record, under which name, and the path to it."""

    owner: Facts
    name: str
    path: str

    @property
    def value(self) -> object:
        return self.owner[self.name]


def _places(facts: Facts) -> Iterator[_Place]:
    """The places of a record and of the records directly in it; lists are left alone."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from (_Place(value, inner, f"{name}.{inner}") for inner in value)
        elif not isinstance(value, bool):
            yield _Place(facts, name, name)


def _record(facts: Facts, name: str) -> Facts:
    value = facts[name]
    assert isinstance(value, dict)  # noqa: S101 - the makers of facts put records there
    return value
