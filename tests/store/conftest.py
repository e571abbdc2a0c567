"""A store of its own for every test that asks for one: once in SQLite, once in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres
from sqlalchemy import Engine

from server.store import open_database, prepare


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store is."""
    if request.param == "sqlite":
        yield str(tmp_path / "store.sqlite3")
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database() as url:
        yield url


@pytest.fixture
def database(location: str) -> Iterator[Engine]:
    """A store that is ready, and waits for nobody."""
    engine = open_database(location, busy_seconds=0.05)
    prepare(engine)
    yield engine
    engine.dispose()
