"""The server process: configuration, start, and a stop that leaves no call unanswered."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import grpc
from chuan.v1 import (
    decision_service_pb2,
    evaluation_service_pb2,
    personal_data_service_pb2,
    ruleset_service_pb2,
)
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

import rulesets as shipped
from engine import Ruleset
from server import limits
from server.authority.register import AuthorityRegister
from server.config import Settings
from server.decisions import Decisions
from server.personal import open_vault
from server.personal.erasure import Eraser
from server.personal.export import Holdings
from server.personal.retention import Retention
from server.publishing import Desk, Shelf, Workbench, seed
from server.running.logs import CallLog
from server.running.port import address_of
from server.running.standing import Standing
from server.running.tracing import open_tracing
from server.running.watch import Watch
from server.security.entrance import Entrance
from server.store import (
    Archive,
    DecisionHistory,
    DecisionLog,
    RulesetBook,
    Signing,
    check,
    open_store,
    prepare,
)
from server.transport.calls import InFlight, handlers
from server.transport.decisions import DecisionServicer
from server.transport.evaluation import EvaluationServicer
from server.transport.personal import PersonalDataServicer
from server.transport.rulesets import RulesetServicer

if TYPE_CHECKING:
    from server.running.metrics import Metrics

SERVICES: Final[tuple[ServiceDescriptor, ...]] = (
    evaluation_service_pb2.DESCRIPTOR.services_by_name["EvaluationService"],
    decision_service_pb2.DESCRIPTOR.services_by_name["DecisionService"],
    ruleset_service_pb2.DESCRIPTOR.services_by_name["RulesetService"],
    personal_data_service_pb2.DESCRIPTOR.services_by_name["PersonalDataService"],
)

_log: Final = logging.getLogger("chuan.server")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a server takes from the world: the clock and chance. Below here nobody else asks for them."""

    now_micros: Callable[[], int] = lambda: time.time_ns() // 1_000
    seconds: Callable[[], float] = time.perf_counter
    random: Callable[[int], bytes] = os.urandom


