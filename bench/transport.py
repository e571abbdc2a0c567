"""What a call costs the server: ways to serve beside each other, and our Evaluate beside an empty handler.

The server's CPU time is read from its process clock before and after a fixed number of calls. The client is h2load
(Debian's nghttp2-client) where it is installed, since a client in Python is slower than the server; else grpcio.
Every ratio is of loads that alternate within the same seconds.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import grpc
from chuan.v1 import evaluation_service_pb2

import rulesets
from bench import hr
from clients.client import Question, request_message
from engine.records import parse_record

ROUNDS: Final = 7
CALLS: Final = 1_600  # of one load
CONNECTIONS: Final = 4
IN_FLIGHT: Final = 8  # calls of one connection
EXAMPLES: Final = rulesets.FOLDER.parent / "examples" / "records"

EMPTY: Final = "/bench.Empty/Call"
EVALUATE: Final = "/chuan.v1.EvaluationService/Evaluate"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a report."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Load:
    """Many calls of one method of one server."""

    port: int
    method: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """What each round of a load cost the server, and how fast it went."""

    cpu_micros_a_call: tuple[float, ...]
    calls_a_second: tuple[float, ...]

    def over(self, other: Cost) -> float:
        """How many times what the other cost, in the rounds of the same seconds: the median."""
        pairs = zip(self.cpu_micros_a_call, other.cpu_micros_a_call, strict=True)
        return statistics.median(mine / its for mine, its in pairs)


def run() -> list[Row]:
    """Measure everything; takes a minute or two."""
    return [*ways_to_serve(), *our_service()]


def ways_to_serve() -> list[Row]:
    """An empty handler on grpcio's thread pool, on grpc.aio, and on grpc.aio with uvloop."""
    with server("threads") as threads, server("asyncio") as asyncio_, server("uvloop") as uvloop:
        servers = {"thread pool": threads, "asyncio": asyncio_, "asyncio with uvloop": uvloop}
        pids = {name: each.pid for name, each in servers.items()}
        loads = {name: Load(each.ports["empty"], EMPTY, b"") for name, each in servers.items()}
        costs = alternating(pids, loads)
    rows = [row for name, cost in costs.items() for row in _rows(f"empty handler, {name}", cost)]
    for name in ("thread pool", "asyncio"):
        ratio = costs[name].over(costs["asyncio with uvloop"])
        rows.append(Row(f"server CPU, {name} / asyncio with uvloop", ratio, "x"))
    return rows


def our_service() -> list[Row]:
    """Evaluate, logged and not, beside an empty handler of the same process that gets the same bytes."""
    payloads = {"": hr_payload(), ", Decree 90 (20 criteria)": decree_payload()}
    with server("chuan") as chuan:
        loads = {}
        for task, payload in payloads.items():
            loads["empty handler" + task] = Load(chuan.ports["empty"], EMPTY, payload)
            for service in ("unlogged", "logged"):
                _check(chuan.ports[service], payload)
                loads[f"Evaluate {service}{task}"] = Load(chuan.ports[service], EVALUATE, payload)
        costs = alternating(dict.fromkeys(loads, chuan.pid), loads)
    rows = [row for name, cost in costs.items() for row in _rows(name, cost)]
    for task in payloads:
        empty = costs["empty handler" + task]
        for service in ("unlogged", "logged"):
            ratio = costs[f"Evaluate {service}{task}"].over(empty)
            rows.append(Row(f"server CPU, Evaluate {service} / empty handler{task}", ratio, "x"))
    return rows


def hr_payload() -> bytes:
    """An Evaluate request of the common task (12 criteria), without an explanation in words."""
    facts = hr.stated(hr.records(1)[0])
    return _payload("bench.hr", facts, hr.ASSESSED_ON)


def decree_payload() -> bytes:
    """An Evaluate request of the first example record, without an explanation in words."""
    example = parse_record(min(EXAMPLES.glob("*.json")).read_bytes())
    facts = example["facts"]
    assert isinstance(facts, dict)
    return _payload(str(example["ruleset"]), facts, date.fromisoformat(str(example["evaluated_on"])))


