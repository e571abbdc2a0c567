"""The tables of the store, as SQLAlchemy Core has them. Migrations make them; nothing here does."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData()

# A position is a 64-bit row id in SQLite only if its column's type is exactly INTEGER.
_POSITION: Final = BigInteger().with_variant(Integer, "sqlite")

rulesets: Final = Table(
    "rulesets",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 of the text, hexadecimal"),
    Column("id", String(200), nullable=False),
    Column("version", String(50), nullable=False),
    Column("text", Text, nullable=False, comment="the document, as published"),
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
    Column("record", LargeBinary, nullable=False, comment="JSON, UTF-8"),
    Column("verdict", LargeBinary, nullable=False, comment="canonical JSON, UTF-8"),
    Column("salt", LargeBinary(16), nullable=False, comment="of the seals, random"),
    Column("record_seal", LargeBinary(32), nullable=False, comment="see server.store.chain"),
    Column("verdict_seal", LargeBinary(32), nullable=False, comment="see server.store.chain"),
    Column("previous_hash", LargeBinary(32), nullable=False, comment="chain_hash of the entry before"),
    Column("chain_hash", LargeBinary(32), nullable=False, comment="see server.store.chain"),
)
