"""Acts: what people did about decisions once they were logged, in a chain of their own that is only added to.

What the authority decided, appeals and their answers, erasures, expiries and exports. What is personal in an act is its
note: it is encrypted as its decision is, the chain covers a salted digest of it, and so it can be erased with the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from server.store.chain import GENESIS
from server.store.tables import acts, subject_keys


class ActKind(StrEnum):
    """What was done."""

    CONFIRMED = "confirmed"  # the authority decided as the verdict says
    CHANGED = "changed"  # the authority decided otherwise
    APPEALED = "appealed"
    ANSWERED = "answered"
    ERASED = "erased"  # what is held on a person, on request
    EXPIRED = "expired"  # what was held for as long as it may be
    EXPORTED = "exported"  # what is held on a person was given out


ERASING: Final = frozenset({ActKind.ERASED, ActKind.EXPIRED})


class Act(NamedTuple):
    """Something that was done.

    Attributes:
        sequence: its place in the chain: 1, 2, 3, ... without a hole.
        at_micros: when, in microseconds since 1970-01-01 UTC.
        kind: what.
        actor: who.
        decision_id: about which decision; empty where it is about many.
        refers_to: the act that it supersedes, answers or follows on; 0 for none.
        key_id: of its subject; None where it is about nobody in particular.
        note: what is to be said about it, as JSON; None if it was erased.
        erased_by: the act that erased the note; None if it was not.
    """

    sequence: int
    at_micros: int
    kind: ActKind
    actor: str
    decision_id: str
    refers_to: int
    key_id: int | None
    note: dict[str, Any] | None
    erased_by: int | None = None


class NewAct(NamedTuple):
    """An act that is to be appended; the attributes are those of `Act`."""

    kind: ActKind
    actor: str
    note: dict[str, Any]
    decision_id: str = ""
    refers_to: int = 0
    key_id: int | None = None


class Place(NamedTuple):
    """Where the next act goes."""

    sequence: int
    at_micros: int
    previous: bytes


class NoteOpener(Protocol):
    """Opens the notes of acts."""

    def opened_note(self, row: Row[Any]) -> bytes:
        """The note in a row that has a key, salt first."""


def next_place(connection: Connection, now_micros: int) -> Place:
    """The place after the newest act, and a time not before its time; in a transaction of writing."""
    newest = connection.execute(_NEWEST).one_or_none()
    if newest is None:
        return Place(1, now_micros, GENESIS)
    return Place(newest.sequence + 1, max(now_micros, newest.at_micros), newest.chain_hash)


def append_act(
    connection: Connection, place: Place, act: NewAct, salt: bytes, box: bytes | None = None
) -> None:
    """Append an act at its place.

    Args:
        connection: in a transaction of writing, the one that gave the place.
        place: from `next_place`.
        act: what was done.
        salt: 16 random bytes.
        box: `note_bytes` of the note and the salt, encrypted with the key `act.key_id`; None keeps them as they are.
    """
    plain = note_bytes(act.note, salt)
    seal = hashlib.sha256(plain).digest()
    row = {
        "sequence": place.sequence,
        "at_micros": place.at_micros,
        "kind": act.kind,
        "actor": act.actor,
        "decision_id": act.decision_id,
        "refers_to": act.refers_to,
        "key_id": act.key_id,
        "note": plain if box is None else box,
        "note_seal": seal,
        "previous_hash": place.previous,
    }
    connection.execute(insert(acts).values(**row, chain_hash=_hash(row)))


def note_bytes(note: dict[str, Any], salt: bytes) -> bytes:
    """What a note is kept and sealed as: the salt and its JSON."""
    return salt + orjson.dumps(note, option=orjson.OPT_SORT_KEYS)


def read_acts(connection: Connection, opener: NoteOpener, *where: ColumnElement[bool]) -> tuple[Act, ...]:
    """The acts that conditions are true of, in their order."""
    wanted = _READ.where(*where).order_by(acts.c.sequence)
    return tuple(_act(row, opener) for row in connection.execute(wanted))


def broken_act(connection: Connection, opener: NoteOpener | None = None) -> int:
    """The sequence of the first act whose place in the chain is not what it was; 0 if all are whole.

    Args:
        connection: of the store.
        opener: to hold the notes against their seals too.
    """
    previous, expected = GENESIS, 1
    for row in connection.execute(_READ.order_by(acts.c.sequence)):
        whole = (
            row.sequence == expected
            and row.previous_hash == previous
            and row.chain_hash == _hash(row._asdict())
        )
        if whole and opener is not None and row.erased_by is None:
            plain = row.note if row.key_id is None else opener.opened_note(row)
            whole = hashlib.sha256(plain).digest() == row.note_seal
        if not whole:
            return expected
        previous, expected = row.chain_hash, expected + 1
    return 0


_NEWEST: Final = select(acts.c.sequence, acts.c.at_micros, acts.c.chain_hash).where(
    acts.c.sequence == select(func.max(acts.c.sequence)).scalar_subquery()
)
_READ: Final = select(acts, subject_keys.c.master_id, subject_keys.c.wrapped).select_from(
    acts.outerjoin(subject_keys, acts.c.key_id == subject_keys.c.key_id)
)
_COVERED: Final[Sequence[str]] = (
    "sequence",
    "at_micros",
    "kind",
    "actor",
    "decision_id",
    "refers_to",
    "key_id",
)
_SALT_BYTES: Final = 16


def _hash(row: dict[str, Any]) -> bytes:
    covered = [row["previous_hash"].hex(), *(row[name] for name in _COVERED), row["note_seal"].hex()]
    return hashlib.sha256(orjson.dumps(covered)).digest()


def _act(row: Row[Any], opener: NoteOpener) -> Act:
    note = None
    if row.erased_by is None:
        plain = row.note if row.key_id is None else opener.opened_note(row)
        note = orjson.loads(plain[_SALT_BYTES:])
    return Act(
        row.sequence,
        row.at_micros,
        ActKind(row.kind),
        row.actor,
        row.decision_id,
        row.refers_to,
        row.key_id,
        note,
        row.erased_by,
    )
