"""Reads the decision log through, a stretch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, func, select

from server.store.database import reading
from server.store.errors import DecisionNotFoundError
from server.store.rows import Kind
from server.store.scopes import EVERYTHING, has_id, within
from server.store.sealing import OPENING, READABLE, Sealing, personal_of
from server.store.tables import decisions


class Logged(NamedTuple):
    """What is asked again of a logged decision: its record as JSON, its verdict as canonical JSON."""

    position: int
    decision_id: str
    ruleset_digest: str
    record: bytes
    verdict: bytes


class DecisionHistory:
    """The log of one database, read in the order of its positions, but for what was erased. Blocking.

    Each method raises `StoreUnavailableError` where the database cannot be used.
    """

    def __init__(
        self, engine: Engine, sealing: Sealing | None = None, subtrees: Sequence[str] = EVERYTHING
    ) -> None:
        """Read what the log has for these subtrees of organisations."""
        self._engine = engine
        self._sealing = sealing
        self._subtrees = within(subtrees)

    def within(self, subtrees: Sequence[str]) -> DecisionHistory:
        """What the log has for these subtrees, as if there were nothing else in it."""
        return DecisionHistory(self._engine, self._sealing, subtrees)

    def count(self, digests: Sequence[str], after: int = 0) -> int:
        """How many decisions were reached by these rulesets, after a position."""
        wanted = select(func.count()).select_from(decisions).where(_among(digests, after), self._subtrees)
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one()

    def read(self, digests: Sequence[str], after: int, limit: int) -> tuple[Logged, ...]:
        """The next decisions by these rulesets after a position, so many at most."""
        wanted = (
            _LOGGED.where(_among(digests, after), self._subtrees).order_by(decisions.c.position).limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(map(self._logged, rows))

    def one(self, decision_id: str) -> Logged:
        """The decision on a record with this id.

        Raises:
            DecisionNotFoundError: there is none.
            DataErasedError: what is personal in it was erased.
        """
        with reading(self._engine) as connection:
            wanted = _ONE_RECORD.where(has_id(decision_id), self._subtrees)
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise DecisionNotFoundError
        return self._logged(row)

    def _logged(self, row: Any) -> Logged:
        personal = personal_of(row, self._sealing)
        return Logged(row.position, row.decision_id, row.ruleset_digest, personal.record, personal.verdict)


_LOGGED = select(*(decisions.c[name] for name in Logged._fields), decisions.c.salt, *OPENING).select_from(
    READABLE
)
_ONE_RECORD = _LOGGED.where(decisions.c.kind == Kind.RECORD)


def _among(digests: Sequence[str], after: int) -> ColumnElement[bool]:
    return and_(
        decisions.c.position > after,
        decisions.c.ruleset_digest.in_(digests),
        decisions.c.kind == Kind.RECORD,
        decisions.c.erased_by.is_(None),
    )
