"""A server in a thread of the test process: real rulesets, a real file, a free port of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from server.config import Settings
from server.limits import LimitSettings
from server.process import Server
from server.running.settings import ListenSettings, LogSettings, MetricsSettings
from server.section import Section
from server.store.settings import StoreSettings


def settings_for(
    location: Path | str, rulesets: Path | None = None, *, busy_seconds: float = 5, **sections: Section
) -> Settings:
    """A server on a free port with a store there, seeded with these rulesets, as `sections` have it otherwise."""
    given = {
        "store": StoreSettings(location=str(location), rulesets=rulesets, busy_seconds=busy_seconds),
        "listen": ListenSettings(port=0),
        "metrics": MetricsSettings(enabled=False),
        "limits": LimitSettings(refused_a_second=0),  # tests knock without a key as often as they like
        "log": LogSettings(level="warning"),  # a line a call would drown what a test prints
        **sections,
    }
    return Settings.model_validate(given)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """A server in a thread, and the address that it listens on; stopped as SIGTERM would stop it."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[Server, str]:
        server = Server(settings)
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
