"""The keys of subjects: one for each person of an organisation, one for each decision about nobody in particular.

A key is named by the position of the first decision that it was made for, so no name is ever used again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Compiled, Connection, Dialect, Row, Select, bindparam, func, insert, select

from server.personal.boxes import KEY_BYTES, NONCE_BYTES, Random
from server.personal.masters import MasterKeys
from server.store.acts import ERASING
from server.store.tables import acts, subject_keys

KEPT_SUBJECTS: Final = 16_384
"""How many keys are kept ready, of those whose decisions were logged last."""
_ASKED_AT_ONCE: Final = 500
"""References in one question to the database, which takes only so many parameters."""
_ASKED_ALONE: Final = 8
"""Up to so many references are asked for one by one, which needs no compiling."""


class Subject(NamedTuple):
    """Whom a decision is about: the caller's own id, which may be empty, within an organisation."""

    organisation: str
    ref: str


class SubjectKey(NamedTuple):
    """A key that is ready for use."""

    key_id: int
    cipher: AESGCM


class SubjectKeys:
    """Finds and makes the keys of subjects. Within transactions of writing, one at a time."""

    def __init__(self, masters: MasterKeys, random: Random) -> None:
        self._masters = masters
        self._random = random
        self._ready: OrderedDict[Subject, SubjectKey] = OrderedDict()
        self._erasures: int | None = None
        self._statements: _Statements | None = None

    def of(self, connection: Connection, first: int, subjects: Sequence[Subject]) -> list[SubjectKey]:
        """The keys of subjects whose decisions have the positions from `first` on; what is missing is made."""
        if self._statements is None:
            self._statements = _Statements(connection.dialect)
        self._forget_erased(connection, self._statements)
        ready = self._known(connection, self._statements, {each for each in subjects if each.ref})
        # Those made here are kept ready only once they are found: this transaction may still come to nothing.
        self._keep(ready)
        made: list[dict[str, Any]] = []
        keys = []
        for position, subject in enumerate(subjects, first):
            key = ready.get(subject) if subject.ref else None
            if key is None:
                key, row = self._made(position, subject)
                made.append(row)
                if subject.ref:
                    ready[subject] = key
            keys.append(key)
        if made:
            self._statements.insert(connection, made)
        return keys

    def of_logged(self, connection: Connection, decisions: Mapping[int, Subject]) -> dict[int, SubjectKey]:
        """The keys of decisions that are logged already, by their positions; what is missing is made."""
        alone = [position for position, subject in decisions.items() if not subject.ref]
        found = connection.execute(_KEYS.where(subject_keys.c.key_id.in_(alone)))
        keys = {
            row.key_id: SubjectKey(row.key_id, self.opened(row)) for row in found if row.subject_ref is None
        }
        for position, subject in decisions.items():
            if position not in keys:
                (keys[position],) = self.of(connection, position, [subject])
        return keys

    def opened(self, row: Row[Any]) -> AESGCM:
        """The key in a row that has `key_id`, `wrapped` and `master_id`.

        Raises:
            MasterKeyError: what it is wrapped by is not at hand.
            StoreDamagedError: it was changed.
        """
        return AESGCM(self._masters.unwrapped(row.wrapped, row.master_id, row.key_id))

    def _forget_erased(self, connection: Connection, statements: _Statements) -> None:
        # What another process has erased must not be used again: nobody could open it.
        erasures = statements.erasures(connection)
        if erasures != self._erasures:
            self._ready.clear()
            self._erasures = erasures

    def _known(
        self, connection: Connection, statements: _Statements, subjects: Iterable[Subject]
    ) -> dict[Subject, SubjectKey]:
        ready: dict[Subject, SubjectKey] = {}
        unseen: list[str] = []
        for subject in subjects:
            key = self._ready.get(subject)
            if key is None:
                unseen.append(subject.ref)
            else:
                ready[subject] = key
                self._ready.move_to_end(subject)
        for row in statements.keys(connection, unseen):
            subject = Subject(row.organisation, row.subject_ref)
            ready[subject] = SubjectKey(row.key_id, self.opened(row))
        return ready

    def _made(self, position: int, subject: Subject) -> tuple[SubjectKey, dict[str, Any]]:
        chance = self._random(KEY_BYTES + NONCE_BYTES)
        key, nonce = chance[:KEY_BYTES], chance[KEY_BYTES:]
        row = {
            "key_id": position,
            "organisation": subject.organisation,
            "subject_ref": subject.ref or None,
            "master_id": self._masters.current,
            "wrapped": self._masters.wrapped(key, nonce, position),
        }
        return SubjectKey(position, AESGCM(key)), row

    def _keep(self, ready: Mapping[Subject, SubjectKey]) -> None:
        self._ready.update(ready)
        while len(self._ready) > KEPT_SUBJECTS:
            self._ready.popitem(last=False)


class _Statements:
    """What is asked in every transaction, compiled once: compiling would cost more than asking."""

    def __init__(self, dialect: Dialect) -> None:
        self._erasures = _literal(_ERASURES, dialect)
        self._key = _KEYS.where(subject_keys.c.subject_ref == bindparam("ref")).compile(dialect=dialect)
        self._insert = insert(subject_keys).compile(dialect=dialect)

    def erasures(self, connection: Connection) -> int:
        """The number of the newest act that erased keys; 0 for none."""
        newest: int | None = connection.exec_driver_sql(self._erasures).scalar()
        return newest or 0

    def keys(self, connection: Connection, refs: Sequence[str]) -> Iterator[Row[Any]]:
        """The keys of these subjects, of whatever organisation."""
        if len(refs) <= _ASKED_ALONE:
            for ref in refs:
                yield from connection.exec_driver_sql(str(self._key), _parameters(self._key, {"ref": ref}))
            return
        for start in range(0, len(refs), _ASKED_AT_ONCE):
            some = subject_keys.c.subject_ref.in_(refs[start : start + _ASKED_AT_ONCE])
            yield from connection.execute(_KEYS.where(some))

    def insert(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write keys."""
        connection.exec_driver_sql(str(self._insert), [_parameters(self._insert, row) for row in rows])


def _literal(statement: Select[Any], dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _parameters(compiled: Compiled, values: Mapping[str, Any]) -> Any:
    """The values as the driver takes them: in order, or by name."""
    order = getattr(compiled, "positiontup", None)
    return dict(values) if order is None else tuple([values[name] for name in order])


_ERASURES: Final = select(func.max(acts.c.sequence)).where(acts.c.kind.in_(sorted(ERASING)))
_KEYS: Final = select(subject_keys)
