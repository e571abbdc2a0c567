"""The log to whoever looks through it: lists, exports, verification. Blocking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Engine

from server.store.audit import Auditor
from server.store.export import export
from server.store.inspection import Opener, inspect_log
from server.store.listing import DecisionListing, Page, Query
from server.store.passage import Passage
from server.store.signing import Signing


class Archive:
    """The log of one database. Each method raises `StoreUnavailableError` where it cannot be used."""

    def __init__(
        self, engine: Engine, opener: Opener | None, signing: Signing, now_micros: Callable[[], int]
    ) -> None:
        """Look through the log of `engine`; `opener` opens what is encrypted."""
        self._engine = engine
        self._opener = opener
        self._signing = signing
        self._now_micros = now_micros
        self._listing = DecisionListing(engine)

    def page(self, query: Query, subtrees: Sequence[str], size: int, token: str = "") -> Page:
        """A page of a list; see `DecisionListing.page`."""
        return self._listing.page(query, subtrees, size, token)

    def export(
        self, query: Query, subtrees: Sequence[str], after: int = 0, last: int | None = None
    ) -> Iterator[bytes]:
        """The lines of an export of the positions after one, up to another; see `server.store.export`."""
        passage = Passage(self._engine, self._opener, after, last)
        return export(passage, query, subtrees, self._signing.notary, self._now_micros())

    def verify(self, after: int = 0) -> Iterator[Auditor]:
        """What verification comes to, stretch by stretch; see `inspect_log`."""
        return inspect_log(self._engine, self._opener, self._signing.witnesses, after=after)
