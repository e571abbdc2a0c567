"""The service as `chuan serve` runs it: one process that watches over workers, which answer on one port."""

from __future__ import annotations

import asyncio
import gc
import logging
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from typing import Final

import uvloop

from engine import Ruleset, RulesetError
from engine.network import InferenceLimitError
from server import limits
from server.config import Settings
from server.process import Server, load
from server.running.port import address_of, hold_port
from server.running.settings import ListenSettings
from server.running.supervisor import ChildFailure, Parent, Supervisor, Work
from server.running.tracing import TracingError
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
    with ExitStack() as open_:
        held = open_.enter_context(closing(hold_port(listen.host, listen.port, shared=listen.shared)))
        works = _works(settings.model_copy(update={"listen": _placed(settings, held.number)}))
        forget: Callable[[int], None] | None = None
        if settings.metrics.enabled:
            from server.running import metrics

            open_.callback(metrics.share().cleanup)
            forget = metrics.forget
            works["metrics"] = partial(metrics.serve_metrics, settings.metrics, _until_told)
        supervisor = Supervisor(
            works,
            now=time.monotonic,
            stop_seconds=settings.workers.drain_seconds + limits.STOP_SECONDS,
            # A terminal that is closed sends SIGHUP as well, and means that it should stop.
            renew=None if _at_terminal() else partial(_renewed, settings, held.number, read),
            gone=forget,
        )
        supervisor.run(lambda _told: announce(address_of(listen.host, held.number)))


def _at_terminal() -> bool:
    return bool(sys.stdin and sys.stdin.isatty())


def _placed(settings: Settings, port: int) -> ListenSettings:
    return settings.listen.model_copy(update={"port": port})


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
        "listen": _placed(before, port),
        "workers": now.workers.model_copy(update={"count": before.workers.count}),
        "metrics": before.metrics,
    }
    if (now.listen, now.workers.count, now.metrics) != (before.listen, before.workers.count, before.metrics):
        _log.warning("listen, workers.count and metrics count from the next start only")
    return _works(now.model_copy(update=kept))


def _until_told(parent: Parent) -> None:
    """Wait in a process without an event loop: SIGTERM ends it as it is, and so does the end of the parent."""
    select.select([parent.lifeline], [], [])


def _work(settings: Settings, rulesets: tuple[Ruleset, ...], parent: Parent) -> None:
    uvloop.run(_serve(settings, rulesets, parent))


async def _serve(settings: Settings, rulesets: tuple[Ruleset, ...], parent: Parent) -> None:
    # The log's thread and gRPC's own wait for the interpreter to be handed over, by default for up to 5 ms.
    sys.setswitchinterval(limits.SWITCH_SECONDS)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_reader(parent.lifeline, stopping.set)
    server = Server(settings, read=rulesets, shares_port=True)
    try:
        address = await server.start()
    except (StoreError, RulesetError, InferenceLimitError, SecurityError, TracingError, OSError) as error:
        raise ChildFailure(str(error)) from error
    parent.tell(address)
    await stopping.wait()
    loop.remove_reader(parent.lifeline)
    _log.info("stopping: calls in flight have %g s", settings.workers.drain_seconds)
    await server.stop()
    _log.info("stopped")
