"""Health says whether calls can be answered, and says it again when they can."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from postgres import started
from serving import serving, settings_for
from typer.testing import CliRunner

from clients.cli import app
from clients.client import Client
from server import limits

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
Until = Callable[[Callable[[], bool]], None]
SERVICE = "chuan.v1.EvaluationService"


def test_a_store_that_goes_away_and_comes_back(until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEALTH_SECONDS", 0.05)
    with (
        started() as postgres,
        postgres.database() as url,
        serving(settings_for(url, RULESETS)) as address,
        grpc.insecure_channel(address) as channel,
    ):
        stub = health_pb2_grpc.HealthStub(channel)

        def status(name: str = "") -> str:
            answer = stub.Check(health_pb2.HealthCheckRequest(service=name))
            return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))

        assert [status(), status(SERVICE), status("live")] == ["SERVING"] * 3
        runner = CliRunner()
        assert runner.invoke(app, ["health", "--server", address]).stdout == "serving\n"

        postgres.stop()
        until(lambda: status() == "NOT_SERVING")
        assert [status(SERVICE), status("live")] == ["NOT_SERVING", "SERVING"]
        gone = runner.invoke(app, ["health", "--server", address])
        assert (gone.exit_code, gone.stdout) == (1, "not serving\n")
        assert runner.invoke(app, ["health", "--server", address, "--live"]).exit_code == 0

        postgres.start()
        until(lambda: status() == "SERVING")
        assert status(SERVICE) == "SERVING"


def test_a_file_that_is_no_store_any_more(
    tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HEALTH_SECONDS", 0.05)
    store = tmp_path / "store.sqlite3"
    with serving(settings_for(store, RULESETS)) as address, Client(address) as client:
        assert client.is_serving()
        with sqlite3.connect(store) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.close()
        until(lambda: not client.is_serving())
        assert client.is_serving("live")


def test_a_service_that_is_not_there_is_not_healthy() -> None:
    result = CliRunner().invoke(app, ["health", "--server", "127.0.0.1:1"])
    assert result.exit_code == 1
    assert "127.0.0.1:1" in result.stderr
