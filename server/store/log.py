"""The decision log: append-only, chained by hash, committed in groups.

A commit costs a write to the disk, whatever it holds. So one thread commits, and what arrives while it does is
committed together next. Under load (the last commit held more than one call's decisions) the next one waits as
long as more keeps coming, up to a limit; a caller who is alone never waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Engine, select

from server.limits import COMMIT_WINDOW_SECONDS, MAX_COMMIT_WINDOWS
from server.store.database import reading
from server.store.errors import DecisionNotFoundError, StoreUnavailableError
from server.store.rows import Entry, entry_of
from server.store.scopes import EVERYTHING, has_id, within
from server.store.sealing import ALL, Sealing
from server.store.signing import Signing
from server.store.tables import decisions
from server.store.writer import LogWriter


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision as the log has it; times are microseconds since 1970-01-01 UTC."""

    entry: Entry
    position: int
    logged_at_micros: int
    chain_hash: bytes


CommitWatch = Callable[[int], AbstractContextManager[None]]
"""Given how many entries are committed, what is around the commit; an exception passes through it."""


class DecisionLog:
    """The log in one database. Appending and closing belong to the event loop; reading is blocking."""

    def __init__(
        self,
        engine: Engine,
        now_micros: Callable[[], int],
        sealing: Sealing | None = None,
        watch: CommitWatch | None = None,
        signing: Signing | None = None,
    ) -> None:
        """Use a database.

        Args:
            engine: of it.
            now_micros: the clock.
            sealing: what encrypts the entries.
            watch: is told of every commit, in the thread that commits.
            signing: who signs checkpoints, and how often.
        """
        self._engine = engine
        self._watch = watch
        self._sealing = sealing
        self._writer = LogWriter(engine, now_micros, sealing, signing)
        self._thread = ThreadPoolExecutor(1, "decision-log")
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[list[str]]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._crowded = False

    async def append(self, entries: Sequence[Entry]) -> list[str]:
        """Log decisions, together and in this order; they are on the disk when this returns.

        Returns:
            The id of each one's decision: its own, or, where its caller's key of the request is in the log already,
            that of the decision which was logged then.

        Raises:
            StoreUnavailableError: nothing of it was logged.
        """
        if not entries:
            return []
        loop = asyncio.get_running_loop()
        committed: asyncio.Future[list[str]] = loop.create_future()
        self._waiting.append((entries, committed))
        if self._committing is None:
            self._committing = loop.create_task(self._commit_all())
        return await committed

    @property
    def waiting(self) -> int:
        """How many calls wait for the next commit."""
        return len(self._waiting)

    def read(self, decision_id: str, subtrees: Sequence[str] = EVERYTHING) -> LoggedDecision:
        """The decision with this id, for an organisation in one of these subtrees.

        Raises:
            DecisionNotFoundError: there is none.
            DataErasedError: what is personal in it was erased.
            StoreUnavailableError: the database cannot be used.
        """
        wanted = ALL.where(has_id(decision_id), within(subtrees))
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise DecisionNotFoundError
        return LoggedDecision(
            entry_of(row, self._sealing), row.position, row.logged_at_micros, row.chain_hash
        )

    def find(self, caller: str, request_id: str) -> str | None:
        """The id of the decision that a request of `caller` has led to, by their key of it; None: to none yet.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        wanted = select(decisions.c.decision_id).where(
            decisions.c.caller == caller, decisions.c.request_id == request_id
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one_or_none()

    async def close(self) -> None:
        """Commit what waits, and stop the thread. Nothing may be appended any more."""
        if self._committing is not None:
            await self._committing
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        while self._waiting:
            if self._crowded:
                await self._gather()
            # A caller who has gone away meanwhile gets no decision logged that nobody has seen.
            calls = [(entries, committed) for entries, committed in self._waiting if not committed.done()]
            self._waiting = []
            self._crowded = len(calls) > 1
            if calls:
                await self._commit(calls)
        self._committing = None

    async def _gather(self) -> None:
        """Wait while calls keep coming."""
        for _ in range(MAX_COMMIT_WINDOWS):
            before = len(self._waiting)
            await asyncio.sleep(COMMIT_WINDOW_SECONDS)
            if len(self._waiting) == before:
                return

    async def _commit(self, calls: Sequence[tuple[Sequence[Entry], asyncio.Future[list[str]]]]) -> None:
        group = [entry for entries, _ in calls for entry in entries]
        try:
            ids = await asyncio.get_running_loop().run_in_executor(self._thread, self._write, group)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the callers' answer
            if len(calls) > 1 and not isinstance(error, StoreUnavailableError):
                for call in calls:  # what is wrong with one call's entries takes nothing from the others
                    await self._commit([call])
                return
            for _, committed in calls:
                if not committed.done():
                    committed.set_exception(error)
            return
        answered = 0
        for entries, committed in calls:
            own, answered = ids[answered : answered + len(entries)], answered + len(entries)
            if not committed.done():
                committed.set_result(own)

    def _write(self, group: Sequence[Entry]) -> list[str]:
        if self._watch is None:
            return self._writer.write(group)
        with self._watch(len(group)):
            return self._writer.write(group)
