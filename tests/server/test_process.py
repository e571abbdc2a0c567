"""The process: it says where it listens, drains when it is told to stop, and refuses to start with a reason."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from chuan.v1 import (
    evaluation_service_pb2_grpc,
    ruleset_service_pb2,
    ruleset_service_pb2_grpc,
)
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.client import Client, Question, ServiceError, request_message
from server.config import Settings

ROOT = Path(__file__).parent.parent.parent
RULESETS = ROOT / "tests" / "data" / "server" / "rulesets"
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "CANARY"}
DAY = date(2024, 12, 31)


def command(store: Path, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "server", "--store", str(store)),
        *("--rulesets", str(RULESETS), "--port", "0", *options),
    ]


@contextmanager
def process(arguments: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own process, and its address."""
    with subprocess.Popen(  # noqa: S603 - our own module
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            line = running.stdout.readline()
            assert line.startswith("listening on 127.0.0.1:"), running.communicate()
            yield running, line.split()[-1]
        finally:
            running.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_call_in_flight_is_answered_before_the_server_goes(tmp_path: Path, number: signal.Signals) -> None:
    store = tmp_path / "store.sqlite3"
    with (
        process(command(store, "--drain-seconds", "3600")) as (running, address),
        grpc.insecure_channel(address) as channel,
    ):
        watched = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
        # The store is held, so that a call stays in flight for as long as the test wants.
        holder = sqlite3.connect(store, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        in_flight = evaluating(channel)

        running.send_signal(number)
        assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
        with pytest.raises(ServiceError) as caught:
            late(address)
        assert caught.value.unreachable
        assert not in_flight.done()
        holder.execute("ROLLBACK")
        holder.close()

        decision_id = in_flight.result().decision_id
        _, log = running.communicate()
        assert running.returncode == 0
    with sqlite3.connect(store) as connection:
        assert connection.execute("SELECT decision_id FROM decisions").fetchall() == [(decision_id,)]
    connection.close()
    assert "stopped" in log
    assert "CANARY" not in log


def evaluating(channel: grpc.Channel) -> Any:
    """A call of Evaluate that the server has taken up: the calls of a connection are taken up in their order."""
    request = request_message(Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY))
    call = evaluation_service_pb2_grpc.EvaluationServiceStub(channel).Evaluate.future(request)
    stub = ruleset_service_pb2_grpc.RulesetServiceStub(channel)
    stub.ListRulesets(ruleset_service_pb2.ListRulesetsRequest())
    return call


def late(address: str) -> None:
    """A call of a new connection, which a server that drains no longer takes."""
    while True:
        with Client(address, timeout_seconds=5) as client:
            client.list_rulesets()


def test_a_drain_has_an_end(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    holder = sqlite3.connect(store, isolation_level=None)
    with (
        process(command(store, "--drain-seconds", "0.1")) as (running, address),
        grpc.insecure_channel(address) as channel,
    ):
        health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        holder.execute("BEGIN IMMEDIATE")
        in_flight = evaluating(channel)
        running.send_signal(signal.SIGTERM)
        with pytest.raises(grpc.RpcError):
            in_flight.result()
        holder.execute("ROLLBACK")
        holder.close()
        running.communicate()
        assert running.returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("CREATE TABLE invoices (id INTEGER)", "not a store of chuan"),
        ("CREATE TABLE alembic_version AS SELECT '9999' AS version_num", "newer"),
        ("CREATE TABLE alembic_version AS SELECT '0001' AS version_num", "chuan db upgrade"),
    ],
)
def test_a_server_that_cannot_use_its_store_says_why_and_goes(
    tmp_path: Path, content: str, words: str
) -> None:
    store = tmp_path / "store.sqlite3"
    with sqlite3.connect(store) as connection:
        connection.execute(content)
    connection.close()
    run = subprocess.run(  # noqa: S603 - our own module
        command(store), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_server_whose_rulesets_are_wrong_says_where_and_goes(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("ruleset: [\n")
    arguments = [*command(tmp_path / "store.sqlite3"), "--rulesets", str(tmp_path)]
    run = subprocess.run(  # noqa: S603 - our own module
        arguments, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "wrong.yaml:2:1" in run.stderr
    assert "Traceback" not in run.stderr


def test_traffic_stays_on_the_machine_unless_it_is_told_otherwise() -> None:
    assert Settings().listen.host == "127.0.0.1"
