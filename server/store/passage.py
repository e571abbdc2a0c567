"""A passage of the log, read from one position to another, a window at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, select, true

from server.store.audit import Content
from server.store.chain import GENESIS
from server.store.checkpoints import read_checkpoints
from server.store.database import reading
from server.store.errors import DataErasedError, MasterKeyError, StoreDamagedError
from server.store.sealing import ALL, Sealing, personal_of
from server.store.tables import decisions

WINDOW: Final = 500  # entries that are read in one transaction


class Passage:
    """What the log has after one position, up to another. Blocking.

    Attributes:
        after: the position before the first.
        last: the last position, at most the newest as the passage was begun.
        previous: the hash at `after`.
        checkpoints: those of its entries, and those of positions that the log does not reach (any more).
    """

    def __init__(
        self, engine: Engine, sealing: Sealing | None, after: int = 0, last: int | None = None
    ) -> None:
        """Look where it begins and ends.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        self._engine = engine
        self._sealing = sealing
        with reading(engine) as connection:
            newest: int = connection.execute(select(func.max(decisions.c.position))).scalar() or 0
            self.after = min(max(after, 0), newest)
            self.last = newest if last is None else min(last, newest)
            self.previous = _hash_at(connection, self.after)
            self.checkpoints = [
                each
                for each in read_checkpoints(connection, self.after)
                if each.position <= self.last or each.position > newest
            ]

    def windows(self, chosen: ColumnElement[bool] | None = None) -> Iterator[Sequence[Row[Any]]]:
        """The rows (of `server.store.sealing.ALL`), window by window, each as it is when its turn comes.

        Each says as `chosen` whether that condition is true of it.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        rows_of = ALL.add_columns((true() if chosen is None else chosen).label("chosen"))
        after = self.after
        while after < self.last:
            wanted = rows_of.where(decisions.c.position > after, decisions.c.position <= self.last)
            with reading(self._engine) as connection:
                rows = connection.execute(wanted.order_by(decisions.c.position).limit(WINDOW)).all()
            if not rows:
                return
            yield rows
            after = rows[-1].position

    def content(self, row: Row[Any]) -> Content | None:
        """What is personal in a row; None where it was erased, or the key to it is not at hand.

        Raises:
            StoreDamagedError: it was changed.
        """
        try:
            personal = personal_of(row, self._sealing)
        except (DataErasedError, MasterKeyError, LookupError):
            return None
        if not all(isinstance(each, bytes) for each in personal):  # SQLite would keep texts there too
            raise StoreDamagedError
        return Content(personal.salt, personal.record, personal.verdict, row.subject_ref)


def _hash_at(connection: Connection, position: int) -> bytes:
    if not position:
        return GENESIS
    wanted = select(decisions.c.chain_hash).where(decisions.c.position == position)
    found: bytes | None = connection.execute(wanted).scalar()
    return found or b""
