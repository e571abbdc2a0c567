"""Writes entries to the decision log: their place, their hashes, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Engine, RootTransaction, select
from sqlalchemy.exc import DBAPIError

from server.store.appending import appender
from server.store.chain import GENESIS
from server.store.checkpoints import add_checkpoint
from server.store.database import connect_for_writing, unavailable
from server.store.rows import Entry, row_of
from server.store.sealing import Kept, Sealing
from server.store.signing import Signing
from server.store.tables import decisions

_Key = tuple[str, str]  # a caller, and their key of a request
_KEYS_AT_ONCE: Final = 500  # keys that one statement looks for


class LogWriter:
    """Appends to the log of one database. One thread at a time.

    It keeps its connection, and hands the driver the statements compiled once: per transaction, SQLAlchemy's pool
    and compiler would cost more than SQLite itself.
    """

    def __init__(
        self,
        engine: Engine,
        now_micros: Callable[[], int],
        sealing: Sealing | None = None,
        signing: Signing | None = None,
    ) -> None:
        self._engine = engine
        self._signing = signing or Signing()
        self._now_micros = now_micros
        self._sealing = sealing
        self._connection: Connection | None = None
        newest = select(decisions.c.position, decisions.c.logged_at_micros, decisions.c.chain_hash)
        newest = newest.order_by(decisions.c.position.desc()).limit(1)
        self._newest = str(newest.compile(engine, compile_kwargs={"literal_binds": True}))
        self._append_rows = appender(decisions, engine.dialect)

    def write(self, entries: Sequence[Entry]) -> list[str]:
        """Append the entries in their order, all or none; they are on the disk when this returns.

        An entry of a request that is in the log already, by its caller and their key of it, is not written again.

        Returns:
            The id of each entry's decision: its own, or that of the decision that its request has led to before.

        Raises:
            StoreUnavailableError: nothing was written.
        """
        try:
            with unavailable():
                connection, transaction = self._begin()
                with transaction:
                    return self._append(connection, entries)
        except BaseException:
            self.close()  # whatever it was, the next attempt starts afresh
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _begin(self) -> tuple[Connection, RootTransaction]:
        if self._connection is not None:
            try:
                return self._connection, self._connection.begin()
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                self.close()  # it died since the last commit, and nothing of this one was sent yet
        self._connection = connect_for_writing(self._engine)
        return self._connection, self._connection.begin()

    def _append(self, connection: Connection, entries: Sequence[Entry]) -> list[str]:
        # Read every time: another process may have written since.
        newest = connection.exec_driver_sql(self._newest).one_or_none()
        position, last, previous = newest or (0, 0, GENESIS)
        now = max(self._now_micros(), last)  # a clock that is set back sets no decision before another
        keyed = [(entry.caller, entry.request_id) for entry in entries if entry.request_id]
        known = _known(connection, keyed) if keyed else {}
        ids, fresh = [], []
        for entry in entries:
            if entry.request_id:
                decision_id = known.setdefault((entry.caller, entry.request_id), entry.decision_id)
                ids.append(decision_id)
                if decision_id != entry.decision_id:
                    continue
            else:
                ids.append(entry.decision_id)
            fresh.append(entry)
        rows = []
        for entry, kept in zip(fresh, self._kept(connection, position + 1, fresh), strict=True):
            position += 1
            row = row_of(entry, position, now, previous, kept)
            rows.append(row)
            previous = row["chain_hash"]
        if rows:
            self._append_rows(connection, rows)
            notary, every = self._signing.notary, self._signing.every
            if notary is not None and position // every > (position - len(rows)) // every:
                add_checkpoint(connection, notary.checkpoint(position, previous, now))
        return ids

    def _kept(self, connection: Connection, first: int, entries: Sequence[Entry]) -> Iterable[Kept]:
        if self._sealing is None:
            return [Kept(entry.record, entry.verdict, entry.salt, None) for entry in entries]
        return self._sealing.kept(connection, first, entries)


def _known(connection: Connection, keys: Iterable[_Key]) -> dict[_Key, str]:
    """The decisions that are in the log by these keys."""
    found = {}
    for caller, requests in _by_caller(keys):
        wanted = select(decisions.c.request_id, decisions.c.decision_id).where(
            decisions.c.caller == caller, decisions.c.request_id.in_(requests)
        )
        for request_id, decision_id in connection.execute(wanted):
            found[caller, request_id] = decision_id
    return found


def _by_caller(keys: Iterable[_Key]) -> Iterator[tuple[str, list[str]]]:
    for caller, group in groupby(sorted(set(keys)), lambda key: key[0]):
        requests = [request for _, request in group]
        for start in range(0, len(requests), _KEYS_AT_ONCE):
            yield caller, requests[start : start + _KEYS_AT_ONCE]