class Server:
    """A server in the running event loop."""

    def __init__(
        self,
        settings: Settings,
        surroundings: Surroundings | None = None,
        *,
        read: Iterable[Ruleset] = (),
        shares_port: bool = False,
    ) -> None:
        """Open nothing yet.

        Args:
            settings: of the server.
            surroundings: the world, if it is to be another.
            read: rulesets that need not be read from the store again.
            shares_port: whether other processes listen on the port too.
        """
        self._settings = settings
        self._surroundings = surroundings or Surroundings()
        self._read = tuple(read)
        self._shares_port = shares_port
        self._open = AsyncExitStack()

    async def start(self) -> str:
        """Open the store, load the rulesets and listen.

        Returns:
            The address listened on, such as ``127.0.0.1:50061``.

        Raises:
            StoreError: the store cannot be used; the text says what to do.
            RulesetError: a ruleset is wrong, with every problem.
            InferenceLimitError: a ruleset's decision is larger than forward chaining is safe with.
            SecurityError: the entrance cannot be secured as the settings have it; the text says what to change.
            OSError: the address cannot be listened on.
        """
        try:
            return await self._start()
        except BaseException:
            await self._open.aclose()
            raise

    async def _start(self) -> str:
        settings, world = self._settings, self._surroundings
        database = open_store(settings.store)
        self._open.callback(database.dispose)
        prepare(database)
        vault = open_vault(settings.personal, database, world.random)
        book = RulesetBook(database)
        seeded = seed(book, settings.store.rulesets or shipped.FOLDER, world.now_micros)
        shelf = Shelf(book, world.now_micros, seeded or self._read)
        desk = Desk(book, shelf, world.now_micros)
        workbench = Workbench(desk, shelf, DecisionHistory(database, vault))
        watch, metrics = self._watch()
        signing = Signing.of(settings.store)
        log = DecisionLog(database, world.now_micros, vault, watch.commit, signing)
        archive = Archive(database, vault, signing, world.now_micros)
        self._open.push_async_callback(log.close)
        decisions = Decisions(
            shelf,
            log,
            now_micros=world.now_micros,
            random=world.random,
            steps=settings.limits.evaluation_steps,
        )

        server = grpc.aio.server(
            options=(
                # Above the limit, so that a caller hears which limit it is; gRPC itself only names a number.
                ("grpc.max_receive_message_length", 2 * settings.limits.message_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", int(self._shares_port)),
            ),
            maximum_concurrent_rpcs=2 * settings.limits.concurrent_calls + limits.MAX_ENDLESS_CALLS,
        )
        in_flight, listen = InFlight(), settings.listen
        entrance = await asyncio.to_thread(
            Entrance, settings.security, listen.host, database, world.now_micros
        )
        evaluation = EvaluationServicer(decisions, settings.limits, settings.streams)
        self._open.callback(evaluation.close)
        rulesets = RulesetServicer(shelf, desk, workbench, world.now_micros)
        self._open.callback(rulesets.close)
        register = AuthorityRegister(
            database,
            vault,
            settings.appeals,
            ruleset=shelf.ruleset,
            now_micros=world.now_micros,
            random=world.random,
        )
        eraser = Eraser(database, world.now_micros, world.random)
        retention = Retention(database, eraser, settings.retention.periods, world.now_micros)
        holdings = Holdings(database, vault, world.now_micros, world.random)
        personal = PersonalDataServicer(decisions, register, holdings, eraser, retention)
        servicers = (evaluation, DecisionServicer(decisions, register, archive), rulesets, personal)
        server.add_generic_rpc_handlers(
            tuple(
                handlers(service, servicer, in_flight, entrance.guard, watch)
                for service, servicer in zip(SERVICES, servicers, strict=True)
            )
        )
        names = [service.full_name for service in SERVICES]
        health_servicer = health.aio.HealthServicer()  # type: ignore[attr-defined]  # the stubs lack it
        health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
        if settings.security.reflection:
            reflection.enable_server_reflection(
                [*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server
            )
        asked = address_of(listen.host, listen.port)
        try:
            port = entrance.listen(server, asked)
        except RuntimeError as error:
            raise OSError(f"cannot listen on {asked}; is another server on it?") from error
        await server.start()
        standing = Standing(health_servicer, names, partial(check, database))
        tell = partial(_tell, metrics, standing, shelf, log, watch)
        await standing.look(tell)
        jobs = [shelf.follow(), entrance.follow(), standing.follow(tell)]
        if settings.retention.daily:
            jobs.append(retention.daily())
        for following in jobs:
            self._open.push_async_callback(_end, asyncio.create_task(following))
        self._open.push_async_callback(_drain, server, in_flight, settings.workers.drain_seconds)
        self._open.push_async_callback(health_servicer.enter_graceful_shutdown)
        gc.freeze()  # the rulesets live as long as the process: no collection need look at them again
        return address_of(listen.host, port)

    def _watch(self) -> tuple[Watch, Metrics | None]:
        """What sees to calls, and the figures that it keeps."""
        settings, world = self._settings, self._surroundings
        loop = asyncio.get_running_loop()
        calls = CallLog(settings.log, loop.call_later)
        self._open.callback(calls.flush)
        metrics = None
        if settings.metrics.enabled:
            # Not before the process has settled whether figures are shared between workers.
            from server.running.metrics import Metrics

            metrics = Metrics()
            self._open.callback(metrics.write)
        tracing = open_tracing(settings.traces)
        if tracing is not None:
            self._open.push_async_callback(asyncio.to_thread, tracing.close)
        watch = Watch(
            settings.limits,
            now_micros=world.now_micros,
            seconds=world.seconds,
            random=world.random,
            log=calls,
            metrics=metrics,
            tracing=tracing,
        )
        return watch, metrics

    async def stop(self) -> None:
        """Report not-serving, take no new calls, answer those in flight, commit, close."""
        await self._open.aclose()


def load(settings: Settings, surroundings: Surroundings | None = None) -> tuple[Ruleset, ...]:
    """Read what is published, and make it ready to evaluate by; an empty store is made and seeded first.

    What several processes have in common: forks of one that has called this share what it read.

    Raises:
        StoreError, RulesetError, InferenceLimitError: as `Server.start`.
    """
    world = surroundings or Surroundings()
    database = open_store(settings.store)
    try:
        prepare(database)
        book = RulesetBook(database)
        seeded = seed(book, settings.store.rulesets or shipped.FOLDER, world.now_micros)
        return tuple(Shelf(book, world.now_micros, seeded).snapshot.lives)
    finally:
        database.dispose()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def _drain(server: grpc.aio.Server, in_flight: InFlight, seconds: float) -> None:
    """Take no new calls, wait for those in flight, end everything else."""
    in_flight.stopping.set()
    stopping = asyncio.create_task(server.stop(seconds))
    answered = asyncio.create_task(in_flight.none())
    await asyncio.wait({stopping, answered}, return_when=asyncio.FIRST_COMPLETED)
    answered.cancel()
    # One that was just being taken up may still go through.
    await server.stop(min(seconds, limits.SETTLE_SECONDS))
    await stopping


def _tell(metrics: Metrics | None, standing: Standing, shelf: Shelf, log: DecisionLog, watch: Watch) -> None:
    if metrics is not None:
        metrics.standing(
            ready=standing.ready,
            rulesets=len(shelf.snapshot.lives),
            waiting=log.waiting,
            in_flight=watch.in_flight,
        )
