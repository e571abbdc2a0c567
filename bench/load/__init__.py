"""The service under load as it is run: with its log and with keys, beside an empty handler and beside Cerbos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Final

from chuan.v1 import evaluation_service_pb2 as pb

from bench import hr
from bench.effort import FULL, Effort
from bench.load import cerbos, log
from bench.load.driving import CONNECTIONS, Run, Target, alternating, h2load
from bench.load.services import Service, chuan, empty, postgres
from bench.measure import figure
from bench.report import Findings, Goal, Table
from bench.transport import EMPTY, EVALUATE
from clients.client import Question, request_message
from engine import evaluate

BATCH: Final = 500
BODIES: Final = 8  # records that calls are made about, in turn
CHECKED: Final = 400  # records whose answers are compared first
GOAL_OF_EMPTY: Final = 0.8
GOAL_OF_CERBOS: Final = 1.0
GOAL_OF_CERBOS_IN_BATCHES: Final = 8.0
GOAL_OF_FILE: Final = 0.25

_BATCHES: Final = "/chuan.v1.EvaluationService/EvaluateBatch"
_IN_BATCHES: Final = 8  # calls in flight
_LIKE: Final = 32  # calls in flight at which the goals are looked at
_OURS: Final = "chuan"
_EMPTY: Final = "empty handler"
_CERBOS: Final = "Cerbos, both cores"
_SOME: Final = slice(None, None, BATCH // BODIES)


def measure(effort: Effort) -> Findings:
    """Run the part.

    Raises:
        AssertionError: h2load is not there, or Cerbos answers otherwise than the engine.
    """
    assert h2load() is not None, "h2load is in Debian's package nghttp2-client"
    rounds, calls = (3, 2_000) if effort is FULL else (1, 200)
    with ExitStack() as stack:
        url = stack.enter_context(postgres())
        logs = {"SQLite": log.speeds(rounds), "PostgreSQL": log.speeds(rounds, url)}
        unary, batches = _targets(stack, url)
        found = {
            in_flight: alternating(unary, max(calls if in_flight > 1 else calls // 4, 1), in_flight, rounds)
            for in_flight in CONNECTIONS
        }
        mass = {
            name: (alternating({name: target}, calls // 40, _IN_BATCHES, rounds)[name], records)
            for name, (target, records) in batches.items()
        }
    return Findings(
        title="Service under load",
        notes=(
            "`chuan serve` with its log and with an API key checked on each call, the common task; an empty handler "
            "of the same kind of server that gets the same bytes; Cerbos with the same twelve conditions as a policy "
            f"(answers first seen to be the same on {CHECKED} records; it answers allowed or denied for each, without "
            "reasons, and keeps no log). Load by h2load on the same two cores, loads in turn, another record in each "
            "round, medians of the rounds. CPU is that of the server's processes, without PostgreSQL's.",
        ),
        tables=(_unary_table(found), _batch_table(mass), _log_table(logs)),
        goals=tuple(_goals(found, mass, logs)),
    )


def _targets(stack: ExitStack, url: str) -> tuple[dict[str, Target], dict[str, tuple[Target, int]]]:
    """The servers, started: calls about one record, and calls about many with how many those are."""
    records = hr.records(BATCH)
    requests = [_request(record) for record in records]
    bodies = tuple(each.SerializeToString() for each in requests[_SOME])
    batch = pb.EvaluateBatchRequest(requests=requests).SerializeToString()
    unary: dict[str, Target] = {}
    batches: dict[str, tuple[Target, int]] = {}

    def add(name: str, service: Service, method: str) -> None:
        unary[name] = Target(service.port, service.pids, method, bodies, service.headers)

    for workers in (1, 2):
        add(_named(_EMPTY, workers), stack.enter_context(empty(workers)), EMPTY)
        for store, location in (("SQLite", ""), ("PostgreSQL", url)):
            name = _named(f"{_OURS}, {store}", workers)
            service = stack.enter_context(chuan(workers, location))
            add(name, service, EVALUATE)
            batches[name] = (Target(service.port, service.pids, _BATCHES, (batch,), service.headers), BATCH)

    program = cerbos.program()
    if program is not None:
        pid, port = stack.enter_context(cerbos.serving(program))
        messages = cerbos.Messages(port)
        _compare(messages)
        some = tuple(messages.request([record]) for record in records[_SOME])
        many = messages.request(records[: cerbos.MAX_RESOURCES])
        messages.close()
        unary[_CERBOS] = Target(port, (pid,), cerbos.METHOD, some)
        batches[_CERBOS] = (Target(port, (pid,), cerbos.METHOD, (many,)), cerbos.MAX_RESOURCES)
    return unary, batches


def _named(kind: str, workers: int) -> str:
    return f"{kind}, {workers} worker" + "s" * (workers > 1)


def _request(record: hr.Record) -> pb.EvaluateRequest:
    return request_message(Question(ruleset="bench.hr", facts=hr.stated(record), evaluated_on=hr.ASSESSED_ON))


def _compare(messages: cerbos.Messages) -> None:
    """See that Cerbos answers as the engine does."""
    ruleset, records = hr.ruleset(), hr.records(CHECKED)
    for first in range(0, CHECKED, cerbos.MAX_RESOURCES):
        some = records[first : first + cerbos.MAX_RESOURCES]
        ours = [
            hr.answer(evaluate(ruleset, hr.stated(record), evaluated_on=hr.ASSESSED_ON)) for record in some
        ]
        assert messages.answers(messages.request(some)) == ours


def _unary_table(found: Mapping[int, Mapping[str, Run]]) -> Table:
    rows = [
        (f"{name}, {in_flight} in flight", *map(figure, (run.calls_a_second, run.p50, run.p99, run.cpu)))
        for in_flight, runs in found.items()
        for name, run in runs.items()
    ]
    return Table(("a record a call", "calls/s", "p50, ms", "p99, ms", "server CPU, µs"), tuple(rows))


def _batch_table(mass: Mapping[str, tuple[Run, int]]) -> Table:
    rows = [
        (f"{name}, {records} a call", figure(run.calls_a_second * records), figure(run.cpu / records))
        for name, (run, records) in mass.items()
    ]
    return Table(("many records a call", "records/s", "server CPU a record, µs"), tuple(rows))


def _log_table(logs: Mapping[str, tuple[float, float]]) -> Table:
    rows = [(store, figure(ours), figure(file), figure(ours / file)) for store, (ours, file) in logs.items()]
    columns = (f"the log, {log.GROUP} decisions a commit", "decisions/s", "a file, fdatasync", "log / file")
    return Table(columns, tuple(rows))


def _goals(
    found: Mapping[int, Mapping[str, Run]],
    mass: Mapping[str, tuple[Run, int]],
    logs: Mapping[str, tuple[float, float]],
) -> Iterator[Goal]:
    rates = {name: run.calls_a_second for name, run in found[_LIKE].items()}
    for workers in (1, 2):
        name = _named(f"{_OURS}, SQLite", workers)
        ratio = rates[name] / rates[_named(_EMPTY, workers)]
        yield Goal(f"calls/s, {name}, everything on / {_EMPTY}", ratio, GOAL_OF_EMPTY)
    name = _named(f"{_OURS}, SQLite", 2)
    if _CERBOS in rates:
        yield Goal(f"calls/s, {name} / Cerbos", rates[name] / rates[_CERBOS], GOAL_OF_CERBOS)
        ours, theirs = (run.calls_a_second * records for run, records in (mass[name], mass[_CERBOS]))
        yield Goal(f"records/s in batches, {name} / Cerbos", ours / theirs, GOAL_OF_CERBOS_IN_BATCHES)
    for store, (log_speed, file_speed) in logs.items():
        yield Goal(f"decisions/s, the log on {store} / a file", log_speed / file_speed, GOAL_OF_FILE)
