"""Lists what is in the log, newest first, a page at a time."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select

from server.store.database import reading
from server.store.errors import PageTokenError
from server.store.rows import Kind
from server.store.scopes import EVERYTHING, within
from server.store.tables import decisions, rulesets


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which decisions; what is left empty asks for nothing.

    Attributes:
        ruleset_id: reached by a ruleset of this id.
        version: of this version of it.
        subject_ref: about this subject.
        organisation: for an organisation of this subtree.
        caller: asked for by this caller.
        status: with this status.
        outcome: with this outcome.
        kind: of this kind.
        from_micros: logged at or after this moment, in microseconds since 1970-01-01 UTC.
        until_micros: logged before this moment.
    """

    ruleset_id: str = ""
    version: str = ""
    subject_ref: str = ""
    organisation: str = ""
    caller: str = ""
    status: str = ""
    outcome: str = ""
    kind: Kind | None = None
    from_micros: int | None = None
    until_micros: int | None = None

    def condition(self, subtrees: Sequence[str] = EVERYTHING) -> ColumnElement[bool]:
        """What is true of these decisions, as far as they lie within subtrees of organisations."""
        conditions = [within(subtrees), within([self.organisation])]
        for column, value in (
            (decisions.c.subject_ref, self.subject_ref),
            (decisions.c.caller, self.caller),
            (decisions.c.status, self.status),
            (decisions.c.outcome, self.outcome),
            (decisions.c.kind, self.kind),
        ):
            if value:
                conditions.append(column == value)
        if self.status not in ("", "decided"):
            conditions.append(
                decisions.c.outcome == ""
            )  # so it is anyway, and the index of outcomes begins with it
        if self.ruleset_id:
            digests = select(rulesets.c.digest).where(rulesets.c.id == self.ruleset_id)
            if self.version:
                digests = digests.where(rulesets.c.version == self.version)
            conditions.append(decisions.c.ruleset_digest.in_(digests))
        conditions.extend(self.times)
        return and_(*conditions)

    @property
    def times(self) -> list[ColumnElement[bool]]:
        """What is true of the time of logging."""
        at, times = decisions.c.logged_at_micros, []
        if self.from_micros is not None:
            times.append(at >= self.from_micros)
        if self.until_micros is not None:
            times.append(at < self.until_micros)
        return times


class Listed(NamedTuple):
    """What a list says of a decision; times are microseconds since 1970-01-01 UTC."""

    position: int
    decision_id: str
    logged_at_micros: int
    ruleset_id: str
    version: str
    subject_ref: str
    kind: Kind
    caller: str
    organisation: str
    status: str
    outcome: str
    erased: bool


class Page(NamedTuple):
    """Some decisions, and the token of those that follow; empty: there are none."""

    decisions: Sequence[Listed]
    next_token: str


class DecisionListing:
    """The lists of one database. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, query: Query, subtrees: Sequence[str], size: int, token: str = "") -> Page:
        """A page: so many decisions at most, those after the page that gave out `token`.

        What is logged meanwhile is newer than every page that follows the first, so none moves.

        Raises:
            PageTokenError: the token is not one of a list of this query.
            StoreUnavailableError: the database cannot be used.
        """
        before = _position_of(token, query) if token else None
        with reading(self._engine) as connection:
            rows = connection.execute(_wanted(connection, query, subtrees, before).limit(size + 1)).all()
        listed = [Listed._make([*row[:6], Kind(row[6]), *row[7:11], row[11] is not None]) for row in rows]
        more = len(listed) > size
        return Page(listed[:size], _token(listed[size - 1].position, query) if more else "")


def _wanted(connection: Connection, query: Query, subtrees: Sequence[str], before: int | None) -> Any:
    wanted = _LISTED.where(query.condition(subtrees))
    if before is not None:
        wanted = wanted.where(decisions.c.position < before)
    if query.times:
        # Times follow positions all but in old stores whose clock was set back, so this leaves little to look at.
        bounds = select(func.min(decisions.c.position), func.max(decisions.c.position)).where(*query.times)
        first, last = connection.execute(bounds).one()
        wanted = wanted.where(decisions.c.position.between(first or 0, last or 0))
    return wanted.order_by(decisions.c.position.desc())


_LISTED: Final = select(
    decisions.c.position,
    decisions.c.decision_id,
    decisions.c.logged_at_micros,
    func.coalesce(rulesets.c.id, ""),
    func.coalesce(rulesets.c.version, ""),
    decisions.c.subject_ref,
    decisions.c.kind,
    decisions.c.caller,
    decisions.c.organisation,
    decisions.c.status,
    decisions.c.outcome,
    decisions.c.erased_by,
).select_from(decisions.outerjoin(rulesets, decisions.c.ruleset_digest == rulesets.c.digest))

_POSITION_BYTES: Final = 8
_DIGEST_BYTES: Final = 16
_LAST_PLACE: Final = b"\x7f" + b"\xff" * (_POSITION_BYTES - 1)


def _token(position: int, query: Query) -> str:
    place = position.to_bytes(_POSITION_BYTES, "big")
    return base64.urlsafe_b64encode(place + _digest(place, query)).decode()


def _position_of(token: str, query: Query) -> int:
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    place = content[:_POSITION_BYTES]
    # Anyone can make the digest; no position has the first bit, and databases take none that has it.
    if content[_POSITION_BYTES:] != _digest(place, query) or place > _LAST_PLACE:
        raise PageTokenError("the token is not one that a list with these filters gave out")
    return int.from_bytes(place, "big")


def _digest(place: bytes, query: Query) -> bytes:
    """It is no secret that this keeps, only mistakes that it finds: whom one may see is asked of every page anew."""
    return hashlib.sha256(b"page" + place + orjson.dumps(asdict(query))).digest()[:_DIGEST_BYTES]
