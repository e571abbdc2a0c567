"""The decision log beside a file: the same bytes appended, and brought to the disk as often."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from bench import hr
from engine import evaluate
from server.ids import uuid7
from server.personal.masters import MasterKeys
from server.personal.vault import Vault
from server.record_text import record_text
from server.store import Entry, open_database, prepare
from server.store.writer import LogWriter

GROUP: Final = 500  # decisions of a commit
GROUPS: Final = 8  # of a round
_numbers: Final = count()


def speeds(rounds: int, location: str = "") -> tuple[float, float]:
    """Decisions a second that the log takes, and that a file takes with fdatasync after each group.

    Args:
        rounds: of each side, in turn.
        location: of the store; left out, an SQLite file.
    """
    entries = _entries()
    lines = [each.record + each.verdict + b"\n" for each in entries]
    groups = range(GROUPS)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "lines").open("ab", buffering=0) as file:
        database = open_database(location or Path(folder) / "store.sqlite3")
        prepare(database)
        writer = LogWriter(database, _now, Vault(MasterKeys(), os.urandom))

        def log() -> None:
            for _ in groups:
                writer.write([each._replace(decision_id=_id()) for each in entries])

        def append() -> None:
            for _ in groups:
                file.write(b"".join(lines))
                os.fdatasync(file.fileno())

        log()
        append()
        taken = [(_seconds(log), _seconds(append)) for _ in range(rounds)]
        writer.close()
        database.dispose()
    rows = GROUP * GROUPS
    return rows / statistics.median(log for log, _ in taken), rows / statistics.median(b for _, b in taken)


def _entries() -> Sequence[Entry]:
    ruleset = hr.ruleset()
    entries = []
    for record in map(hr.stated, hr.records(GROUP)):
        verdict = evaluate(ruleset, record, evaluated_on=hr.ASSESSED_ON)
        entries.append(
            Entry(
                decision_id="",
                ruleset_digest=ruleset.digest,
                subject_ref="",
                record=record_text(record),
                verdict=verdict.canonical(),
                salt=os.urandom(16),
                status=verdict.status,
                outcome=verdict.outcome or "",
            )
        )
    return entries


def _now() -> int:
    return time.time_ns() // 1_000


def _id() -> str:
    return uuid7(_now(), next(_numbers).to_bytes(10, "big"))


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
