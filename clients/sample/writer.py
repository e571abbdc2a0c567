"""Writing a sample into a folder, in flat memory, by one process or several."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from clients.sample.facts_common import Facts
from clients.sample.forms import Form, JsonLines, Part, organisations_part, persons_part
from clients.sample.province import Campaign, Sample

MANIFEST: Final = "sample.json"
"""Written last: a folder without it is not whole."""
_PEOPLE_IN_PART: Final = 2_000
"""So many people are in memory at once, some 3 MB; each process more has two such parts under way."""


class FolderInUseError(Exception):
    """The folder has something in it already, which nothing is written over."""


@dataclass(slots=True)
class Written:
    """How much was written: lines by file, headers not counted, and what was planted by kind."""

    lines: dict[str, int] = field(default_factory=dict)
    planted: Counter[str] = field(default_factory=Counter)


def write_sample(
    sample: Sample,
    folder: Path,
    *,
    form: Form | None = None,
    processes: int = 1,
    tell: Callable[[int], None] | None = None,
) -> Written:
    """Write a sample.

    Args:
        sample: what to make.
        folder: where; made if it is missing.
        form: how; left out, as JSON Lines.
        processes: by how many, 1 and more; what is written is the same.
        tell: called now and then with the number of people written.

    Raises:
        FolderInUseError: the folder is not empty.
        OSError: something cannot be written; what was written stays, without the manifest.
    """
    form = form if form is not None else JsonLines()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderInUseError(f"{folder} is not empty: choose a new folder")
    for campaign in Campaign:
        (folder / campaign).mkdir()
    with ExitStack() as stack:
        files = _Files(folder, stack)
        for name in form.files():
            files.begin(name, b"")
        for campaign in Campaign:
            files.add(organisations_part(sample, form, campaign))
        parts = _parts(sample, form) if processes == 1 else _parts_of_several(sample, form, processes)
        for number, part in enumerate(parts, 1):
            files.add(part)
            if tell is not None:
                tell(min(number * _PEOPLE_IN_PART, sample.people))
    manifest = orjson.dumps(_manifest(sample, files.written), option=orjson.OPT_INDENT_2)
    (folder / MANIFEST).write_bytes(manifest + b"\n")
    return files.written


def _parts(sample: Sample, form: Form) -> Iterator[Part]:
    for start in range(0, sample.people, _PEOPLE_IN_PART):
        yield persons_part(sample, form, start, start + _PEOPLE_IN_PART)


def _parts_of_several(sample: Sample, form: Form, processes: int) -> Iterator[Part]:
    """The same parts in the same order; no more are made ahead than the processes need."""
    # Processes that begin anew: a copy of one that has threads, as gRPC's, may hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[Part]] = deque()
        for start in range(0, sample.people, _PEOPLE_IN_PART):
            ahead.append(pool.submit(persons_part, sample, form, start, start + _PEOPLE_IN_PART))
            if len(ahead) >= 2 * processes:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


class _Files:
    """The files of a sample, all open until the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.written = Written()
        self._folder = folder
        self._stack = stack
        self._files: dict[str, BinaryIO] = {}

    def begin(self, name: str, header: bytes) -> None:
        """Open a file and write what it begins with."""
        self._files[name] = self._stack.enter_context((self._folder / name).open("wb"))
        self._files[name].write(header)
        self.written.lines[name] = 0

    def add(self, part: Part) -> None:
        """Write the lines of a part."""
        for name, lines in part.lines.items():
            if name not in self._files:
                self.begin(name, part.headers.get(name, b""))
            self._files[name].writelines(lines)
            self.written.lines[name] += len(lines)
        self.written.planted.update(part.planted)


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
