"""What a service tells of itself while it runs: a line a call, figures, spans; nothing of a record is in them."""

from __future__ import annotations

import json
import logging
import re
import urllib.request
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2, evaluation_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from ruamel.yaml import YAML
from serving import serving, settings_for

from clients.client import Question, request_message
from server.running.logs import REQUEST_ID, set_up_logging
from server.running.settings import LogSettings, TraceSettings

ROOT = Path(__file__).parent.parent.parent
RULESETS = ROOT / "tests" / "data" / "server" / "rulesets"
CANARY = "CANARY"
BATCH = "chuan.v1.EvaluationService.EvaluateBatch"
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": CANARY}
DAY = date(2024, 12, 31)
Until = Callable[[Callable[[], bool]], None]


def request(**changes: Any) -> Any:
    question = {
        "ruleset": "test.rating",
        "facts": FACTS,
        "evaluated_on": DAY,
        "subject_ref": CANARY,
        **changes,
    }
    return request_message(Question(**question))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, running: Any, until: Until) -> Iterator[dict[str, Any]]:
    """What a service with two workers has told of some calls: its answers, its log and its figures."""
    folder = tmp_path_factory.mktemp("telling")
    options = ("--workers", "2", "--set", "log.format=json", "--set", "metrics.port=0")
    with (
        running(folder, *options, env={"CHUAN_METRICS__ENABLED": "true"}) as service,
        grpc.insecure_channel(service.address) as channel,
    ):
        stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
        _, answered = stub.Evaluate.with_call(
            request(), metadata=(("x-request-id", "desk-7"), ("chuan-actor", "lan"))
        )
        _, unnamed = stub.Evaluate.with_call(request(), metadata=(("x-request-id", "no spaces"),))
        stub.EvaluateBatch(evaluation_service_pb2.EvaluateBatchRequest(requests=[request()] * 3))
        with pytest.raises(grpc.RpcError) as refused:
            stub.Evaluate(request(facts={"months": CANARY}), metadata=(("x-request-id", "desk-8"),))
        with pytest.raises(grpc.RpcError):
            stub.Evaluate(request(ruleset="nothing"))
        until(lambda: service.log.count('"event":"call"') >= 5)
        (place,) = re.findall(r"http://[^\s\"]+/metrics", service.log)

        def figures() -> str:
            with urllib.request.urlopen(place, timeout=10) as answer:  # noqa: S310 - http on the loopback
                return cast("str", answer.read().decode())

        until(lambda: 'chuan_calls_total{code="NOT_FOUND"' in figures() and "chuan_ready 2.0" in figures())
        until(lambda: f'chuan_records_total{{method="{BATCH}"}} 3.0' in figures())
        yield {
            "answered": dict(answered.trailing_metadata()),
            "unnamed": dict(unnamed.trailing_metadata()),
            "refused": dict(cast("grpc.Call", refused.value).trailing_metadata() or ()),
            "log": service.log,
            "figures": figures(),
        }


def lines(told: dict[str, Any], event: str) -> list[dict[str, Any]]:
    parsed = [json.loads(line) for line in told["log"].splitlines()]
    return [line for line in parsed if line["event"] == event]


def test_a_call_is_told_in_one_line(told: dict[str, Any]) -> None:
    first = next(line for line in lines(told, "call") if line["request_id"] == "desk-7")
    assert first.pop("milliseconds") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("timestamp"))
    assert first == {
        "level": "info",
        "event": "call",
        "method": "chuan.v1.EvaluationService.Evaluate",
        "code": "OK",
        "request_id": "desk-7",
        "caller": "lan",
        "records": 1,
    }
    refused = next(line for line in lines(told, "call") if line["request_id"] == "desk-8")
    assert (refused["code"], refused["reason"]) == ("INVALID_ARGUMENT", "REQUEST_NOT_USABLE")
    (batch,) = [line for line in lines(told, "call") if line["method"].endswith("EvaluateBatch")]
    assert batch["records"] == 3


def test_a_request_id_comes_back_or_is_made(told: dict[str, Any]) -> None:
    assert told["answered"]["x-request-id"] == "desk-7"
    assert told["refused"]["x-request-id"] == "desk-8"
    made = told["unnamed"]["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", made)
    assert made in {line["request_id"] for line in lines(told, "call")}


