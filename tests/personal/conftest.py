"""A store in a file of its own, with a vault under a master key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from vaulted import new_vault

from server.personal import Vault
from server.store import open_database, prepare


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Engine]:
    engine = open_database(path, busy_seconds=0.2)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def vault() -> Vault:
    return new_vault()
