"""The store: ruleset texts and the decision log, in SQLite."""

from __future__ import annotations

from server.store.database import open_database
from server.store.errors import (
    DecisionNotFoundError,
    RulesetConflictError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
)
from server.store.log import DecisionLog, LoggedDecision
from server.store.rulesets import RulesetArchive
from server.store.schema import prepare, upgrade
from server.store.writer import Entry

__all__ = [
    "DecisionLog",
    "DecisionNotFoundError",
    "Entry",
    "LoggedDecision",
    "RulesetArchive",
    "RulesetConflictError",
    "SchemaError",
    "StoreError",
    "StoreUnavailableError",
    "open_database",
    "prepare",
    "upgrade",
]
