"""Entries of the decision log as rows of its table, and back: the one place that knows how an entry is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row

from server.store.chain import FORM, Link, chain_hash, seal_record, seal_verdict
from server.store.sealing import Kept, Sealing, personal_of


class Kind(StrEnum):
    """What an entry of the log is about."""

    RECORD = "record"
    """One record and its verdict."""
    TABLE = "table"
    """A chunk of a table: the record describes it (with its digest), the verdict counts (with that of the output)."""


class Entry(NamedTuple):
    """A decision that is to be logged.

    Attributes:
        decision_id: its id.
        ruleset_digest: of the ruleset that was used.
        subject_ref: the caller's own id of whom it is about, or empty.
        record: JSON.
        verdict: canonical JSON.
        salt: of the seals, 16 random bytes.
        kind: what it is about.
        caller: who asked, or empty.
        organisation: for which organisation, or empty.
        request_id: the caller's key of the request, or empty.
        request_seal: of that request, where it has a key; see `server.store.chain.seal_request`.
        status: of the verdict; of a table empty.
        outcome: of the verdict, if it is decided.
    """

    decision_id: str
    ruleset_digest: str
    subject_ref: str
    record: bytes
    verdict: bytes
    salt: bytes
    kind: Kind = Kind.RECORD
    caller: str = ""
    organisation: str = ""
    request_id: str = ""
    request_seal: bytes | None = None
    status: str = ""
    outcome: str = ""


def row_of(entry: Entry, position: int, now: int, previous: bytes, kept: Kept) -> dict[str, Any]:
    """The row of an entry.

    Args:
        entry: the entry.
        position: its place in the log.
        now: when it is logged, in microseconds since 1970-01-01 UTC.
        previous: the hash of the entry before.
        kept: what is personal in it, as it is to be kept.
    """
    record_seal = seal_record(entry.salt, entry.record, entry.subject_ref)
    verdict_seal = seal_verdict(entry.salt, entry.verdict)
    link = Link(
        FORM,
        position,
        entry.decision_id,
        now,
        entry.ruleset_digest,
        record_seal,
        verdict_seal,
        entry.kind,
        entry.caller,
        entry.organisation,
        entry.request_seal,
    )
    return {
        "position": position,
        "decision_id": entry.decision_id,
        "logged_at_micros": now,
        "ruleset_digest": entry.ruleset_digest,
        "subject_ref": entry.subject_ref,
        "record": kept.record,
        "verdict": kept.verdict,
        "salt": kept.salt,
        "key_id": kept.key_id,
        "erased_by": None,
        "record_seal": record_seal,
        "verdict_seal": verdict_seal,
        "previous_hash": previous,
        "chain_hash": chain_hash(previous, link),
        "link_form": FORM,
        "kind": entry.kind,
        "caller": entry.caller,
        "organisation": entry.organisation,
        "request_id": entry.request_id or None,
        "request_seal": entry.request_seal,
        "status": entry.status,
        "outcome": entry.outcome,
    }


def entry_of(row: Row[Any], sealing: Sealing | None) -> Entry:
    """The entry that is kept in a row of `server.store.sealing.ALL`.

    Raises:
        DataErasedError: what is personal in it was erased.
        MasterKeyError, StoreDamagedError: it cannot be opened.
    """
    personal = personal_of(row, sealing)
    return Entry(
        decision_id=row.decision_id,
        ruleset_digest=row.ruleset_digest,
        subject_ref=row.subject_ref,
        record=personal.record,
        verdict=personal.verdict,
        salt=personal.salt,
        kind=Kind(row.kind),
        caller=row.caller,
        organisation=row.organisation,
        request_id=row.request_id or "",
        request_seal=row.request_seal,
        status=row.status,
        outcome=row.outcome,
    )
