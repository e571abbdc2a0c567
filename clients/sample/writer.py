"""Writing a sample into a folder, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from clients.sample.facts_common import Facts
from clients.sample.province import Campaign, Entry, Mistake, Sample
from clients.sample.reader import ORGANISATIONS, PERSONS

MANIFEST: Final = "sample.json"
"""Written last: a folder without it is not whole."""
REGISTER: Final = "people.jsonl"
MISTAKES: Final = "mistakes.jsonl"
_TELL_EVERY: Final = 10_000


class FolderInUseError(Exception):
    """The folder has something in it already, which nothing is written over."""


@dataclass(slots=True)
class Written:
    """How much was written: lines by file, and what was planted by kind."""

    lines: dict[str, int] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)


def write_sample(sample: Sample, folder: Path, *, tell: Callable[[int], None] | None = None) -> Written:
    """Write a sample as JSON Lines.

    Args:
        sample: what to make.
        folder: where; made if it is missing.
        tell: called now and then with the number of people written.

    Raises:
        FolderInUseError: the folder is not empty.
        OSError: something cannot be written; what was written stays, without the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderInUseError(f"{folder} is not empty: choose a new folder")
    with ExitStack() as stack:
        out = _Files(folder, stack)
        for campaign in Campaign:
            for entry in sample.organisations(campaign):
                out.entry(f"{campaign}/{ORGANISATIONS}", entry)
        for number, person in enumerate(sample.persons(), 1):
            out.line(REGISTER, person.register)
            out.entry(f"{Campaign.STATE}/{PERSONS}", person.state)
            if person.party is not None:
                out.entry(f"{Campaign.PARTY}/{PERSONS}", person.party)
            if tell is not None and number % _TELL_EVERY == 0:
                tell(number)
    (folder / MANIFEST).write_bytes(
        orjson.dumps(_manifest(sample, out.written), option=orjson.OPT_INDENT_2) + b"\n"
    )
    return out.written


class _Files:
    """The files of a sample, all open until the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.written = Written()
        self._files: dict[str, BinaryIO] = {}
        names = (f"{campaign}/{name}" for campaign in Campaign for name in (ORGANISATIONS, PERSONS))
        for name in (*names, REGISTER, MISTAKES):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            self._files[name] = stack.enter_context(path.open("wb"))
            self.written.lines[name] = 0

    def line(self, name: str, data: Facts) -> None:
        self._files[name].write(orjson.dumps(data, default=float, option=orjson.OPT_APPEND_NEWLINE))
        self.written.lines[name] += 1

    def entry(self, name: str, entry: Entry) -> None:
        for _ in range(entry.copies):
            self.line(name, entry.data)
        self._mistakes(entry.mistakes)

    def _mistakes(self, mistakes: Iterable[Mistake]) -> None:
        for mistake in mistakes:
            kind = mistake.planted.kind.value
            self.written.planted[kind] = self.written.planted.get(kind, 0) + 1
            self.line(MISTAKES, mistake_data(mistake))


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


def _manifest(sample: Sample, written: Written) -> Facts:
    return {
        "people": sample.people,
        "seed": sample.seed,
        "on": sample.on.isoformat(),
        "mistakes": sample.mistakes,
        "missing": sample.missing,
        "lines": written.lines,
        "planted": dict(sorted(written.planted.items())),
    }
