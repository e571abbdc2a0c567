"""The work of an impact on a file of records: read line by line, judged by several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from engine import loads
from engine.impact import CHUNK, Foreseer, Part, Subject
from engine.records import RecordTextError, parse_record

_ENVELOPE = frozenset({"ruleset", "evaluated_on", "subject", "facts"})
_AHEAD = 4  # chunks for each process that are read before their turn


class Line(NamedTuple):
    """A line of a file of records, and its number, from 1."""

    number: int
    text: bytes


class LineError(Exception):
    """A line is no record; the text says which and why, without quoting it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of every record.

    Attributes:
        draft: the text of the draft.
        against: the text of the rules in force.
        by: the path of the fact that tells groups apart, or empty.
        on: the date of evaluation of records that do not say their own.
    """

    draft: str
    against: str
    by: str
    on: date

    def foreseer(self) -> Foreseer:
        """What does it."""
        return Foreseer(loads(self.draft), loads(self.against), by=self.by)

    def subject(self, line: Line) -> Subject:
        """The record of a line: facts alone, or beside `evaluated_on` and `subject`, by which it is then called.

        Raises:
            LineError: it is none.
        """
        try:
            content = parse_record(line.text)
            facts, day = content.get("facts"), content.get("evaluated_on")
            if isinstance(facts, dict) and content.keys() <= _ENVELOPE:
                on = self.on if day is None else date.fromisoformat(str(day))
                return Subject(str(content.get("subject") or line.number), facts, on)
        except (RecordTextError, ValueError) as error:
            what = error if isinstance(error, RecordTextError) else "evaluated_on is no date"
            raise LineError(f"record {line.number}: {what}") from None
        return Subject(str(line.number), content, self.on)


def lines_of(path: Path) -> Iterator[Line]:
    """The lines of a file that are not blank, numbered among themselves.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        yield from (
            Line(number, text) for number, text in enumerate((each for each in file if each.strip()), 1)
        )


def parts_of(work: Work, lines: Iterable[Line], done: int, processes: int) -> Iterator[Part]:
    """The parts of the lines after the first `done`, in their order, made by so many processes.

    Raises:
        LineError: a line is no record.
    """
    chunks = _chunks(islice(lines, done, None))
    if processes == 1:
        _prepare(work)
        yield from map(_part, chunks)
        return
    context = multiprocessing.get_context("spawn")  # what this process holds open is no business of theirs
    with ProcessPoolExecutor(processes, context, _prepare, (work,)) as pool:
        ahead: deque[Future[Part]] = deque()
        try:
            for chunk in chunks:
                ahead.append(pool.submit(_part, chunk))
                if len(ahead) >= processes * _AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _chunks(lines: Iterator[Line]) -> Iterator[tuple[Line, ...]]:
    while chunk := tuple(islice(lines, CHUNK)):
        yield chunk


_ready: dict[str, tuple[Work, Foreseer]] = {}


def _prepare(work: Work) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the pool
        # A pool whose parent was killed would wait for its next chunk for ever.
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    _ready["work"] = work, work.foreseer()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _part(chunk: tuple[Line, ...]) -> Part:
    work, foreseer = _ready["work"]
    return foreseer.part([work.subject(line) for line in chunk], chunk[-1].number)
