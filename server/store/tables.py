"""The tables of the store, as SQLAlchemy Core has them. Migrations make them; nothing here does."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata: Final = MetaData()

# A position is a 64-bit row id in SQLite only if its column's type is exactly INTEGER.
_POSITION: Final = BigInteger().with_variant(Integer, "sqlite")
# What lies within a subtree is a range of texts in the order of their bytes, whatever the language of the database.
_PATH: Final = String(200).with_variant(String(200, collation="C"), "postgresql")
_KEYED: Final = text("request_id IS NOT NULL")
_ERASED: Final = text("erased_by IS NOT NULL")

rulesets: Final = Table(
    "rulesets",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 of the text, hexadecimal"),
    Column("id", String(200), nullable=False),
    Column("version", String(50), nullable=False),
    Column("text", Text, nullable=False, comment="the document, as published"),
    Column(
        "cases", Text, nullable=False, server_default="", comment="the author's tests beside it, may be empty"
    ),
    UniqueConstraint("id", "version", name="one_text_a_version"),
)

decisions: Final = Table(
    "decisions",
    metadata,
    Column(
        "position", _POSITION, primary_key=True, autoincrement=False, comment="1, 2, 3, ... without a hole"
    ),
    Column("decision_id", String(36), nullable=False, unique=True),
    Column("logged_at_micros", BigInteger, nullable=False, comment="microseconds since 1970-01-01 UTC"),
    Column("ruleset_digest", String(64), nullable=False, comment="of the ruleset that was used"),
    Column("subject_ref", String(200), nullable=False, comment="the caller's own id, may be empty"),
    Column(
        "record", LargeBinary, nullable=False, comment="JSON, UTF-8; with a key: the box of salt and record"
    ),
    Column("verdict", LargeBinary, nullable=False, comment="canonical JSON, UTF-8; with a key: its box"),
    Column("salt", LargeBinary(16), nullable=False, comment="of the seals, random; with a key: empty"),
    Column("record_seal", LargeBinary(32), nullable=False, comment="see server.store.chain"),
    Column("verdict_seal", LargeBinary(32), nullable=False, comment="see server.store.chain"),
    Column("previous_hash", LargeBinary(32), nullable=False, comment="chain_hash of the entry before"),
    Column("chain_hash", LargeBinary(32), nullable=False, comment="see server.store.chain"),
    Column("link_form", Integer, nullable=False, server_default="1", comment="see server.store.chain"),
    Column("kind", String(10), nullable=False, server_default="record", comment="see server.store.rows.Kind"),
    Column("caller", String(200), nullable=False, server_default="", comment="who asked, may be empty"),
    Column("organisation", _PATH, nullable=False, server_default="", comment="for whom, may be empty"),
    Column("request_id", String(64), nullable=True, comment="the caller's key of the request, if it has one"),
    Column("request_seal", LargeBinary(32), nullable=True, comment="see server.store.chain"),
    Column(
        "status", String(20), nullable=False, server_default="", comment="of the verdict; of a table none"
    ),
    Column("outcome", Text, nullable=False, server_default="", comment="of the verdict, if it is decided"),
    Column("key_id", BigInteger, nullable=True, comment="of subject_keys; none: it is kept as it is"),
    Column("erased_by", BigInteger, nullable=True, comment="the act that erased it, if one did"),
    Index("decisions_of_a_ruleset", "ruleset_digest", "position"),
    Index("decisions_of_a_subject", "subject_ref", "position"),
    Index("decisions_of_an_organisation", "organisation", "position"),
    Index("decisions_of_a_caller", "caller", "position"),
    Index("decisions_of_an_outcome", "outcome", "status", "position"),
    Index("decisions_in_time", "logged_at_micros", "position"),
    Index(
        "one_decision_a_request",
        "caller",
        "request_id",
        unique=True,
        sqlite_where=_KEYED,
        postgresql_where=_KEYED,
    ),
    Index("erased_decisions", "erased_by", sqlite_where=_ERASED, postgresql_where=_ERASED),
)

subject_keys: Final = Table(
    "subject_keys",
    metadata,
    Column(
        "key_id",
        _POSITION,
        primary_key=True,
        autoincrement=False,
        comment="the decision that it was made for",
    ),
    Column("organisation", _PATH, nullable=False, comment="of the subject, may be empty"),
    Column("subject_ref", String(200), nullable=True, comment="the subject; none: that decision's alone"),
    Column("master_id", String(16), nullable=False, comment="of the master key that wraps it, may be empty"),
    Column("wrapped", LargeBinary(60), nullable=False, comment="see server.personal.masters"),
    UniqueConstraint("subject_ref", "organisation", name="one_key_a_subject"),
)

acts: Final = Table(
    "acts",
    metadata,
    Column(
        "sequence", _POSITION, primary_key=True, autoincrement=False, comment="1, 2, 3, ... without a hole"
    ),
    Column("at_micros", BigInteger, nullable=False, comment="microseconds since 1970-01-01 UTC"),
    Column("kind", String(20), nullable=False, comment="see server.store.acts.ActKind"),
    Column("actor", String(200), nullable=False, comment="who did it"),
    Column("decision_id", String(36), nullable=False, comment="about which decision; empty: about many"),
    Column("refers_to", BigInteger, nullable=False, comment="the act that it is about; 0 for none"),
    Column("key_id", BigInteger, nullable=True, comment="of subject_keys; none: the note is kept as it is"),
    Column("note", LargeBinary, nullable=False, comment="salt and JSON; with a key: their box"),
    Column("note_seal", LargeBinary(32), nullable=False, comment="SHA-256 of salt and JSON"),
    Column("previous_hash", LargeBinary(32), nullable=False, comment="chain_hash of the act before"),
    Column("chain_hash", LargeBinary(32), nullable=False, comment="see server.store.acts"),
    Column("erased_by", BigInteger, nullable=True, comment="the act that erased the note, if one did"),
    Index("acts_on_a_decision", "decision_id", "sequence"),
    Index("acts_of_a_kind", "kind", "sequence"),
    Index("acts_of_a_subject", "key_id", "sequence"),
)

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column(
        "position", _POSITION, primary_key=True, autoincrement=False, comment="of the entry it vouches for"
    ),
    Column("key_id", String(16), primary_key=True, comment="of the key that signed, see server.store.notary"),
    Column("chain_hash", LargeBinary(32), nullable=False, comment="of that entry"),
    Column("at_micros", BigInteger, nullable=False, comment="microseconds since 1970-01-01 UTC"),
    Column("signature", LargeBinary(64), nullable=False, comment="Ed25519"),
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("ruleset_id", String(200), primary_key=True),
    Column("version", String(50), primary_key=True),
    Column("revision", Integer, primary_key=True, comment="1, 2, 3, ...; each stays for ever"),
    Column("text", Text, nullable=False, comment="the document, as it was saved"),
    Column("cases", Text, nullable=False, comment="the author's tests beside it, may be empty"),
)

ruleset_events: Final = Table(
    "ruleset_events",
    metadata,
    Column(
        "sequence", _POSITION, primary_key=True, autoincrement=False, comment="1, 2, 3, ... without a hole"
    ),
    Column("at_micros", BigInteger, nullable=False, comment="microseconds since 1970-01-01 UTC"),
    Column("actor", String(200), nullable=False, comment="who did it, as stated"),
    Column("action", String(20), nullable=False, comment="see server.store.book.Action"),
    Column("ruleset_id", String(200), nullable=False),
    Column("version", String(50), nullable=False),
    Column("revision", Integer, nullable=False, comment="of the draft; 0 where there was none"),
    Column("digest", String(64), nullable=False, comment="of the text that it is about; see Event"),
    Column(
        "moment_micros", BigInteger, nullable=True, comment="from when it counts, where it is one that does"
    ),
    Column("day", String(10), nullable=False, comment="on which the successor begins, of a supersession"),
    Column("reason", Text, nullable=False, comment="in the actor's words, may be empty"),
    Index("events_of_a_version", "ruleset_id", "version"),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("key_id", String(16), primary_key=True, comment="finds it; no secret"),
    Column("name", String(200), nullable=False, comment="of the caller whom it lets in"),
    Column("roles", Text, nullable=False, comment="of the caller, with spaces between"),
    Column("organisations", Text, nullable=False, comment="subtrees of the caller, with spaces between"),
    Column("digest", LargeBinary(32), nullable=False, comment="SHA-256 of the secret, which is nowhere kept"),
    Column("created_at_micros", BigInteger, nullable=False, comment="microseconds since 1970-01-01 UTC"),
    Column("expires_at_micros", BigInteger, nullable=True, comment="null: it does not expire"),
    Column("revoked_at_micros", BigInteger, nullable=True, comment="null: it is not withdrawn"),
    Column("replaces", String(16), nullable=False, comment="the key that it was rotated from, or empty"),
    Column("changes", Integer, nullable=False, comment="how often it was written: 1 when it was made"),
)
