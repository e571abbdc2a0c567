"""The errors of the store.

StoreError
├── StoreUnavailableError   the database cannot be reached, is locked or full: try again
├── LocationError           where the store is, is not said rightly
├── SchemaError             the database is not one that this version can use; the text says what to do
├── RulesetConflictError    a published version has another text now
├── DecisionNotFoundError   no decision has the id
├── RequestIdUsedError      a caller's key of a request stands for another request
├── NotReplayableError      the log does not have what the decision was reached from
├── DataErasedError         what is personal in the decision was erased
├── SubjectNotFoundError    nothing is held on the person
├── MasterKeyError          a master key is not at hand, or its file is wrong; the text says what to do
├── SigningKeyError         a key that signs, or its file, is wrong; the text says which
├── PageTokenError          a page token is not one of this listing
└── StoreDamagedError       something encrypted does not open: it was changed
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of the store's errors."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached, is locked by another process, or is full."""


class LocationError(StoreError):
    """Where the store is, is not said rightly; the text does not repeat it."""


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


class DataErasedError(StoreError):
    """What is personal in the decision was erased.

    Attributes:
        act: the number of the act that erased it.
        at_micros: when, in microseconds since 1970-01-01 UTC.
        how: the kind of the act, ``erased`` on request or ``expired`` after its period.
    """

    def __init__(self, act: int, at_micros: int, how: str) -> None:
        super().__init__("what is personal in this decision was erased, and nothing brings it back")
        self.act = act
        self.at_micros = at_micros
        self.how = how


class SubjectNotFoundError(StoreError):
    """Nothing is held on the person."""


class MasterKeyError(StoreError):
    """A master key is not at hand, or the file of master keys is wrong."""


class StoreDamagedError(StoreError):
    """Something encrypted does not open: it was changed, or put in another's place."""


class SigningKeyError(StoreError):
    """A key that signs the log is not there, or is something else."""


class PageTokenError(StoreError):
    """A page token was changed, or belongs to another listing."""
