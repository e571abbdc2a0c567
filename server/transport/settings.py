"""What callers who send mass data may ask for."""

from __future__ import annotations

from pydantic import Field

from server.section import Section

_MIB = 1024 * 1024


class StreamSettings(Section):
    """Streams of records and of tables."""

    chunks_in_flight: int = Field(default=8, ge=1, le=1_000)
    """Of one stream, judged and not yet taken by its caller; no more are read until answers are taken."""

    table_rows: int = Field(default=100_000, ge=1, le=10_000_000)
    """Of one chunk of a table; a list in it may have fifty times as many items in all."""

    table_columns: int = Field(default=1_000, ge=1, le=100_000)
    """Of a table, those in records and lists counted."""

    table_bytes: int = Field(default=64 * _MIB, ge=1_024, le=4_096 * _MIB)
    """Of one chunk of a table, unpacked."""
