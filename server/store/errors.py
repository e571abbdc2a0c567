"""The errors of the store.

StoreError
├── StoreUnavailableError   the database cannot be reached, is locked or full: try again
├── SchemaError             the database is not one that this version can use; the text says what to do
├── RulesetConflictError    a published version has another text now
├── DecisionNotFoundError   no decision has the id
├── RequestIdUsedError      a caller's key of a request stands for another request
└── NotReplayableError      the log does not have what the decision was reached from
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
    """No decision has this id, as far as whoever asks may know."""

    def __init__(self) -> None:
        super().__init__("no decision has this id")


class RequestIdUsedError(StoreError):
    """A decision was logged under this caller's key of a request, and it was another request."""


class NotReplayableError(StoreError):
    """What the decision was reached from is not in the log; the text says why."""
