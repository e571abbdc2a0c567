"""The rulesets to judge by, as of now: one immutable snapshot at a time, made anew when the book has changed.

Several processes may share one book. Each looks into it every half second, and so has a publication of another
process within a second; its own at once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine import Catalogue, Ruleset, loads
from engine.evaluation import evaluator_of
from server.limits import FOLLOW_SECONDS
from server.publishing.life import Life, lives
from server.store import RulesetBook, StoreUnavailableError

_log: Final = logging.getLogger("chuan.server")


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What is published at a moment. A request takes one, and keeps to it.

    Attributes:
        sequence: how many events of the book it knows.
        catalogue: the versions that are or were published.
        lives: what each has come to.
        changes_at_micros: when the next publication or supersession begins to count; None where none is to come.
    """

    sequence: int
    catalogue: Catalogue
    lives: Mapping[Ruleset, Life]
    changes_at_micros: int | None = None


class Shelf:
    """Keeps the newest snapshot. Safe to use from many threads; `follow` and `later_than` belong to the event loop."""

    def __init__(
        self, book: RulesetBook, now_micros: Callable[[], int], read: Iterable[Ruleset] = ()
    ) -> None:
        """Read the book.

        Args:
            book: the book.
            now_micros: the clock.
            read: rulesets that need not be read again.

        Raises:
            RulesetError: a published text cannot be read by this version of chuan.
            InferenceLimitError: a decision is larger than forward chaining is safe with.
            StoreUnavailableError: the database cannot be used.
        """
        self._book = book
        self._now_micros = now_micros
        self._refreshing = threading.Lock()
        self._rulesets = {each.digest: each for each in read}
        self._snapshot = self._read()
        self._changed = asyncio.Event()

    @property
    def snapshot(self) -> Snapshot:
        """What is published now."""
        return self._snapshot

    @property
    def catalogue(self) -> Catalogue:
        """The versions of the newest snapshot."""
        return self._snapshot.catalogue

    def refresh(self) -> Snapshot:
        """Look into the book, and what is published now. Blocking; errors as for the constructor."""
        with self._refreshing:
            due = self._snapshot.changes_at_micros
            if self._book.sequence() != self._snapshot.sequence or (due and due <= self._now_micros()):
                self._snapshot = self._read(self._snapshot)
            return self._snapshot

    def ruleset(self, digest: str) -> Ruleset | None:
        """The ruleset that was ever published with this digest, or None. Blocking.

        Raises:
            RulesetError: its text cannot be read by this version of chuan.
            StoreUnavailableError: the database cannot be used.
        """
        if digest not in self._rulesets:
            kept = self._book.kept(digest)
            if kept is None:
                return None
            self._rulesets[digest] = loads(kept.text, f"{kept.id} {kept.version}")
        return self._rulesets[digest]

    async def follow(self) -> None:
        """Keep up with the book until cancelled."""
        seen = self._snapshot
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                newest = await asyncio.to_thread(self.refresh)
            except StoreUnavailableError as error:
                _log.warning("cannot look for publications: %s", error)
                continue
            except Exception as error:  # noqa: BLE001 - a text that cannot be read must not end the following
                _log.error("cannot take up a publication: %s: %s", type(error).__name__, error)
                continue
            if newest is not seen:
                seen = newest
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()

    async def later_than(self, snapshot: Snapshot) -> Snapshot:
        """The newest snapshot, as soon as it is another than `snapshot`."""
        while self._snapshot is snapshot:
            await self._changed.wait()
        return self._snapshot

    def _read(self, before: Snapshot | None = None) -> Snapshot:
        now = self._now_micros()
        with self._book.reading() as page:
            events = page.events()
        found: dict[Ruleset, Life] = {}
        to_come: list[int] = []
        for life in lives(events).values():
            if not life.is_published:
                continue
            to_come += [each for each in life.moments if each > now]
            ruleset = self.ruleset(life.digest) if life.counts_by(now) else None
            if ruleset is not None:
                evaluator_of(ruleset)  # not with the first call
                found[ruleset] = life
        sequence, changes = events[-1].sequence if events else 0, min(to_come, default=None)
        due = before is not None and before.changes_at_micros is not None and before.changes_at_micros <= now
        if before is not None and before.lives == found and not due:  # only drafts have changed
            return replace(before, sequence=sequence, changes_at_micros=changes)
        publications = [life.publication(ruleset, now) for ruleset, life in found.items()]
        return Snapshot(sequence, Catalogue(publications), found, changes)
