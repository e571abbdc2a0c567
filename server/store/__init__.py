"""The store: ruleset texts and the decision log, in SQLite or PostgreSQL."""

from __future__ import annotations

from server.store.book import Action, Event, Kept, RulesetBook, Texts
from server.store.chain import seal_request
from server.store.errors import (
    DataErasedError,
    DecisionNotFoundError,
    LocationError,
    MasterKeyError,
    NotReplayableError,
    RequestIdUsedError,
    RulesetConflictError,
    SchemaError,
    StoreDamagedError,
    StoreError,
    StoreUnavailableError,
    SubjectNotFoundError,
)
from server.store.history import DecisionHistory, Logged
from server.store.log import DecisionLog, LoggedDecision
from server.store.opening import open_database, open_store
from server.store.rows import Entry, Kind
from server.store.schema import check, prepare, upgrade

__all__ = [
    "Action",
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
    "RequestIdUsedError",
    "RulesetBook",
    "RulesetConflictError",
    "SchemaError",
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
