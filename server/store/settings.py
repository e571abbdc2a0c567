"""How the store is set up."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from server.section import Section


class StoreSettings(Section):
    """Where decisions and rulesets are kept."""

    location: str = "chuan.sqlite3"
    """The SQLite file; made if missing, readable by its owner alone."""

    rulesets: Path | None = None
    """The folder of rulesets that an empty store is seeded with; those shipped with chuan if left out."""

    busy_seconds: float = Field(default=5.0, ge=0)
    """How long a write waits for another process that holds the store, before the call is `UNAVAILABLE`."""