def _payload(ruleset: str, facts: Mapping[str, object], day: date) -> bytes:
    return request_message(Question(ruleset=ruleset, facts=facts, evaluated_on=day)).SerializeToString()


@dataclass(frozen=True, slots=True)
class Running:
    """A server under load: its process and the ports of its services."""

    pid: int
    ports: dict[str, int]


@contextmanager
def server(kind: str) -> Iterator[Running]:
    """A server of `bench.transport_server` in a process of its own."""
    command = [sys.executable, "-m", "bench.transport_server", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        try:
            yield Running(process.pid, json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def alternating(pids: Mapping[str, int], loads: Mapping[str, Load]) -> dict[str, Cost]:
    """What each load costs over `ROUNDS` rounds, each of which runs all of them."""
    cpu: dict[str, list[float]] = {name: [] for name in loads}
    speed: dict[str, list[float]] = {name: [] for name in loads}
    for load in loads.values():  # once for warmth
        run_load(load)
    for _ in range(ROUNDS):
        for name, load in loads.items():
            before, clock = cpu_seconds(pids[name]), time.perf_counter()
            run_load(load)
            speed[name].append(CALLS / (time.perf_counter() - clock))
            cpu[name].append((cpu_seconds(pids[name]) - before) / CALLS * 1e6)
    return {name: Cost(tuple(cpu[name]), tuple(speed[name])) for name in loads}


def _rows(name: str, cost: Cost) -> Sequence[Row]:
    return (
        Row(f"{name}: server CPU", statistics.median(cost.cpu_micros_a_call), "µs a call"),
        Row(f"{name}: throughput", statistics.median(cost.calls_a_second), "calls/s"),
    )


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processor."""
    # The id of a process's CPU clock, as clock_getcpuclockid(3) gives it; Python has only the one of threads.
    return time.clock_gettime((~pid << 3) | 2)


def _check(port: int, payload: bytes) -> None:
    """See that the call that is to be measured is one that succeeds."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = channel.unary_unary(EVALUATE, bytes, bytes)(payload, timeout=10)
    assert evaluation_service_pb2.EvaluateResponse.FromString(answer).decision_id


def run_load(load: Load) -> None:
    """Make the calls of a load, `CALLS` of them."""
    h2load = shutil.which("h2load")
    if h2load is None:
        asyncio.run(_load_by_grpc(load))
    else:
        _load_by_h2load(h2load, load)


def _load_by_h2load(h2load: str, load: Load) -> None:
    with tempfile.NamedTemporaryFile() as body:
        # A gRPC message on the wire: not compressed, its length, its bytes.
        Path(body.name).write_bytes(b"\0" + len(load.payload).to_bytes(4, "big") + load.payload)
        command = [
            h2load,
            *("-n", str(CALLS), "-c", str(CONNECTIONS), "-m", str(IN_FLIGHT), "-d", body.name),
            *("-H", "content-type: application/grpc", "-H", "te: trailers"),
            f"http://127.0.0.1:{load.port}{load.method}",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - h2load
    done = re.search(r"(\d+) succeeded", said)
    assert done is not None, said
    assert int(done[1]) == CALLS, said


async def _load_by_grpc(load: Load) -> None:
    async def calls(count: int) -> None:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{load.port}", options=_OWN_CONNECTION) as channel:
            call = channel.unary_unary(load.method, bytes, bytes)

            async def one_after_another() -> None:
                for _ in range(count // IN_FLIGHT):
                    await call(load.payload)

            await asyncio.gather(*(one_after_another() for _ in range(IN_FLIGHT)))

    await asyncio.gather(*(calls(CALLS // CONNECTIONS) for _ in range(CONNECTIONS)))


_OWN_CONNECTION: Final = (("grpc.use_local_subchannel_pool", 1),)

if __name__ == "__main__":
    for row in run():
        print(f"{row.name:70s}{row.value:12.2f} {row.unit}")
