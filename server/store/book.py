"""The book of rulesets: their drafts, the published versions, and every step between, with who took it and why.

Nothing in it is ever changed or removed: what a ruleset has come to follows from its events, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from server.store.database import reading, writing
from server.store.errors import RulesetConflictError
from server.store.tables import drafts, ruleset_events, rulesets


class Action(StrEnum):
    """What was done with a version."""

    SAVED = "saved"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUBLISHED = "published"
    SEEDED = "seeded"  # published as the store was made, from the folder of rulesets
    SUPERSEDED = "superseded"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done with a version; times are microseconds since 1970-01-01 UTC.

    Attributes:
        sequence: its place among all events: 1, 2, 3, … without a hole.
        at_micros: when.
        actor: who, as stated.
        action: what.
        ruleset_id: of which ruleset.
        version: of which version.
        revision: of the draft; 0 where there was none.
        digest: of the text, where it was saved or published; of the successor's, of a supersession.
        moment_micros: from when it counts, of a publication, supersession or retirement; None for a seed, whose
            document says so itself.
        day: the first day of the successor, of a supersession; ISO 8601.
        reason: in the actor's words.
    """

    sequence: int = 0
    at_micros: int
    actor: str
    action: Action
    ruleset_id: str
    version: str
    revision: int = 0
    digest: str = ""
    moment_micros: int | None = None
    day: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """A ruleset's document and the cases beside it, which may be empty."""

    text: str
    cases: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A published version, as it is kept for ever."""

    digest: str
    id: str
    version: str
    text: str
    cases: str = ""


class Page:
    """The book within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def events(self, ruleset_id: str = "", version: str = "", after: int = 0) -> tuple[Event, ...]:
        """The events of a version, of a ruleset or of all, in their order; those after a place in it."""
        wanted = select(ruleset_events).where(ruleset_events.c.sequence > after)
        if ruleset_id:
            wanted = wanted.where(ruleset_events.c.ruleset_id == ruleset_id)
        if version:
            wanted = wanted.where(ruleset_events.c.version == version)
        return tuple(map(_event, self._connection.execute(wanted.order_by(ruleset_events.c.sequence))))

    def append(self, event: Event) -> Event:
        """Write an event at the end; given back with its place, and a time not before the last one's."""
        newest = select(func.max(ruleset_events.c.sequence), func.max(ruleset_events.c.at_micros))
        last, at = self._connection.execute(newest).one()
        placed = {**asdict(event), "sequence": (last or 0) + 1, "at_micros": max(event.at_micros, at or 0)}
        self._connection.execute(insert(ruleset_events).values(placed))
        return Event(**placed)

    def revision(self, ruleset_id: str, version: str, revision: int) -> Texts | None:
        """A revision of a draft, or None."""
        wanted = select(drafts.c.text, drafts.c.cases).where(
            drafts.c.ruleset_id == ruleset_id, drafts.c.version == version, drafts.c.revision == revision
        )
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else Texts(row.text, row.cases)

    def save(self, ruleset_id: str, version: str, revision: int, texts: Texts) -> None:
        """Keep a revision of a draft."""
        row = {"ruleset_id": ruleset_id, "version": version, "revision": revision, **asdict(texts)}
        self._connection.execute(insert(drafts).values(row))

    def keep(self, kept: Kept) -> None:
        """Keep a published version; the same one again changes nothing, but for cases where it had none.

        Raises:
            RulesetConflictError: the version is kept with another text.
        """
        known = self._connection.execute(
            select(rulesets.c.digest).where(rulesets.c.id == kept.id, rulesets.c.version == kept.version)
        ).scalar()
        if known is None:
            self._connection.execute(insert(rulesets).values(asdict(kept)))
        elif known != kept.digest:
            raise RulesetConflictError(
                f"{kept.id} {kept.version} was in use with another text ({known[:12]}…, now {kept.digest[:12]}…). "
                "A version never changes once it is in use: give the changed text a new version"
            )
        elif kept.cases:  # a store of schema 0002 kept the documents alone
            without = update(rulesets).where(rulesets.c.digest == known, rulesets.c.cases == "")
            self._connection.execute(without.values(cases=kept.cases))

    def kept(self, digest: str) -> Kept | None:
        """The version whose text has this digest, or None."""
        row = self._connection.execute(select(rulesets).where(rulesets.c.digest == digest)).one_or_none()
        return None if row is None else Kept(row.digest, row.id, row.version, row.text, row.cases)


class RulesetBook:
    """The book in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """The book as it is at one moment.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        with reading(self._engine) as connection:
            yield Page(connection)

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """The book, which nobody else writes to until the end; then all is written, or on an error nothing.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        with writing(self._engine) as connection:
            yield Page(connection)

    def sequence(self) -> int:
        """How many events there are: whoever has seen so many has seen all.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        with reading(self._engine) as connection:
            return connection.execute(_NEWEST).scalar() or 0

    def kept(self, digest: str) -> Kept | None:
        """The published version whose text has this digest, or None.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        with self.reading() as page:
            return page.kept(digest)


_NEWEST: Final = select(func.max(ruleset_events.c.sequence))


def _event(row: Row[tuple[object, ...]]) -> Event:
    columns = row._asdict()
    return Event(**{**columns, "action": Action(columns["action"])})
