"""How the store is set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import Field, SecretStr, model_validator

from server.section import Section


class StoreSettings(Section):
    """Where decisions and rulesets are kept."""

    location: str = "chuan.sqlite3"
    """An SQLite file, made if missing, readable by its owner alone; or a PostgreSQL database, as a URL
    `postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full`."""

    password: SecretStr | None = None
    """Of PostgreSQL; one that stands in the URL is moved here. Without one, libpq's own ways hold (`PGPASSFILE`)."""

    connections: int = Field(default=10, ge=2)
    """To PostgreSQL, of one worker, at most."""

    rulesets: Path | None = None
    """The folder of rulesets that an empty store is seeded with; those shipped with chuan if left out."""

    busy_seconds: float = Field(default=5.0, ge=0)
    """How long a write waits for another process that is writing, before the call is `UNAVAILABLE`."""

    signing_key_file: Path | None = None
    """The key that signs checkpoints and exports, which `chuan decisions make-key` makes. Without one nothing is
    signed, and whoever can write to the database could write its whole log anew."""

    former_key_files: list[Path] = Field(default_factory=list)
    """Keys that signed before this one, public or private, so that what they signed can still be verified."""

    checkpoint_every: int = Field(default=1_000, ge=1)
    """How many decisions are logged between two checkpoints, at most one for each commit."""

    @model_validator(mode="before")
    @classmethod
    def _hide_the_password(cls, given: Any) -> Any:
        """Nobody should meet it where the location is shown."""
        location = given.get("location") if isinstance(given, dict) else None
        if not isinstance(location, str) or "://" not in location:
            return given
        scheme, _, rest = location.partition("://")
        authority, slash, path = rest.partition("/")
        user_and_password, at, host = authority.rpartition("@")
        user, colon, password = user_and_password.partition(":")
        if not colon:
            return given
        return (
            {"password": unquote(password)}
            | given
            | {"location": f"{scheme}://{user}{at}{host}{slash}{path}"}
        )
