"""How what is personal in an entry of the log is kept: what the store asks of whoever encrypts it.

A row whose `key_id` is None is kept as it is: it is older than encryption, or belongs to a store without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from sqlalchemy import Connection, Row, select

from server.store.errors import DataErasedError
from server.store.tables import acts, decisions, subject_keys

if TYPE_CHECKING:
    from server.store.rows import Entry


class Personal(NamedTuple):
    """What is personal in an entry: the record (JSON), the verdict (canonical JSON), the salt of their seals."""

    record: bytes
    verdict: bytes
    salt: bytes


class Kept(NamedTuple):
    """The same as its row keeps it, and the key that opens it; None: it is kept as it is."""

    record: bytes
    verdict: bytes
    salt: bytes
    key_id: int | None


class Sealing(Protocol):
    """Encrypts what is personal, and opens it again."""

    def kept(self, connection: Connection, first: int, entries: Sequence[Entry]) -> Iterable[Kept]:
        """What the rows of entries are to keep, which get the positions from `first` on.

        Called in the transaction that writes the rows, which nobody else writes beside.
        """

    def opened(self, row: Row[Any]) -> Personal:
        """What is personal in a row that has a key; see `OPENING`.

        Raises:
            MasterKeyError: the key that wraps its key is not at hand.
            StoreDamagedError: it was changed.
        """


READABLE: Final = decisions.outerjoin(subject_keys, decisions.c.key_id == subject_keys.c.key_id).outerjoin(
    acts, decisions.c.erased_by == acts.c.sequence
)
"""What rows that are to be read are selected from: each beside its key, and beside the act that erased it."""

OPENING: Final = (
    decisions.c.key_id,
    decisions.c.erased_by,
    subject_keys.c.master_id,
    subject_keys.c.wrapped,
    acts.c.at_micros.label("erased_at_micros"),
    acts.c.kind.label("erased_how"),
)
"""What `personal_of` asks of a row beside its id and what is personal in it."""

ALL: Final = select(decisions, *OPENING[2:]).select_from(READABLE)
"""Rows of all columns that can be read."""


def personal_of(row: Row[Any], sealing: Sealing | None) -> Personal:
    """What is personal in a row.

    Raises:
        DataErasedError: it was erased.
        MasterKeyError, StoreDamagedError: as `Sealing.opened`.
    """
    if row.erased_by is not None:
        raise DataErasedError(row.erased_by, row.erased_at_micros, row.erased_how)
    if row.key_id is None:
        return Personal(row.record, row.verdict, row.salt)
    if sealing is None:
        raise LookupError("the entry is encrypted, and nothing was given to open it with")
    return sealing.opened(row)