def test_the_figures_of_all_workers_are_added_up(told: dict[str, Any]) -> None:
    figures = told["figures"]
    evaluate, batch = BATCH.removesuffix("Batch"), BATCH
    for line in (
        f'chuan_calls_total{{code="OK",method="{evaluate}"}} 2.0',
        f'chuan_calls_total{{code="INVALID_ARGUMENT",method="{evaluate}"}} 1.0',
        f'chuan_calls_total{{code="NOT_FOUND",method="{evaluate}"}} 1.0',
        f'chuan_records_total{{method="{batch}"}} 3.0',
        f'chuan_call_seconds_count{{method="{batch}"}} 1.0',
        'chuan_refusals_total{reason="RULESET_NOT_FOUND"} 1.0',
        "chuan_commits_total 3.0",
        "chuan_commit_entries_sum 5.0",
        "chuan_calls_in_flight 0.0",
        "chuan_store_errors_total 0.0",
        "chuan_worker_starts_total 2.0",
    ):
        assert line in figures
    assert re.search(r"^chuan_rulesets_loaded 3\.0$", figures, re.MULTILINE)


def test_nothing_of_a_record_is_told(told: dict[str, Any]) -> None:
    assert CANARY not in told["log"]
    assert CANARY not in told["figures"]


def test_every_alert_asks_for_a_figure_that_there_is(told: dict[str, Any]) -> None:
    rules = YAML(typ="safe", pure=True).load(ROOT / "deploy" / "alerts.yaml")
    known = {*re.findall(r"^# TYPE (\S+)", told["figures"], re.MULTILINE), "up"}
    # A histogram is asked for by what it is made of.
    known |= {f"{name}{end}" for name in known for end in ("_bucket", "_sum", "_count")}
    asked = [rule for group in rules["groups"] for rule in group["rules"]]
    assert asked
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for rule in asked:
        names = set(re.findall(r"\b(?:chuan_\w+|up)\b", rule["expr"]))
        assert names, rule["alert"]
        assert names <= known, f"{rule['alert']} asks for {names - known}"
        assert f"`{rule['alert']}`" in page, "the page says what to do"


def test_nothing_is_told_of_calls_where_only_warnings_are_wanted(tmp_path: Path, running: Any) -> None:
    with (
        running(tmp_path, "--set", "log.level=warning") as service,
        grpc.insecure_channel(service.address) as channel,
    ):
        evaluation_service_pb2_grpc.EvaluationServiceStub(channel).Evaluate(request())
        service.process.terminate()
        service.process.wait(60)
    assert "call" not in service.log
    assert "stopped" not in service.log


def test_an_error_in_the_log_has_the_id_of_its_call(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    file = tmp_path / "log"
    try:
        with file.open("w") as stream:
            set_up_logging(LogSettings(format="json"), stream)
            REQUEST_ID.set("desk-9")
            logging.getLogger("chuan.server").warning("%s is away", "the store")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        REQUEST_ID.set("")
    line = json.loads(file.read_text())
    assert (line["event"], line["level"], line["request_id"]) == ("the store is away", "warning", "desk-9")


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.spans: list[Any] = []

    def Export(self, request: Any, _context: object) -> Any:  # noqa: N802 - the contract's name
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


@contextmanager
def collecting() -> Iterator[tuple[Collector, str]]:
    server = grpc.server(futures.ThreadPoolExecutor(1))
    collector = Collector()
    add = trace_service_pb2_grpc.add_TraceServiceServicer_to_server
    add(collector, server)  # type: ignore[no-untyped-call]  # generated without types
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield collector, f"http://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def test_a_trace_that_a_caller_brings_is_taken_on(tmp_path: Path) -> None:
    trace_id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with collecting() as (collector, endpoint):
        traced = settings_for(
            tmp_path / "store.sqlite3",
            RULESETS,
            traces=TraceSettings(otlp_endpoint=endpoint, sampled_share=0),
        )
        with serving(traced) as address, grpc.insecure_channel(address) as channel:
            stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
            stub.Evaluate(request(), metadata=(("traceparent", f"00-{trace_id}-{parent}-01"),))
            stub.Evaluate(request())  # begins no trace: none are sampled
        # what was waiting is sent as the server stops
    names = {span.name: span for span in collector.spans}
    assert set(names) == {"chuan.v1.EvaluationService.Evaluate", "evaluate", "commit"}
    call = names["chuan.v1.EvaluationService.Evaluate"]
    assert call.trace_id.hex() == trace_id
    assert call.parent_span_id.hex() == parent
    for inner in ("evaluate", "commit"):
        assert names[inner].parent_span_id == call.span_id
    attributes = {each.key: each.value.string_value for each in call.attributes}
    assert attributes["rpc.grpc.status"] == "OK"
    assert CANARY.encode() not in b"".join(span.SerializeToString() for span in collector.spans)
