"""Writing a sample into a folder, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import orjson

from clients.sample.facts_common import Facts
from clients.sample.province import Campaign, Entry, Mistake, Sample
from clients.sample.reader import ORGANISATIONS, PERSONS
from clients.sample.tables import Tables

MANIFEST: Final = "sample.json"
"""Written last: a folder without it is not whole."""
_TELL_EVERY: Final = 10_000


class Format(StrEnum):
    """How a sample is written."""

    JSONL = "jsonl"
    CSV = "csv"


class FolderInUseError(Exception):
    """The folder has something in it already, which nothing is written over."""


@dataclass(slots=True)
class Written:
    """How much was written: lines by file, and what was planted by kind."""

    lines: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)

    def count(self, name: str) -> None:
        """One more line of a file."""
        self.lines[name] = self.lines.get(name, 0) + 1


def write_sample(
    sample: Sample,
    folder: Path,
    *,
    columns: Mapping[str, Sequence[str]] | None = None,
    tell: Callable[[int], None] | None = None,
) -> Written:
    """Write a sample, as JSON Lines or as tables.

    Args:
        sample: what to make.
        folder: where; made if it is missing.
        columns: by the id of each ruleset of the sample the columns of its table, to write CSV; None for JSON Lines.
        tell: called now and then with the number of people written.

    Raises:
        FolderInUseError: the folder is not empty.
        OSError: something cannot be written; what was written stays, without the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderInUseError(f"{folder} is not empty: choose a new folder")
    for campaign in Campaign:
        (folder / campaign).mkdir()
    written = Written()
    with ExitStack() as stack:
        out: _Out = (
            _Lines(folder, stack, written) if columns is None else _Tables(folder, stack, columns, written)
        )
        for campaign in Campaign:
            for entry in sample.organisations(campaign):
                out.organisation(campaign, entry)
                _tell_mistakes(out, entry, written)
        for number, person in enumerate(sample.persons(), 1):
            out.register(person.register)
            for campaign, post in ((Campaign.STATE, person.state), (Campaign.PARTY, person.party)):
                if post is not None:
                    out.person(campaign, post)
                    _tell_mistakes(out, post, written)
            if tell is not None and number % _TELL_EVERY == 0:
                tell(number)
    manifest = orjson.dumps(_manifest(sample, written), option=orjson.OPT_INDENT_2)
    (folder / MANIFEST).write_bytes(manifest + b"\n")
    return written


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


class _Out(Protocol):
    """Where the parts of a sample go."""

    def register(self, data: Facts) -> None: ...
    def organisation(self, campaign: Campaign, entry: Entry) -> None: ...
    def person(self, campaign: Campaign, entry: Entry) -> None: ...
    def mistake(self, data: Facts) -> None: ...


class _Lines:
    """JSON Lines: the files that `read_campaign` reads, the register and the mistakes."""

    def __init__(self, folder: Path, stack: ExitStack, written: Written) -> None:
        self._written = written
        self._files: dict[str, BinaryIO] = {}
        names = (f"{campaign}/{name}" for campaign in Campaign for name in (ORGANISATIONS, PERSONS))
        for name in (*names, "people.jsonl", "mistakes.jsonl"):
            self._files[name] = stack.enter_context((folder / name).open("wb"))
            written.lines[name] = 0

    def register(self, data: Facts) -> None:
        self._line("people.jsonl", data)

    def organisation(self, campaign: Campaign, entry: Entry) -> None:
        self._line(f"{campaign}/{ORGANISATIONS}", entry.data)

    def person(self, campaign: Campaign, entry: Entry) -> None:
        for _ in range(entry.copies):
            self._line(f"{campaign}/{PERSONS}", entry.data)

    def mistake(self, data: Facts) -> None:
        self._line("mistakes.jsonl", data)

    def _line(self, name: str, data: Facts) -> None:
        self._files[name].write(orjson.dumps(data, default=float, option=orjson.OPT_APPEND_NEWLINE))
        self._written.count(name)


class _Tables:
    """CSV: in each campaign the organisations, and a table of records for each ruleset."""

    def __init__(
        self, folder: Path, stack: ExitStack, columns: Mapping[str, Sequence[str]], written: Written
    ) -> None:
        self._tables = Tables(folder, stack, columns)
        self._written = written

    def register(self, data: Facts) -> None:
        self._line("people.csv", data)

    def organisation(self, campaign: Campaign, entry: Entry) -> None:
        place = dict(entry.data)
        facts = place.pop("facts")
        self._line(f"{campaign}/organisations.csv", place)
        if isinstance(facts, dict):
            self._record(campaign, {"organisation": place["id"]}, str(place["ruleset"]), facts)

    def person(self, campaign: Campaign, entry: Entry) -> None:
        posts = entry.data["posts"]
        for post in (posts if isinstance(posts, list) else []) * entry.copies:
            key = {"person": entry.data["id"], "name": entry.data["name"]}
            self._record(
                campaign,
                {**key, "organisation": post["organisation"], "role": post["role"]},
                post["ruleset"],
                post["facts"],
            )

    def mistake(self, data: Facts) -> None:
        self._line("mistakes.csv", data)

    def _line(self, name: str, data: Facts) -> None:
        self._tables.line(name, data)
        self._written.count(name)

    def _record(self, campaign: Campaign, key: Facts, ruleset: str, facts: Facts) -> None:
        name = f"{campaign}/{ruleset}.csv"
        self._tables.record(name, key, ruleset, facts)
        self._written.count(name)


def _tell_mistakes(out: _Out, entry: Entry, written: Written) -> None:
    for mistake in entry.mistakes:
        kind = mistake.planted.kind.value
        written.planted[kind] = written.planted.get(kind, 0) + 1
        out.mistake(mistake_data(mistake))


def _manifest(sample: Sample, written: Written) -> Facts:
    return {
        "people": sample.people,
        "seed": sample.seed,
        "on": sample.on.isoformat(),
        "mistakes": sample.mistakes,
        "missing": sample.missing,
        "lines": dict(sorted(written.lines.items())),
        "planted": dict(sorted(written.planted.items())),
    }
