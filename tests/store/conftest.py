"""A store of its own for every test that asks for one: once in SQLite, once in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from server.store import open_database, prepare


@pytest.fixture
def database(location: str) -> Iterator[Engine]:
    """A store that is ready, and waits for nobody."""
    engine = open_database(location, busy_seconds=0.05)
    prepare(engine)
    yield engine
    engine.dispose()
