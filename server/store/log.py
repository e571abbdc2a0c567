"""The decision log: append-only, chained by hash, committed in groups.

A commit costs a write to the disk, whatever it holds. So one thread commits, and what arrives while it does
is committed together next. Under load (the last commit held more than one call's decisions) the next one
waits a little for company; a caller who is alone never waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select

from server.limits import COMMIT_WINDOW_SECONDS
from server.store.chain import GENESIS, Link, chain_hash, seal_record, seal_verdict
from server.store.database import reading, writing
from server.store.errors import DecisionNotFoundError
from server.store.tables import decisions


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision that is to be logged; `record` is JSON, `verdict` canonical JSON, `salt` 16 random bytes."""

    decision_id: str
    ruleset_digest: str
    subject_ref: str
    record: bytes
    verdict: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision as the log has it; times are microseconds since 1970-01-01 UTC."""

    entry: Entry
    position: int
    logged_at_micros: int
    chain_hash: bytes


class DecisionLog:
    """The log in one database. Appending belongs to the event loop; reading is blocking."""

    def __init__(
        self,
        engine: Engine,
        now_micros: Callable[[], int],
        *,
        window_seconds: float = COMMIT_WINDOW_SECONDS,
    ) -> None:
        self._engine = engine
        self._now_micros = now_micros
        self._window_seconds = window_seconds
        self._writer = ThreadPoolExecutor(1, "decision-log")
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._calls_in_last_commit = 1

    async def append(self, entries: Sequence[Entry]) -> None:
        """Log decisions, together and in this order; they are on the disk when this returns.

        Raises:
            StoreUnavailableError: nothing of it was logged.
        """
        loop = asyncio.get_running_loop()
        committed = loop.create_future()
        self._waiting.append((entries, committed))
        if self._committing is None:
            self._committing = loop.create_task(self._commit_all())
        await committed

    def read(self, decision_id: str) -> LoggedDecision:
        """The decision with this id.

        Raises:
            DecisionNotFoundError: there is none.
            StoreUnavailableError: the database cannot be used.
        """
        with reading(self._engine) as connection:
            row = connection.execute(
                select(decisions).where(decisions.c.decision_id == decision_id)
            ).one_or_none()
        if row is None:
            raise DecisionNotFoundError("no decision has this id")
        entry = Entry(**{name: getattr(row, name) for name in Entry.__slots__})
        return LoggedDecision(entry, row.position, row.logged_at_micros, row.chain_hash)

    async def close(self) -> None:
        """Commit what waits, and stop the thread. Nothing may be appended any more."""
        if self._committing is not None:
            await self._committing
        self._writer.shutdown()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            if self._calls_in_last_commit > 1:
                await asyncio.sleep(self._window_seconds)
            # A caller who has gone away meanwhile gets no decision logged that nobody has seen.
            calls = [(entries, committed) for entries, committed in self._waiting if not committed.done()]
            self._waiting = []
            self._calls_in_last_commit = len(calls)
            group = [entry for entries, _ in calls for entry in entries]
            try:
                await loop.run_in_executor(self._writer, self._write, group)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the callers' answer
                failure: Exception | None = error
            else:
                failure = None
            for _, committed in calls:
                if committed.done():
                    continue
                if failure is None:
                    committed.set_result(None)
                else:
                    committed.set_exception(failure)
        self._committing = None

    def _write(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        newest = (
            select(decisions.c.position, decisions.c.chain_hash)
            .order_by(decisions.c.position.desc())
            .limit(1)
        )
        with writing(self._engine) as connection:
            position, previous = connection.execute(newest).one_or_none() or (0, GENESIS)
            now = self._now_micros()
            rows = []
            for entry in entries:
                position += 1
                row = _row(entry, position, now, previous)
                rows.append(row)
                previous = row["chain_hash"]
            connection.execute(insert(decisions), rows)


def _row(entry: Entry, position: int, now: int, previous: bytes) -> dict[str, Any]:
    record_seal = seal_record(entry.salt, entry.record, entry.subject_ref)
    verdict_seal = seal_verdict(entry.salt, entry.verdict)
    link = Link(position, entry.decision_id, now, entry.ruleset_digest, record_seal, verdict_seal)
    return {
        "position": position,
        "decision_id": entry.decision_id,
        "logged_at_micros": now,
        "ruleset_digest": entry.ruleset_digest,
        "subject_ref": entry.subject_ref,
        "record": entry.record,
        "verdict": entry.verdict,
        "salt": entry.salt,
        "record_seal": record_seal,
        "verdict_seal": verdict_seal,
        "previous_hash": previous,
        "chain_hash": chain_hash(previous, link),
    }
