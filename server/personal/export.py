"""All that is held on a person: each decision, and to whom it was given out; that it is given out is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select

from server.personal.boxes import Random
from server.personal.keys import Subject
from server.personal.vault import SALT_BYTES, Vault
from server.store.acts import Act, ActKind, NewAct, append_act, next_place, note_bytes, read_acts
from server.store.database import reading, writing
from server.store.errors import SubjectNotFoundError
from server.store.log import LoggedDecision
from server.store.rows import entry_of
from server.store.scopes import within
from server.store.sealing import ALL
from server.store.tables import acts, decisions, subject_keys

CHUNK: Final = 100
"""Decisions that are read at a time."""


class Holdings:
    """What one store holds on persons. Blocking; errors are `StoreUnavailableError`."""

    def __init__(self, engine: Engine, vault: Vault, now_micros: Callable[[], int], random: Random) -> None:
        self._engine = engine
        self._vault = vault
        self._now_micros = now_micros
        self._random = random

    def give_out(self, ref: str, organisations: Sequence[str], *, actor: str) -> None:
        """Record that what is held on a person within these subtrees is given out.

        Raises:
            SubjectNotFoundError: nothing is.
        """
        with writing(self._engine) as connection:
            firsts = connection.execute(
                select(decisions.c.organisation, func.min(decisions.c.position), func.count())
                .where(_theirs(ref, organisations))
                .group_by(decisions.c.organisation)
                .order_by(decisions.c.organisation)
            ).all()
            if not firsts:
                raise SubjectNotFoundError("nothing is held on this person")
            for organisation, position, count in firsts:
                self._record(connection, position, Subject(organisation, ref), actor, count)

    def decisions(self, ref: str, organisations: Sequence[str], after: int) -> tuple[LoggedDecision, ...]:
        """The next decisions on a person after a position of the log, `CHUNK` at most."""
        wanted = ALL.where(_theirs(ref, organisations), decisions.c.position > after)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(decisions.c.position).limit(CHUNK)).all()
        return tuple(
            LoggedDecision(entry_of(row, self._vault), row.position, row.logged_at_micros, row.chain_hash)
            for row in rows
        )

    def events(self, ref: str, organisations: Sequence[str]) -> tuple[Act, ...]:
        """When what is held on a person was given out, and to whom; oldest first."""
        keys = select(subject_keys.c.key_id).where(
            subject_keys.c.subject_ref == ref, within(organisations, subject_keys.c.organisation)
        )
        with reading(self._engine) as connection:
            return read_acts(
                connection, self._vault, acts.c.key_id.in_(keys), acts.c.kind == ActKind.EXPORTED
            )

    def _record(
        self, connection: Connection, position: int, subject: Subject, actor: str, count: int
    ) -> None:
        place, salt = next_place(connection, self._now_micros()), self._random(SALT_BYTES)
        note = {"decisions": count}
        box, key_id = self._vault.shut_note(
            connection, position, subject, place.sequence, note_bytes(note, salt)
        )
        append_act(connection, place, NewAct(ActKind.EXPORTED, actor, note, key_id=key_id), salt, box)


def _theirs(ref: str, organisations: Sequence[str]) -> ColumnElement[bool]:
    return and_(decisions.c.subject_ref == ref, within(organisations))
