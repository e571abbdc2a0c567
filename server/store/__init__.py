"""The store: ruleset texts and the decision log, in SQLite or PostgreSQL."""

from __future__ import annotations

from server.store.archive import Archive
from server.store.book import Action, Event, Kept, RulesetBook, Texts
from server.store.chain import seal_request
from server.store.errors import (
    DataErasedError,
    DecisionNotFoundError,
    LocationError,
    MasterKeyError,
    NotReplayableError,
    PageTokenError,
    RequestIdUsedError,
    RulesetConflictError,
    SchemaError,
    SigningKeyError,
    StoreDamagedError,
    StoreError,
    StoreUnavailableError,
    SubjectNotFoundError,
)
from server.store.history import DecisionHistory, Logged
from server.store.listing import Page, Query
from server.store.log import DecisionLog, LoggedDecision
from server.store.opening import open_database, open_store
from server.store.rows import Entry, Kind
from server.store.schema import check, prepare, upgrade
from server.store.signing import Signing

__all__ = [
    "Action",
    "Archive",
    "DataErasedError",
    "DecisionHistory",
    "DecisionLog",
    "DecisionNotFoundError",
    "Entry",
    "Event",
    "Kept",
    "Kind",
    "LocationError",
    "Logged",
    "LoggedDecision",
    "MasterKeyError",
    "NotReplayableError",
    "Page",
    "PageTokenError",
    "Query",
    "RequestIdUsedError",
    "RulesetBook",
    "RulesetConflictError",
    "SchemaError",
    "Signing",
    "SigningKeyError",
    "StoreDamagedError",
    "StoreError",
    "StoreUnavailableError",
    "SubjectNotFoundError",
    "Texts",
    "check",
    "open_database",
    "open_store",
    "prepare",
    "seal_request",
    "upgrade",
]
