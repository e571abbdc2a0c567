"""A server in a thread of the test process: real rulesets, a real file, a free port of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

from server.process import Server, ServerConfig


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
