"""The service as `chuan serve` runs it: one process that watches over workers, which answer on one port."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import uvloop

from engine import Ruleset, RulesetError
from engine.network import InferenceLimitError
from server import limits
from server.config import Settings
from server.process import Server, load
from server.running.port import address_of, hold_port
from server.running.supervisor import ChildFailure, Parent, Supervisor, Work
from server.security.entrance import SecurityError
from server.store import StoreError

_log: Final = logging.getLogger("chuan.server")


def run(settings: Settings, read: Callable[[], Settings], announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; on SIGHUP replace the workers one by one, with the settings read anew.

    Args:
        settings: of the service.
        read: reads them again.
        announce: called once with the address, when all workers listen on it.

    Raises:
        StoreError, RulesetError, InferenceLimitError, OSError: as `Server.start`.
        StartError: a worker could not start, for one of these reasons or another.
    """
    listen = settings.listen
    held = hold_port(listen.host, listen.port, shared=listen.shared)
    try:
        placed = listen.model_copy(update={"port": held.number})
        supervisor = Supervisor(
            _works(settings.model_copy(update={"listen": placed})),
            now=time.monotonic,
            stop_seconds=settings.workers.drain_seconds + limits.STOP_SECONDS,
            # A terminal that is closed sends SIGHUP as well, and means that it should stop.
            renew=None
            if sys.stdin and sys.stdin.isatty()
            else partial(_renewed, settings, held.number, read),
        )
        supervisor.run(lambda _told: announce(address_of(listen.host, held.number)))
    finally:
        held.close()


def _works(settings: Settings) -> dict[str, Work]:
    rulesets = load(settings)
    gc.collect()
    gc.freeze()  # what the workers share stays shared: a collection would write to every object
    count = settings.workers.count
    return {f"worker {number}": partial(_work, settings, rulesets) for number in range(1, count + 1)}


def _renewed(before: Settings, port: int, read: Callable[[], Settings]) -> Mapping[str, Work]:
    """The works with settings that are read anew; those that concern the watching process itself stay."""
    now = read()
    kept = {
        "listen": before.listen.model_copy(update={"port": port}),
        "workers": now.workers.model_copy(update={"count": before.workers.count}),
        "metrics": before.metrics,
    }
    if (now.listen, now.workers.count, now.metrics) != (before.listen, before.workers.count, before.metrics):
        _log.warning("listen, workers.count and metrics count from the next start only")
    return _works(now.model_copy(update=kept))


def _work(settings: Settings, rulesets: tuple[Ruleset, ...], parent: Parent) -> None:
    uvloop.run(_serve(settings, rulesets, parent))


async def _serve(settings: Settings, rulesets: tuple[Ruleset, ...], parent: Parent) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_reader(parent.lifeline, stopping.set)
    server = Server(settings, read=rulesets, shares_port=True)
    try:
        address = await server.start()
    except (StoreError, RulesetError, InferenceLimitError, SecurityError, OSError) as error:
        raise ChildFailure(str(error)) from error
    parent.tell(address)
    await stopping.wait()
    loop.remove_reader(parent.lifeline)
    _log.info("stopping: calls in flight have %g s", settings.workers.drain_seconds)
    await server.stop()
    _log.info("stopped")
