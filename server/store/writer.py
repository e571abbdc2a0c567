"""Writes entries to the decision log: their place, their hashes, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from server.store.chain import GENESIS, Link, chain_hash, seal_record, seal_verdict
from server.store.database import connect_for_writing, unavailable
from server.store.tables import decisions


class Entry(NamedTuple):
    """A decision that is to be logged; `record` is JSON, `verdict` canonical JSON, `salt` 16 random bytes."""

    decision_id: str
    ruleset_digest: str
    subject_ref: str
    record: bytes
    verdict: bytes
    salt: bytes


class LogWriter:
    """Appends to the log of one database. One thread at a time.

    It keeps its connection, and hands the driver the statements compiled once: per transaction, SQLAlchemy's pool
    and compiler would cost more than SQLite itself.
    """

    def __init__(self, engine: Engine, now_micros: Callable[[], int]) -> None:
        self._engine = engine
        self._now_micros = now_micros
        self._connection: Connection | None = None
        newest = select(decisions.c.position, decisions.c.chain_hash)
        newest = newest.order_by(decisions.c.position.desc()).limit(1)
        self._newest = str(newest.compile(engine, compile_kwargs={"literal_binds": True}))
        compiled = insert(decisions).compile(engine)
        self._insert = str(compiled)
        self._columns = tuple(getattr(compiled, "positiontup", None) or ())

    def write(self, entries: Sequence[Entry]) -> None:
        """Append the entries in their order, all or none; they are on the disk when this returns.

        Raises:
            StoreUnavailableError: nothing was written.
        """
        try:
            with unavailable():
                if self._connection is None:
                    self._connection = connect_for_writing(self._engine)
                with self._connection.begin():
                    self._append(self._connection, entries)
        except BaseException:
            self.close()  # whatever it was, the next attempt starts afresh
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        # Read every time: another process may have written since.
        position, previous = connection.exec_driver_sql(self._newest).one_or_none() or (0, GENESIS)
        now = self._now_micros()
        rows = []
        for entry in entries:
            position += 1
            row = _row(entry, position, now, previous)
            rows.append(tuple([row[column] for column in self._columns]))
            previous = row["chain_hash"]
        connection.exec_driver_sql(self._insert, rows)


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
