"""What callers who send mass data may ask for."""

from __future__ import annotations

from pydantic import Field

from server.section import Section

_MIB = 1024 * 1024


class StreamSettings(Section):
    """Streams of records and of tables."""

    chunks_in_flight: int = Field(default=8, ge=1, le=1_000)
    """Of one stream, judged and not yet taken by its caller; no more are read until answers are taken."""
