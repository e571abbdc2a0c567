"""The life of one version: what its events have made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from engine import Publication, Ruleset
from engine.publication import Ending
from server.store import Action, Event


class State(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    CHECKED = "checked"  # the check and the cases of its newest revision passed
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SCHEDULED = "scheduled"  # published from a moment to come
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # a successor ends its effect
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Life:
    """A version of a ruleset and what it has come to; times are microseconds since 1970-01-01 UTC.

    Attributes:
        ruleset_id: the ruleset.
        version: the version.
        step: of the draft: `DRAFT`, `CHECKED`, `SUBMITTED`, `APPROVED`, or `PUBLISHED` and further.
        revision: the newest of the draft; 0 where it was seeded.
        digest: of the newest text.
        authors: who saved a revision, each once.
        saved_by: who saved the newest.
        saved_at_micros: when.
        approved_by: who approved it, if somebody did.
        published_by: who published it, if somebody did.
        published_micros: from when it is published; None before, and for a seed.
        endings: its successors: from which moment known, the first day of each, and the digest of its text.
        withdrawn_micros: when it was retired.
        reason: why it was rejected or retired, or what was said with the last step.
    """

    ruleset_id: str
    version: str
    step: State = State.DRAFT
    revision: int = 0
    digest: str = ""
    authors: tuple[str, ...] = ()
    saved_by: str = ""
    saved_at_micros: int = 0
    approved_by: str = ""
    published_by: str = ""
    published_micros: int | None = None
    endings: tuple[tuple[int, str, str], ...] = ()
    withdrawn_micros: int | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """As it is spoken of."""
        return f"{self.ruleset_id} {self.version}"

    @property
    def is_published(self) -> bool:
        """Whether it was ever published: then it never changes."""
        return self.step is State.PUBLISHED

    def state(self, now_micros: int) -> State:
        """How far it has come by `now_micros`."""
        if self.step is not State.PUBLISHED:
            return self.step
        if self.withdrawn_micros is not None and self.withdrawn_micros <= now_micros:
            return State.RETIRED
        if any(known <= now_micros for known, _, _ in self.endings):
            return State.SUPERSEDED
        if self.published_micros is not None and self.published_micros > now_micros:
            return State.SCHEDULED
        return State.PUBLISHED

    @property
    def moments(self) -> tuple[int, ...]:
        """When a publication, a supersession or a retirement of it begins to count."""
        said = (self.published_micros, self.withdrawn_micros, *(known for known, _, _ in self.endings))
        return tuple(each for each in said if each is not None)

    def publication(self, ruleset: Ruleset, now_micros: int | None = None) -> Publication:
        """From when until when `ruleset`, which is the text of this version, was what was published.

        With `now_micros`, without the successors that are not yet known then.
        """
        published = ruleset.published if self.published_micros is None else moment(self.published_micros)
        withdrawn = None if self.withdrawn_micros is None else moment(self.withdrawn_micros)
        endings = tuple(
            Ending(moment(known), date.fromisoformat(day))
            for known, day, _ in sorted(self.endings)
            if now_micros is None or known <= now_micros
        )
        return Publication(ruleset, published, withdrawn, endings)

    @property
    def never_counted(self) -> bool:
        """Whether it was retired before its publication counted."""
        begins, ends = self.published_micros, self.withdrawn_micros
        return begins is not None and ends is not None and ends <= begins

    def counts_by(self, now_micros: int) -> bool:
        """Whether it was published by `now_micros`."""
        if not self.is_published or self.never_counted:
            return False
        return self.published_micros is None or self.published_micros <= now_micros

    def after(self, event: Event) -> Life:
        """What it is after one more event of its own."""
        match event.action:
            case Action.SAVED:
                authors = self.authors if event.actor in self.authors else (*self.authors, event.actor)
                return replace(
                    self,
                    step=State.DRAFT,
                    revision=event.revision,
                    digest=event.digest,
                    authors=authors,
                    saved_by=event.actor,
                    saved_at_micros=event.at_micros,
                    approved_by="",
                    reason=event.reason,
                )
            case Action.CHECKED:
                return replace(self, step=State.CHECKED)
            case Action.SUBMITTED:
                return replace(self, step=State.SUBMITTED, reason=event.reason)
            case Action.APPROVED:
                return replace(self, step=State.APPROVED, approved_by=event.actor, reason=event.reason)
            case Action.REJECTED:
                return replace(self, step=State.DRAFT, approved_by="", reason=event.reason)
            case Action.PUBLISHED | Action.SEEDED:
                return replace(
                    self,
                    step=State.PUBLISHED,
                    digest=event.digest,
                    published_by=event.actor,
                    published_micros=event.moment_micros,
                    reason=event.reason,
                )
            case Action.SUPERSEDED:
                ending = (event.moment_micros or event.at_micros, event.day, event.digest)
                return replace(self, endings=(*self.endings, ending))
            case Action.RETIRED:
                return replace(self, withdrawn_micros=event.moment_micros, reason=event.reason)


def lives(events: Iterable[Event]) -> dict[tuple[str, str], Life]:
    """What the events, all of those of an id or of all ids, have made of each version, by id and version.

    What was retired before it counted has ended nothing.
    """
    found: dict[tuple[str, str], Life] = {}
    for event in events:
        key = (event.ruleset_id, event.version)
        found[key] = found.get(key, Life(*key)).after(event)
    void = {life.digest for life in found.values() if life.never_counted}
    if not void:
        return found
    return {
        key: replace(life, endings=tuple(each for each in life.endings if each[2] not in void))
        for key, life in found.items()
    }


def moment(micros: int) -> datetime:
    """A moment of the book, in UTC."""
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
