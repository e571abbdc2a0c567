"""A store of its own for every test that asks for one, with a vault under a master key; once in a file alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from vaulted import new_vault

from server.personal import Vault
from server.store import open_database, prepare


@pytest.fixture
def database(location: str) -> Iterator[Engine]:
    """A store that is ready, in SQLite and in PostgreSQL."""
    engine = open_database(location, busy_seconds=0.2)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of `in_file` is."""
    return tmp_path / "store.sqlite3"


@pytest.fixture
def in_file(path: Path) -> Iterator[Engine]:
    """A store that is ready, in a file that can be looked into."""
    engine = open_database(str(path), busy_seconds=0.2)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def vault() -> Vault:
    return new_vault()
