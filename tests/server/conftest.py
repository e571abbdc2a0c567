"""A server of its own for a module of tests: real rulesets, a real file, a free port of the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import serving, settings_for

from server.config import Settings
from server.running.settings import WorkerSettings

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "store.sqlite3"


@pytest.fixture(scope="module")
def config(store: Path) -> Settings:
    return settings_for(store, RULESETS, busy_seconds=0.1, workers=WorkerSettings(drain_seconds=5))


@pytest.fixture(scope="module")
def address(config: Settings) -> Iterator[str]:
    with serving(config) as listening_on:
        yield listening_on


@pytest.fixture(scope="session")
def serve() -> Callable[[Settings], object]:
    """`serving`, for tests that start servers of their own."""
    return serving
