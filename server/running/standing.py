"""Whether the service can do its work: what the standard health service answers.

The empty name and the name of each service say whether calls can be answered (readiness): the store can be reached, its
schema is the right one, and rulesets are loaded, without which a server does not start. The name ``live`` says only
that the process answers (liveness): whoever restarts processes looks at this one, since a restart brings no store back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from grpc_health.v1 import health_pb2

from server import limits
from server.store import StoreError

LIVE: Final = "live"

_log: Final = logging.getLogger("chuan.server")


class Standing:
    """Keeps the health service up to date."""

    def __init__(self, servicer: Any, names: Sequence[str], check: Callable[[], object]) -> None:
        """Look at nothing yet.

        Args:
            servicer: the health service.
            names: of the services.
            check: looks at the store; blocking. Raises `StoreError` if it cannot be used.
        """
        self._servicer = servicer
        self._names = ("", *names)
        self._check = check
        self._looking: asyncio.Task[object] | None = None
        self.ready = False
        self._why = ""

    async def follow(self, tell: Callable[[], None]) -> None:
        """Look again and again, until cancelled; `tell` is called each time."""
        while True:
            await asyncio.sleep(limits.HEALTH_SECONDS)
            await self.look(tell)

    async def look(self, tell: Callable[[], None]) -> None:
        """Look at the store, and say what is."""
        why = await self._wrong()
        if why != self._why or not (self.ready or why):
            self.ready, self._why = not why, why
            status = health_pb2.HealthCheckResponse
            for name in self._names:
                await self._servicer.set(name, status.NOT_SERVING if why else status.SERVING)
            await self._servicer.set(LIVE, status.SERVING)
            if why:
                _log.error("not serving: %s", why)
            else:
                _log.info("serving")
        tell()

    async def _wrong(self) -> str:
        """What is wrong with the store; empty if nothing is."""
        # A look that hangs is not given up, or they would pile up; it is only not waited for.
        if self._looking is None:
            self._looking = asyncio.create_task(asyncio.to_thread(self._check))
        done, _ = await asyncio.wait({self._looking}, timeout=limits.HEALTH_PATIENCE_SECONDS)
        if not done:
            return "the store does not answer"
        looked, self._looking = self._looking, None
        error = looked.exception()
        if error is None:
            return ""
        return str(error) if isinstance(error, StoreError) else f"the store: {type(error).__name__}"
