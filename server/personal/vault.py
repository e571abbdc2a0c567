"""The vault: what is personal in the store, encrypted with a key a subject, so that erasure is the loss of that key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, Row, func, or_, select

from server.personal.boxes import NONCE_BYTES, Random, opened, shut
from server.personal.keys import Subject, SubjectKey, SubjectKeys
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
        for index, (entry, key) in enumerate(zip(entries, keys, strict=True)):
            own = nonces[2 * NONCE_BYTES * index : 2 * NONCE_BYTES * (index + 1)]
            yield _kept(Personal(entry.record, entry.verdict, entry.salt), entry.decision_id, key, own)

    def kept_logged(self, connection: Connection, rows: Iterable[Row[Any]]) -> Iterator[tuple[int, Kept]]:
        """What rows that are kept as they are shall keep instead, by their positions."""
        plain = {row.position: row for row in rows}
        subjects = {each: Subject(row.organisation, row.subject_ref) for each, row in plain.items()}
        keys = SubjectKeys(self._masters, self._random).of_logged(connection, subjects)
        for position, row in plain.items():
            personal = Personal(row.record, row.verdict, row.salt)
            nonces = self._random(2 * NONCE_BYTES)
            yield position, _kept(personal, row.decision_id, keys[position], nonces)

    def wrapped_anew(self, row: Row[Any]) -> tuple[str, bytes]:
        """The master key that is the current one, and a subject's key as it wraps it; of a row of `subject_keys`.

        Raises:
            MasterKeyError: the key that wraps it now is not at hand.
            StoreDamagedError: it was changed.
        """
        key = self._masters.unwrapped(row.wrapped, row.master_id, row.key_id)
        nonce = self._random(NONCE_BYTES)
        return self._masters.current, self._masters.wrapped(key, nonce, row.key_id)

    @property
    def current_master(self) -> str:
        """The id of the master key that wraps now; empty for none."""
        return self._masters.current

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


def _kept(personal: Personal, decision_id: str, key: SubjectKey, nonces: bytes) -> Kept:
    salted = personal.salt + personal.record
    record = shut(key.cipher, nonces[:NONCE_BYTES], salted, _record_of(decision_id))
    verdict = shut(key.cipher, nonces[NONCE_BYTES:], personal.verdict, _verdict_of(decision_id))
    return Kept(record, verdict, b"", key.key_id)


def _record_of(decision_id: str) -> bytes:
    return b"record of " + decision_id.encode()


def _verdict_of(decision_id: str) -> bytes:
    return b"verdict of " + decision_id.encode()


def _note_of(sequence: int) -> bytes:
    return b"note of act %d" % sequence
