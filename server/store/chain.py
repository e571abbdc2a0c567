"""The hash chain of the decision log.

Each entry's hash covers the hash before it, so that no entry can be changed, removed or put in between
unnoticed. What is personal in an entry (the record, whom it is about, the values in the verdict, what was asked)
enters only through salted digests, the seals: it can be erased together with its salt, and the chain still
verifies, while nobody can find the erased values again by trying.

The form of a link tells what it covers and how. Form 1 is that of stores up to schema 0003; form 2 also covers who
asked, for which organisation and by which request, and hashes the link by itself first: to verify a stretch of the
chain, of an entry that one may not see its link's digest is enough.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import orjson

GENESIS: Final = bytes(32)  # the hash before the first entry
FORM: Final = 2  # of the links of new entries


class Link(NamedTuple):
    """What the chain covers of one entry; times are microseconds since 1970-01-01 UTC.

    A link of form 1 does not cover the fields from `kind` on: those are as they are here by default.
    """

    link_form: int
    position: int
    decision_id: str
    logged_at_micros: int
    ruleset_digest: str
    record_seal: bytes
    verdict_seal: bytes
    kind: str = "record"
    caller: str = ""
    organisation: str = ""
    request_seal: bytes | None = None


def seal_record(salt: bytes, record: bytes, subject_ref: str) -> bytes:
    """The seal of a record (JSON) and of whom it is about; JSON holds no NUL, so they cannot run together."""
    return hashlib.sha256(b"\0".join((salt + record, subject_ref.encode()))).digest()


def seal_verdict(salt: bytes, verdict: bytes) -> bytes:
    """The seal of a verdict (canonical JSON)."""
    return hashlib.sha256(salt + verdict).digest()


def seal_request(salt: bytes, request_id: str, request: bytes) -> bytes:
    """The seal of a request and of the key that its caller gave it, which holds no NUL."""
    return hashlib.sha256(b"\0".join((salt + request_id.encode(), request))).digest()


def link_digest(link: Link) -> bytes:
    """The digest of a link of form 2."""
    covered = [
        link.link_form,
        link.position,
        link.decision_id,
        link.logged_at_micros,
        link.ruleset_digest,
        link.record_seal.hex(),
        link.verdict_seal.hex(),
        link.kind,
        link.caller,
        link.organisation,
        link.request_seal.hex() if link.request_seal else None,
    ]
    return hashlib.sha256(orjson.dumps(covered)).digest()


def chain_digest(previous: bytes, digest: bytes) -> bytes:
    """The hash of an entry of form 2 that follows one with the hash `previous`, from its link's digest."""
    return hashlib.sha256(previous + digest).digest()


def chain_hash(previous: bytes, link: Link) -> bytes:
    """The hash of an entry that follows one with the hash `previous`.

    Raises:
        ValueError: the link is of a form that there is not, or says what its form does not cover.
    """
    if link.link_form == FORM:
        return chain_digest(previous, link_digest(link))
    if link.link_form != 1 or link[7:] != ("record", "", "", None):
        raise ValueError("a link has a form that there is not")
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
