"""The archive of ruleset texts: what a decision points to stays readable, whatever becomes of the files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import Engine, insert, select

from server.store.database import reading, writing
from server.store.errors import RulesetConflictError
from server.store.tables import rulesets


class Published(Protocol):
    """What the archive keeps of a ruleset version."""

    @property
    def id(self) -> str:
        """The stable id."""

    @property
    def version(self) -> str:
        """The version."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text, hexadecimal."""

    @property
    def text(self) -> str:
        """The document."""


class RulesetArchive:
    """Keeps the text of every ruleset version that this store has seen in use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, published: Iterable[Published]) -> None:
        """Keep the texts of these versions; those that are kept already are only compared.

        Raises:
            RulesetConflictError: a version was in use with another text.
            StoreUnavailableError: the database cannot be used.
        """
        with writing(self._engine) as connection:
            known = {(row.id, row.version): row.digest for row in connection.execute(select(rulesets))}
            for ruleset in published:
                digest = known.get((ruleset.id, ruleset.version))
                if digest is None:
                    row = {name: getattr(ruleset, name) for name in ("digest", "id", "version", "text")}
                    connection.execute(insert(rulesets).values(row))
                elif digest != ruleset.digest:
                    raise RulesetConflictError(
                        f"{ruleset.id} {ruleset.version} was in use with another text ({digest[:12]}…, "
                        f"now {ruleset.digest[:12]}…). A version never changes once it is in use: give the "
                        "changed text a new version, or start with a new store"
                    )

    def text(self, digest: str) -> str | None:
        """The text with this digest, or None.

        Raises:
            StoreUnavailableError: the database cannot be used.
        """
        with reading(self._engine) as connection:
            return connection.execute(select(rulesets.c.text).where(rulesets.c.digest == digest)).scalar()
