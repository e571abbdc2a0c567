"""A server of its own for a module of tests: real rulesets, a real file, a free port of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from server.process import Server, ServerConfig

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"


@contextmanager
def serving(config: ServerConfig) -> Iterator[str]:
    """A server in a thread, and the address that it listens on; stopped as SIGTERM would stop it."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[Server, str]:
        server = Server(config)
        return server, await server.start()

    try:
        server, address = asyncio.run_coroutine_threadsafe(start(), loop).result()
        try:
            yield address
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


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
