"""A server of its own for a module of tests: real rulesets, a real file, a free port of the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import serving

from server.process import ServerConfig

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "store.sqlite3"


@pytest.fixture(scope="module")
def config(store: Path) -> ServerConfig:
    return ServerConfig(store=store, rulesets=RULESETS, port=0, drain_seconds=5, store_busy_seconds=0.1)


@pytest.fixture(scope="module")
def address(config: ServerConfig) -> Iterator[str]:
    with serving(config) as listening_on:
        yield listening_on


@pytest.fixture(scope="session")
def serve() -> Callable[[ServerConfig], object]:
    """`serving`, for tests that start servers of their own."""
    return serving
