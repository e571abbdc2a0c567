"""The hash chain of the decision log.

Each entry's hash covers the hash before it, so that no entry can be changed, removed or put in between
unnoticed. What is personal in an entry (the record, whom it is about, the values in the verdict) enters only
through salted digests, the seals: it can be erased together with its salt, and the chain still verifies,
while nobody can find the erased values again by trying.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import orjson

GENESIS: Final = bytes(32)  # the hash before the first entry


class Link(NamedTuple):
    """What the chain covers of one entry; times are microseconds since 1970-01-01 UTC."""

    position: int
    decision_id: str
    logged_at_micros: int
    ruleset_digest: str
    record_seal: bytes
    verdict_seal: bytes


def seal_record(salt: bytes, record: bytes, subject_ref: str) -> bytes:
    """The seal of a record (JSON) and of whom it is about; JSON holds no NUL, so they cannot run together."""
    return hashlib.sha256(b"\0".join((salt + record, subject_ref.encode()))).digest()


def seal_verdict(salt: bytes, verdict: bytes) -> bytes:
    """The seal of a verdict (canonical JSON)."""
    return hashlib.sha256(salt + verdict).digest()


def chain_hash(previous: bytes, link: Link) -> bytes:
    """The hash of an entry that follows one with the hash `previous`."""
    covered = [
        previous.hex(),
        link.position,
        link.decision_id,
        link.logged_at_micros,
        link.ruleset_digest,
        link.record_seal.hex(),
        link.verdict_seal.hex(),
    ]
    return hashlib.sha256(orjson.dumps(covered)).digest()
