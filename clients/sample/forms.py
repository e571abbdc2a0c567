"""The lines of a sample as bytes: JSON Lines, or tables of one row a record."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

import orjson

from clients.sample.facts_common import HALVES, Facts
from clients.sample.province import Campaign, Entry, Mistake, Sample
from clients.sample.reader import ORGANISATIONS, PERSONS
from engine.ruleset.ruleset import Ruleset

OTHER: Final = "other"
"""The last column of a table of records: as JSON, what no column is for, such as a fact that is misspelt."""
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which spreadsheets see that a file is UTF-8
_DECIMALS: Final = {half: orjson.Fragment(str(half)) for half in HALVES if isinstance(half, Decimal)}
# All decimals that there are in records, as JSON: to convert each anew takes as long as all else of writing.


class Format(StrEnum):
    """How a sample is written."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(slots=True)
class Part:
    """Some lines of the files of a sample.

    Attributes:
        lines: by the name of the file.
        headers: by the name of a file, the line that it begins with.
        planted: how many mistakes of each kind are among them.
    """

    lines: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    headers: dict[str, bytes] = field(default_factory=dict)
    planted: Counter[str] = field(default_factory=Counter)


class Form(Protocol):
    """A way to write a sample."""

    def files(self) -> tuple[str, ...]:
        """The files that there are in any case."""

    def register(self, part: Part, data: Facts) -> None:
        """Add a person of the register."""

    def organisation(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add an organisation."""

    def person(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add a person with their posts."""

    def mistake(self, part: Part, data: Facts) -> None:
        """Add a mistake to the list of them."""


def organisations_part(sample: Sample, form: Form, campaign: Campaign) -> Part:
    """The organisations of a campaign."""
    part = Part()
    for entry in sample.organisations(campaign):
        form.organisation(part, campaign, entry)
        _add_mistakes(part, form, entry)
    return part


def persons_part(sample: Sample, form: Form, start: int, stop: int) -> Part:
    """The people with these numbers, in all files."""
    part = Part()
    for person in sample.persons(start, stop):
        form.register(part, person.register)
        form.person(part, Campaign.STATE, person.state)
        _add_mistakes(part, form, person.state)
        if person.party is not None:
            form.person(part, Campaign.PARTY, person.party)
            _add_mistakes(part, form, person.party)
    return part


def _add_mistakes(part: Part, form: Form, entry: Entry) -> None:
    for mistake in entry.mistakes:
        part.planted[mistake.planted.kind.value] += 1
        form.mistake(part, mistake_data(mistake))


def mistake_data(mistake: Mistake) -> Facts:
    """A planted mistake as it stands in the file of them."""
    return {
        "campaign": mistake.campaign,
        "organisation": mistake.organisation,
        "person": mistake.person or None,
        "role": mistake.role or None,
        "ruleset": mistake.ruleset,
        "kind": mistake.planted.kind,
        "path": mistake.planted.path or None,
        "effect": mistake.planted.effect,
    }


class JsonLines:
    """JSON Lines: the files that `read_campaign` reads, the register and the mistakes."""

    def files(self) -> tuple[str, ...]:
        """The files that there are in any case: all."""
        of_campaigns = (f"{campaign}/{name}" for campaign in Campaign for name in (ORGANISATIONS, PERSONS))
        return (*of_campaigns, "people.jsonl", "mistakes.jsonl")

    def register(self, part: Part, data: Facts) -> None:
        """Add a person of the register."""
        part.lines["people.jsonl"].append(_json_line(data))

    def organisation(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add an organisation."""
        part.lines[f"{campaign}/{ORGANISATIONS}"].append(_json_line(entry.data))

    def person(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add a person with their posts."""
        part.lines[f"{campaign}/{PERSONS}"] += [_json_line(entry.data)] * entry.copies

    def mistake(self, part: Part, data: Facts) -> None:
        """Add a mistake to the list of them."""
        part.lines["mistakes.jsonl"].append(_json_line(data))


def _json_line(data: Facts) -> bytes:
    return orjson.dumps(data, default=_DECIMALS.__getitem__, option=orjson.OPT_APPEND_NEWLINE)


def columns_of(ruleset: Ruleset) -> tuple[str, ...]:
    """The columns of a table of records: a fact each, of a record its fields, as ``tasks.done``."""
    columns: list[str] = []
    for name, fact in ruleset.facts.items():
        inner = fact.declared.fields if fact.declared.kind == "record" else None
        columns += [name] if not inner else [f"{name}.{field}" for field in inner]
    return tuple(columns)


@dataclass(frozen=True)
class Tables:
    """CSV: in each campaign the organisations, and a table of records for each ruleset.

    Attributes:
        columns: by the id of a ruleset, those of its table.
    """

    columns: Mapping[str, Sequence[str]]

    def files(self) -> tuple[str, ...]:
        """The files that there are in any case: none, since a table without rows has no columns either."""
        return ()

    def register(self, part: Part, data: Facts) -> None:
        """Add a person of the register."""
        _add_row(part, "people.csv", data)

    def organisation(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add an organisation, and its record if it has one."""
        place = dict(entry.data)
        facts = place.pop("facts")
        _add_row(part, f"{campaign}/organisations.csv", place)
        if isinstance(facts, dict):
            self._add_record(part, campaign, {"organisation": place["id"]}, str(place["ruleset"]), facts)

    def person(self, part: Part, campaign: Campaign, entry: Entry) -> None:
        """Add the records of a person."""
        posts = entry.data["posts"]
        for post in (posts if isinstance(posts, list) else []) * entry.copies:
            about = {
                "person": entry.data["id"],
                "name": entry.data["name"],
                "organisation": post["organisation"],
                "role": post["role"],
            }
            self._add_record(part, campaign, about, post["ruleset"], post["facts"])

    def mistake(self, part: Part, data: Facts) -> None:
        """Add a mistake to the list of them."""
        _add_row(part, "mistakes.csv", data)

    def _add_record(self, part: Part, campaign: Campaign, about: Facts, ruleset: str, facts: Facts) -> None:
        flat: Facts = {}
        for name, value in facts.items():
            if isinstance(value, dict):
                flat.update({f"{name}.{inner}": each for inner, each in value.items()})
            else:
                flat[name] = value
        cells = {column: flat.pop(column, None) for column in self.columns[ruleset]}
        _add_row(part, f"{campaign}/{ruleset}.csv", {**about, **cells, OTHER: flat or None})


class _Echo:
    """A file that gives back what is written, which `csv.writer` then answers."""

    def write(self, text: str) -> str:
        return text


_csv: Final = csv.writer(_Echo())


def _add_row(part: Part, name: str, data: Facts) -> None:
    if name not in part.headers:
        part.headers[name] = (_BOM + _csv.writerow(data)).encode()
    part.lines[name].append(_csv.writerow([_cell(value) for value in data.values()]).encode())


def _cell(value: object) -> object:
    """A value as a cell: nothing for none, and JSON for a list or record."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return orjson.dumps(value, default=_DECIMALS.__getitem__).decode()
    return value
