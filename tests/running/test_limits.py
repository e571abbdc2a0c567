"""Limits at the door: whoever passes one is told which and when to come again, and others are served as before."""

from __future__ import annotations

import concurrent.futures
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2_grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # ships no types
from grpc_status import rpc_status
from hypothesis import given
from hypothesis import strategies as st
from serving import serving, settings_for

from clients.client import Client, Question, request_message
from server.limits import LimitSettings
from server.running.throttle import Throttle

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "x"}
DAY = date(2024, 12, 31)


def request(**facts: object) -> Any:
    return request_message(Question(ruleset="test.rating", facts={**FACTS, **facts}, evaluated_on=DAY))


@contextmanager
def limited(folder: Path, **limits: Any) -> Iterator[evaluation_service_pb2_grpc.EvaluationServiceStub]:
    settings = settings_for(folder / "store.sqlite3", RULESETS, limits=LimitSettings(**limits))
    with serving(settings) as address, grpc.insecure_channel(address) as channel:
        yield evaluation_service_pb2_grpc.EvaluationServiceStub(channel)


def refusal(error: Any) -> tuple[str, float]:
    """The reason of a refusal, and in how many seconds one may call again; -1: nothing is said of it."""
    status = rpc_status.from_call(error)
    assert status.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    seconds = -1.0
    for detail in status.details:
        if detail.Unpack(retry):
            seconds = retry.retry_delay.ToTimedelta().total_seconds()
        else:
            assert detail.Unpack(info)
    return info.reason, seconds


def test_a_caller_who_calls_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    with limited(tmp_path, calls_a_second=0.01, call_burst=3) as stub:
        for _ in range(3):
            stub.Evaluate(request(), metadata=(("chuan-actor", "lan"),))
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(request(), metadata=(("chuan-actor", "lan"),))
        reason, seconds = refusal(caught.value)
        assert reason == "TOO_MANY_CALLS_A_SECOND"
        assert 50 < seconds <= 100
        assert stub.Evaluate(request(), metadata=(("chuan-actor", "minh"),)).decision_id
        for _ in range(3):  # who does not say a name goes by their address
            stub.Evaluate(request())
        with pytest.raises(grpc.RpcError):
            stub.Evaluate(request())


def test_more_calls_at_a_time_than_there_may_be_are_refused(tmp_path: Path) -> None:
    with limited(tmp_path, concurrent_calls=4) as stub:
        holder = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        calls = [stub.Evaluate.future(request()) for _ in range(5)]
        done, waiting = concurrent.futures.wait(
            [pool_future(call) for call in calls], return_when=concurrent.futures.FIRST_COMPLETED, timeout=30
        )
        assert (len(done), len(waiting)) == (1, 4)
        holder.execute("ROLLBACK")
        holder.close()
        errors = [call.exception() for call in calls]
        assert sum(error is None for error in errors) == 4
        (refused,) = [error for error in errors if error is not None]
        assert refusal(refused) == ("TOO_MANY_CALLS", 1.0)
        assert stub.Evaluate(request()).decision_id


def test_whoever_only_watches_takes_no_room_from_others(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "store.sqlite3", RULESETS, limits=LimitSettings(concurrent_calls=1))
    with serving(settings) as address, Client(address) as client:
        watching = [client.watch_rulesets() for _ in range(3)]
        assert all(next(watched).rulesets for watched in watching)
        assert client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id


def pool_future(call: Any) -> concurrent.futures.Future[None]:
    future: concurrent.futures.Future[None] = concurrent.futures.Future()
    call.add_done_callback(lambda _: future.set_result(None))
    return future


def test_a_message_is_as_long_as_it_may_be(tmp_path: Path) -> None:
    asked = request()
    with limited(tmp_path, message_bytes=1_024) as stub:
        asked.subject_ref = "x" * 100
        short = 1_024 - asked.ByteSize()
        asked.record.fields.add(name="y" * (short - 12)).value.null = 0
        while asked.ByteSize() < 1_024:
            asked.record.fields[-1].name += "y"
        assert asked.ByteSize() == 1_024
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(asked)
        assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.INVALID_ARGUMENT, (
            "it was read: that fact is not known"
        )
        asked.record.fields[-1].name += "y"
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(asked)
        assert refusal(caught.value) == ("MESSAGE_TOO_LARGE", -1)
        assert stub.Evaluate(request()).decision_id


def test_a_record_is_as_long_as_it_may_be(tmp_path: Path) -> None:
    most = request(remark="x" * 3_000).record.ByteSize()
    with limited(tmp_path, record_bytes=most) as stub:
        assert stub.Evaluate(request(remark="x" * 3_000)).decision_id
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(request(remark="x" * 3_001))
        assert refusal(caught.value) == ("RECORD_TOO_LARGE", -1)


def test_a_record_is_as_deep_as_it_may_be(tmp_path: Path) -> None:
    with limited(tmp_path, record_depth=2) as stub:
        assert stub.Evaluate(request()).decision_id  # tasks is a record in the record
    with limited(tmp_path, record_depth=1) as stub:
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(request())
        assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "record_depth" in str(rpc_status.from_call(cast("grpc.Call", caught.value)))


def test_a_ruleset_takes_as_many_steps_as_it_may(tmp_path: Path) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = (RULESETS / "rating-2.yaml").read_text()
    looping = text.replace(
        "holds: months >= 6", "holds: count(for i in 1..2000 return i) > 0 and months >= 6"
    )
    assert looping != text
    (folder / "rating.yaml").write_text(looping)
    for steps, refused in ((1_000, True), (1_000_000, False)):
        settings = settings_for(
            tmp_path / f"{steps}.sqlite3", folder, limits=LimitSettings(evaluation_steps=steps)
        )
        with serving(settings) as address, grpc.insecure_channel(address) as channel:
            stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
            if not refused:
                assert stub.Evaluate(request()).decision_id
                continue
            with pytest.raises(grpc.RpcError) as caught:
                stub.Evaluate(request())
            assert refusal(caught.value) == ("EVALUATION_LIMIT", -1)


def test_whoever_is_refused_too_often_is_told_to_wait_and_nobody_else(tmp_path: Path) -> None:
    with limited(tmp_path, refused_a_second=0.01, refused_burst=3) as stub:
        wrong = (("chuan-actor", "x" * 201),)
        for _ in range(3):
            with pytest.raises(grpc.RpcError) as caught:
                stub.Evaluate(request(), metadata=wrong)
            assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.UNAUTHENTICATED
        with pytest.raises(grpc.RpcError) as caught:
            stub.Evaluate(request(), metadata=wrong)
        reason, seconds = refusal(caught.value)
        assert reason == "TOO_MANY_REFUSED"
        assert seconds > 0
        assert stub.Evaluate(request()).decision_id  # of the same address, and known


@given(
    st.sampled_from([0.5, 1, 7]),
    st.integers(1, 5),
    st.lists(st.decimals(0, 10, places=2), min_size=1, max_size=60),
)
def test_a_bucket_gives_no_more_than_its_rate(rate: float, burst: int, pauses: list[Decimal]) -> None:
    now = 0.0
    throttle = Throttle(rate, burst, lambda: now)
    taken = 0
    for pause in pauses:
        now += float(pause)
        wait = throttle.take("lan")
        taken += wait == 0
        assert taken <= burst + now * rate + 1e-6
        if wait:  # after as long as was said, and not before, there is one
            now += wait * 0.99
            assert throttle.wait("lan") > 0
            now += wait * 0.010001 + 1e-9
            assert throttle.take("lan") == 0
            taken += 1
