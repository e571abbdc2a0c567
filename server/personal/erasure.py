"""Erasure: what is held on a person goes for good, and what is left says so.

The key is destroyed. What the database itself has of the person's decisions is blanked besides, so that not even a copy
of the key, from a backup, opens anything. Seals, hashes and places stay: the chains verify as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import DatabaseError

from server.personal.boxes import Random
from server.personal.vault import SALT_BYTES
from server.store.acts import ActKind, NewAct, append_act, next_place
from server.store.database import writing
from server.store.errors import SubjectNotFoundError
from server.store.scopes import within
from server.store.tables import acts, decisions, subject_keys

_log: Final = logging.getLogger("chuan.server")

BATCH: Final = 1_000
"""Decisions that one transaction of a retention run erases: nothing is logged while it does."""


class Erased(NamedTuple):
    """An erasure that was made; what of it stays."""

    sequence: int
    at_micros: int
    actor: str
    reason: str
    decisions: int


class Eraser:
    """Erases in one database. Blocking; errors are `StoreUnavailableError`, and then nothing of the call is erased."""

    def __init__(self, engine: Engine, now_micros: Callable[[], int], random: Random) -> None:
        self._engine = engine
        self._now_micros = now_micros
        self._random = random

    def erase(self, ref: str, organisations: Sequence[str], *, actor: str, reason: str) -> Erased:
        """Erase what is held on a person within these subtrees of organisations.

        Raises:
            SubjectNotFoundError: nothing is.
        """
        theirs = and_(decisions.c.subject_ref == ref, within(organisations))
        keys = and_(subject_keys.c.subject_ref == ref, within(organisations, subject_keys.c.organisation))
        with writing(self._engine) as connection:
            forget_deleted(connection)
            count = connection.execute(select(func.count()).select_from(decisions).where(theirs)).scalar_one()
            if not count:
                raise SubjectNotFoundError("nothing is held on this person")
            erased = self._record(connection, ActKind.ERASED, actor, reason, count)
            connection.execute(
                update(decisions).where(theirs).values({**_BLANK, "erased_by": erased.sequence})
            )
            self._destroy(connection, erased.sequence, keys)
        scrub(self._engine)
        return erased

    def expire(self, digests: Sequence[str], before_micros: int, *, actor: str, reason: str) -> int:
        """Erase the decisions by these rulesets that were logged before a moment, some at a time.

        Returns:
            How many there were.
        """
        total = 0
        while count := self._expire_some(digests, before_micros, actor, reason):
            total += count
        if total:
            scrub(self._engine)
        return total

    def _expire_some(self, digests: Sequence[str], before_micros: int, actor: str, reason: str) -> int:
        with writing(self._engine) as connection:
            forget_deleted(connection)
            some = expired(digests, before_micros).order_by(decisions.c.position).limit(BATCH)
            positions = connection.execute(some).scalars().all()
            if not positions:
                return 0
            record = self._record(connection, ActKind.EXPIRED, actor, reason, len(positions))
            chosen = decisions.c.position.in_(positions)
            connection.execute(
                update(decisions).where(chosen).values({**_BLANK, "erased_by": record.sequence})
            )
            theirs = select(decisions.c.key_id).where(decisions.c.erased_by == record.sequence)
            # A person's key stays for as long as there is anything else that it opens.
            others = exists().where(
                decisions.c.subject_ref == subject_keys.c.subject_ref,
                decisions.c.organisation == subject_keys.c.organisation,
            )
            unused = or_(subject_keys.c.subject_ref.is_(None), ~others)
            self._destroy(connection, record.sequence, and_(subject_keys.c.key_id.in_(theirs), unused))
        return len(positions)

    def _record(self, connection: Connection, kind: ActKind, actor: str, reason: str, count: int) -> Erased:
        place = next_place(connection, self._now_micros())
        act = NewAct(kind, actor, {"reason": reason, "decisions": count})
        append_act(connection, place, act, self._random(SALT_BYTES))
        return Erased(place.sequence, place.at_micros, actor, reason, count)

    def _destroy(self, connection: Connection, sequence: int, keys: ColumnElement[bool]) -> None:
        """Blank the notes of acts about what was erased, and destroy keys."""
        gone = select(decisions.c.decision_id).where(decisions.c.erased_by == sequence)
        doomed = select(subject_keys.c.key_id).where(keys)
        about = or_(acts.c.decision_id.in_(gone), acts.c.key_id.in_(doomed))
        blanked = update(acts).where(acts.c.erased_by.is_(None), about)
        connection.execute(blanked.values(note=b"", erased_by=sequence))
        connection.execute(delete(subject_keys).where(keys))


def expired(digests: Sequence[str], before_micros: int) -> Any:
    """The positions of the decisions by these rulesets that were logged before a moment, and are not erased."""
    return select(decisions.c.position).where(
        decisions.c.ruleset_digest.in_(digests),
        decisions.c.logged_at_micros < before_micros,
        decisions.c.erased_by.is_(None),
        decisions.c.kind == "record",  # what is logged of a table has counts and digests, and nobody's data
    )


def forget_deleted(connection: Connection) -> None:
    """Have SQLite write over what this connection deletes."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def scrub(engine: Engine) -> None:
    """Clear what the database keeps beside its tables of rows that are gone, as far as it lets itself be told.

    SQLite copies its write-ahead log into the file and empties it; PostgreSQL frees the dead rows of keys. Where others
    are reading meanwhile, some of it waits for their end: that is logged.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if connection.dialect.name == "sqlite":
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                if busy:
                    _log.info("erased; the write-ahead log is emptied when those who read now are done")
            else:
                connection.exec_driver_sql("VACUUM subject_keys")
    except DatabaseError as error:
        _log.warning(
            "erased, but what the database keeps beside its tables could not be cleared: %s",
            type(error).__name__,
        )


_BLANK: Final[dict[str, Any]] = {
    "subject_ref": "",
    "record": b"",
    "verdict": b"",
    "salt": b"",
    "request_id": None,
    "status": "",
    "outcome": "",
}
"""What a row keeps of what is personal; its seals stay, and their salt is gone."""
