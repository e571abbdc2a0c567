"""The servers that `bench.transport` loads, each in a process of its own: `python -m bench.transport_server KIND`.

Kinds: ``threads`` (grpcio's thread pool), ``asyncio`` and ``uvloop`` (grpc.aio) have an empty handler alone; ``chuan``
has, in one process and on one event loop, the empty handler, the service with its log, and the service without.
Prints the ports as one line of JSON. A port may follow the kind ``uvloop``.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
import uvloop
from chuan.v1 import evaluation_service_pb2

import rulesets
from bench import hr
from engine import Catalogue, Ruleset
from server.decisions import Decisions
from server.limits import LimitSettings
from server.running.watch import Watch
from server.security.guard import Guard, Stated
from server.store import DecisionLog, Entry, open_database, prepare
from server.transport.calls import InFlight, handlers
from server.transport.evaluation import EvaluationServicer
from server.transport.settings import StreamSettings

THREADS: Final = 4  # more were slower, where this was first measured
_EVALUATION: Final = evaluation_service_pb2.DESCRIPTOR.services_by_name["EvaluationService"]


class NoLog(DecisionLog):
    """A log that keeps nothing, to see what logging costs."""

    async def append(self, entries: Sequence[Entry]) -> list[str]:
        """Keep nothing."""
        return [entry.decision_id for entry in entries]


def _now_micros() -> int:
    return time.time_ns() // 1_000


async def _empty(_request: bytes, _context: object) -> bytes:
    return b""


def _blocking_empty(_request: bytes, _context: object) -> bytes:
    return b""


def _handler(behaviour: Any) -> grpc.GenericRpcHandler[Any, Any]:
    return grpc.method_handlers_generic_handler(
        "bench.Empty", {"Call": grpc.unary_unary_rpc_method_handler(behaviour)}
    )


def _threads() -> None:
    server = grpc.server(ThreadPoolExecutor(THREADS), handlers=[_handler(_blocking_empty)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    _announce(empty=port)
    signal.sigwait({signal.SIGTERM})
    server.stop(0).wait()


async def _serve(services: dict[str, grpc.GenericRpcHandler[Any, Any]], port: int = 0) -> None:
    servers, ports = [], {}
    for name, handler in services.items():
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((handler,))
        ports[name] = server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        servers.append(server)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    _announce(**ports)
    await stopping.wait()
    for server in servers:
        await server.stop(0)


@dataclass(frozen=True)
class _Known:
    """Rulesets that never change; nothing is replayed here."""

    catalogue: Catalogue

    def ruleset(self, digest: str) -> Ruleset:
        return self.catalogue.by_digest(digest)


async def _chuan(folder: Path) -> None:
    known = _Known(Catalogue([*Catalogue.of(rulesets.FOLDER).list(), hr.ruleset()]))
    database = open_database(folder / "bench.sqlite3")
    prepare(database)
    services = {"empty": _handler(_empty)}
    logs = []
    for name, kind in (("logged", DecisionLog), ("unlogged", NoLog)):
        log = kind(database, _now_micros)
        logs.append(log)
        decisions = Decisions(known, log, now_micros=_now_micros, random=os.urandom)
        services[name] = handlers(
            _EVALUATION,
            EvaluationServicer(decisions, LimitSettings(), StreamSettings()),
            InFlight(),
            Guard(Stated()),
            Watch(LimitSettings(), now_micros=_now_micros, seconds=time.perf_counter, random=os.urandom),
        )
    gc.freeze()  # as the server does when it has started
    await _serve(services)
    for log in logs:
        await log.close()
    database.dispose()


def _announce(**ports: int) -> None:
    print(json.dumps(ports), flush=True)


def main(kind: str, port: int = 0) -> None:
    """Serve as `kind` until SIGTERM; an empty handler alone may share a port with others of its kind."""
    if kind == "threads":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        _threads()
    elif kind == "asyncio":
        asyncio.run(_serve({"empty": _handler(_empty)}))
    elif kind == "uvloop":
        uvloop.run(_serve({"empty": _handler(_empty)}, port))
    else:
        with tempfile.TemporaryDirectory() as folder:
            uvloop.run(_chuan(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
