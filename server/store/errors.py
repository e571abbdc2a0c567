"""The errors of the store.

StoreError
├── StoreUnavailableError   the database cannot be reached, is locked or full: try again
├── SchemaError             the database is not one that this version can use; the text says what to do
├── RulesetConflictError    a published version has another text now
└── DecisionNotFoundError   no decision has the id
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of the store's errors."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached, is locked by another process, or is full."""


class SchemaError(StoreError):
    """The database's schema is not the one that this version works with."""


class RulesetConflictError(StoreError):
    """A published ruleset version is immutable, and this one's text has changed."""


class DecisionNotFoundError(StoreError):
    """No decision has this id."""
