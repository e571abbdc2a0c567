"""Load from h2load (nghttp2's client, written in C), and what it costs the processes that serve it."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

CONNECTIONS: Final[Mapping[int, int]] = {1: 1, 8: 2, 32: 4, 128: 8}
"""Connections for so many calls in flight."""


@dataclass(frozen=True, slots=True)
class Target:
    """A call of a server: where, by whom, and several bodies that it is made with in turn."""

    port: int
    pids: tuple[int, ...]
    method: str
    bodies: tuple[bytes, ...]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One load: calls a second, latency in ms, and CPU of the server in µs a call."""

    calls_a_second: float
    p50: float
    p99: float
    cpu: float


def h2load() -> str | None:
    """Where h2load is (Debian's nghttp2-client), or None."""
    return shutil.which("h2load")


def load(target: Target, calls: int, in_flight: int, turn: int) -> Run:
    """Make `calls` calls, so many at a time, with the body whose turn it is.

    Raises:
        RuntimeError: not every call succeeded.
    """
    program = h2load()
    assert program is not None
    connections = CONNECTIONS[in_flight]
    body = target.bodies[turn % len(target.bodies)]
    with tempfile.TemporaryDirectory() as folder:
        sent, log = Path(folder) / "body", Path(folder) / "log"
        sent.write_bytes(b"\0" + len(body).to_bytes(4, "big") + body)  # not compressed, its length, its bytes
        command = [
            program,
            *("-n", str(calls), "-c", str(connections), "-m", str(in_flight // connections)),
            *("-d", str(sent), f"--log-file={log}"),
            *(part for header in (*_GRPC, *target.headers) for part in ("-H", header)),
            f"http://127.0.0.1:{target.port}{target.method}",
        ]
        before, clock = _cpu_seconds(target.pids), time.perf_counter()
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - h2load
        seconds, cpu = time.perf_counter() - clock, _cpu_seconds(target.pids) - before
        took = sorted(int(line.split()[2]) for line in log.read_text("ascii").splitlines())
    done = re.search(r"(\d+) succeeded", said)
    if done is None or int(done[1]) != calls or len(took) != calls:
        raise RuntimeError(f"{target.method} at port {target.port}: not all of {calls} calls succeeded")
    return Run(calls / seconds, _share(took, 0.5), _share(took, 0.99), cpu / calls * 1e6)


def alternating(targets: Mapping[str, Target], calls: int, in_flight: int, rounds: int) -> dict[str, Run]:
    """The medians of loads that take turns; each target is warmed up first."""
    runs: dict[str, list[Run]] = {name: [] for name in targets}
    for turn in range(-1, rounds):
        for name, target in targets.items():
            run = load(target, calls, in_flight, max(turn, 0))
            if turn >= 0:
                runs[name].append(run)
    return {name: _median(each) for name, each in runs.items()}


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        *(
            statistics.median(getattr(run, name) for run in runs)
            for name in ("calls_a_second", "p50", "p99", "cpu")
        )
    )


def _share(took: Sequence[int], share: float) -> float:
    """The latency, in ms, that this share of the calls did not pass."""
    return took[min(int(len(took) * share), len(took) - 1)] / 1e3


def _cpu_seconds(pids: Sequence[int]) -> float:
    """CPU time of processes and of those they have started."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            total += times.user + times.system
    return total


_GRPC: Final = ("content-type: application/grpc", "te: trailers")
