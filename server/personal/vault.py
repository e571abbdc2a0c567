"""The vault: what is personal in the store, encrypted with a key a subject, so that erasure is the loss of that key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, Row, func, or_, select

from server.personal.boxes import NONCE_BYTES, Random, opened, shut
from server.personal.keys import Subject, SubjectKeys
from server.personal.masters import MasterKeys
from server.store.database import reading
from server.store.errors import MasterKeyError
from server.store.rows import Entry
from server.store.sealing import Kept, Personal
from server.store.tables import subject_keys

SALT_BYTES: Final = 16
_UNWRAPPED: Final = 4_096
"""How many keys are kept ready for reading."""


class Vault:
    """Encrypts and opens; see `server.store.sealing.Sealing`.

    One thread at a time may write with it; opening is safe everywhere.
    """

    def __init__(self, masters: MasterKeys, random: Random) -> None:
        self._masters = masters
        self._random = random
        self._keys = SubjectKeys(masters, random)
        self._cipher = lru_cache(_UNWRAPPED)(self._unwrapped)

    def kept(self, connection: Connection, first: int, entries: Sequence[Entry]) -> Iterator[Kept]:
        """What the rows of entries are to keep: the salt in one box with the record, which is lost with it."""
        subjects = [Subject(each.organisation, each.subject_ref) for each in entries]
        keys = self._keys.of(connection, first, subjects)
        nonces = self._random(2 * NONCE_BYTES * len(entries))
        for index, (entry, (key_id, cipher)) in enumerate(zip(entries, keys, strict=True)):
            at = 2 * NONCE_BYTES * index
            yield Kept(
                shut(
                    cipher,
                    nonces[at : at + NONCE_BYTES],
                    entry.salt + entry.record,
                    _record_of(entry.decision_id),
                ),
                shut(
                    cipher,
                    nonces[at + NONCE_BYTES : at + 2 * NONCE_BYTES],
                    entry.verdict,
                    _verdict_of(entry.decision_id),
                ),
                b"",
                key_id,
            )

    def opened(self, row: Row[Any]) -> Personal:
        """What is personal in a row.

        Raises:
            MasterKeyError: the key that wraps its key is not at hand.
            StoreDamagedError: it was changed.
        """
        cipher = self._cipher(row.key_id, row.master_id, row.wrapped)
        both = opened(cipher, row.record, _record_of(row.decision_id))
        verdict = opened(cipher, row.verdict, _verdict_of(row.decision_id))
        return Personal(both[SALT_BYTES:], verdict, both[:SALT_BYTES])

    def shut_note(
        self, connection: Connection, position: int, subject: Subject, sequence: int, note: bytes
    ) -> tuple[bytes, int]:
        """The box of an act's note on the decision at a position, and the key of its subject, made if missing.

        Within the transaction that writes the act.
        """
        keys = SubjectKeys(self._masters, self._random).of_logged(connection, {position: subject})
        key_id, cipher = keys[position]
        return shut(cipher, self._random(NONCE_BYTES), note, _note_of(sequence)), key_id

    def opened_note(self, row: Row[Any]) -> bytes:
        """The note in the row of an act, which stands beside its key.

        Raises:
            MasterKeyError, StoreDamagedError: as `opened`.
        """
        cipher = self._cipher(row.key_id, row.master_id, row.wrapped)
        return opened(cipher, row.note, _note_of(row.sequence))

    def check(self, engine: Engine) -> None:
        """See that the master keys at hand are those of the store: of its oldest key and of its newest.

        Raises:
            MasterKeyError: one is missing; the text says which.
            StoreUnavailableError: the store cannot be read.
        """
        with reading(engine) as connection:
            ends = connection.execute(select(func.min(_KEY_ID), func.max(_KEY_ID))).one()
            wanted = select(subject_keys.c.master_id).where(or_(*(end == _KEY_ID for end in ends)))
            found = set(connection.execute(wanted).scalars())
        for master_id in sorted(found):
            if not self._masters.knows(master_id):
                raise MasterKeyError(
                    f"the store is encrypted under master key {master_id}, which is not at hand: "
                    "name its file in the settings (personal.master_key_file)"
                )

    def _unwrapped(self, key_id: int, master_id: str, wrapped: bytes) -> AESGCM:
        return AESGCM(self._masters.unwrapped(wrapped, master_id, key_id))


_KEY_ID: Final = subject_keys.c.key_id


def _record_of(decision_id: str) -> bytes:
    return b"record of " + decision_id.encode()


def _verdict_of(decision_id: str) -> bytes:
    return b"verdict of " + decision_id.encode()


def _note_of(sequence: int) -> bytes:
    return b"note of act %d" % sequence
