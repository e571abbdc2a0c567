"""What the service refuses: the right status, every field, and never a word of the record.

The cases are data: tests/data/server/refused/requests.yaml.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2, evaluation_service_pb2_grpc, value_pb2
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no types
from grpc_status import rpc_status
from ruamel.yaml import YAML

from clients.client import Client, Question, RecordRefused, request_message
from server import limits
from server.errors import failure_of, trailer_status

DATA = YAML(typ="safe").load(Path(__file__).parent.parent / "data" / "server" / "refused" / "requests.yaml")
CASES: Mapping[str, Mapping[str, Any]] = DATA["cases"]
CANARY = "CANARY"


def plain(value: Any) -> Any:
    """A value of YAML as a caller would give it: exact numbers."""
    match value:
        case float():
            return Decimal(str(value))
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case _:
            return value


def request_of(case: Mapping[str, Any]) -> evaluation_service_pb2.EvaluateRequest:
    facts = plain(case.get("facts", DATA["base"]["facts"]))
    question = Question(ruleset="", facts=facts, evaluated_on=date(2024, 12, 31))
    change = {**DATA["base"]["change"], **copy.deepcopy(case.get("change", {}))}
    request = evaluation_service_pb2.EvaluateRequest(record=request_message(question).record)
    if "record" in change:
        request.ClearField("record")
    return json_format.ParseDict(change, request)


@pytest.fixture(scope="module")
def channel(address: str) -> Iterator[grpc.Channel]:
    # No options: what the service answers has to reach a client as it comes out of the box.
    with grpc.insecure_channel(address) as opened:
        yield opened


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> evaluation_service_pb2_grpc.EvaluationServiceStub:
    return evaluation_service_pb2_grpc.EvaluationServiceStub(channel)


@pytest.fixture(autouse=True)
def nothing_of_a_record_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text


def refused(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub, request: evaluation_service_pb2.EvaluateRequest
) -> status_pb2.Status:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Evaluate(request, timeout=30)
    return status_of(caught.value)


def refused_bytes(channel: grpc.Channel, payload: bytes) -> status_pb2.Status:
    """What Evaluate says to bytes that protobuf would not write."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/chuan.v1.EvaluationService/Evaluate", bytes, bytes)(payload, timeout=30)
    return status_of(caught.value)


def status_of(error: grpc.RpcError) -> status_pb2.Status:
    assert isinstance(error, grpc.Call)
    status = rpc_status.from_call(error)
    assert status is not None, error
    return status


def details_of(status: status_pb2.Status) -> tuple[error_details_pb2.ErrorInfo, dict[str, str]]:
    info, wrong = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        assert detail.Unpack(info) or detail.Unpack(wrong)
    return info, {each.field: each.description for each in wrong.field_violations}


def check(case: Mapping[str, Any], status: status_pb2.Status, prefix: str) -> None:
    """See that a status says what a case wants, and nothing of the record but names of fields."""
    info, violations = details_of(status)
    assert grpc.StatusCode[case["code"]].value[0] == status.code
    assert (info.reason, info.domain) == (case["reason"], "chuan")
    assert case.get("says", "") in status.message
    wanted = {prefix + path: words for path, words in case.get("violations", {}).items()}
    assert violations.keys() == wanted.keys()
    for path, words in wanted.items():
        assert words in violations[path]
    assert CANARY not in status.message
    assert not any(CANARY in text for text in violations.values())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_request_is_refused(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub, case: Mapping[str, Any]
) -> None:
    check(case, refused(stub, request_of(case)), "")


def test_a_batch_gives_each_record_what_it_would_have_got_alone(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub,
) -> None:
    good = request_of({})
    requests = [request for case in CASES.values() for request in (request_of(case), good)]
    answer = stub.EvaluateBatch(evaluation_service_pb2.EvaluateBatchRequest(requests=requests), timeout=60)
    assert len(answer.results) == len(requests)
    for index, case in enumerate(CASES.values()):
        check(case, answer.results[2 * index].error, f"requests[{2 * index}].")
        assert answer.results[2 * index + 1].response.verdict.outcome == "high"


@pytest.mark.parametrize(("length", "words"), [(10_000, {}), (10_001, {"record.remark": "10000 characters"})])
def test_a_text_is_as_long_as_it_may_be(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub, length: int, words: dict[str, str]
) -> None:
    request = request_of({"facts": {"months": 7, "remark": "x" * length}})
    if words:
        case = {"code": "INVALID_ARGUMENT", "reason": "REQUEST_NOT_USABLE", "violations": words}
        check(case, refused(stub, request), "")
    else:
        assert stub.Evaluate(request).decision_id


def test_a_text_of_10_megabytes_is_too_large_a_message(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub,
) -> None:
    request = request_of({"facts": {"remark": CANARY * 1_700_000}})
    with pytest.raises(grpc.RpcError) as caught:
        stub.Evaluate(request, timeout=30)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert stub.Evaluate(request_of({})).decision_id


def test_a_record_longer_than_can_be_replayed_is_refused(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub,
) -> None:
    acts = [{"decided_on": date(2023, 1, 1), "form": "x" * 2_000} for _ in range(600)]
    status = refused(stub, request_of({"facts": {"months": 7, "acts": acts}}))
    assert "1,000,000 bytes" in details_of(status)[1]["record"]


def nested(depth: int) -> value_pb2.Record:
    """A record in which lists are `depth` deep, itself included."""
    value = value_pb2.Value(text=CANARY)
    for _ in range(depth - 1):
        value = value_pb2.Value(list=value_pb2.ValueList(items=[value]))
    return value_pb2.Record(fields=[value_pb2.Field(name="remark", value=value)])


@pytest.mark.parametrize(
    ("depth", "reason", "path"),
    [
        (limits.LimitSettings().record_depth, "REQUEST_NOT_USABLE", "record.remark"),
        (limits.LimitSettings().record_depth + 1, "REQUEST_NOT_USABLE", "record.remark" + "[0]" * 15),
        (45, "REQUEST_NOT_USABLE", "record.remark" + "[0]" * 15),
        (100, "MESSAGE_NOT_READABLE", None),
        (20_000, "MESSAGE_NOT_READABLE", None),
    ],
)
def test_nesting_has_an_end(channel: grpc.Channel, depth: int, reason: str, path: str | None) -> None:
    request = request_of({})
    request.ClearField("record")
    status = refused_bytes(channel, request.SerializeToString() + deep_record_field(depth))
    info, violations = details_of(status)
    assert info.reason == reason
    if path is not None:
        assert path in violations
    assert CANARY not in str(violations)


def deep_record_field(depth: int) -> bytes:
    """The record of `nested` as bytes of EvaluateRequest.record; protobuf itself writes only 100 levels."""

    def field(number: int, content: bytes) -> bytes:
        size = len(content)
        length = bytearray()
        while size > 0x7F:
            length.append(size & 0x7F | 0x80)
            size >>= 7
        return bytes([number << 3 | 2, *length, size]) + content

    value = value_pb2.Value(text=CANARY).SerializeToString()
    for _ in range(depth - 1):
        value = field(8, field(1, value))
    record = field(1, field(1, b"remark") + field(2, value))
    if depth < 40:
        assert value_pb2.Record.FromString(record) == nested(depth)
    return field(3, record)


def test_bytes_that_are_no_message_are_the_callers_mistake(channel: grpc.Channel) -> None:
    status = refused_bytes(channel, b"\xff\xfe" + CANARY.encode())
    assert details_of(status)[0].reason == "MESSAGE_NOT_READABLE"


def test_more_violations_than_trailers_hold_are_counted(
    stub: evaluation_service_pb2_grpc.EvaluationServiceStub,
) -> None:
    facts = {f"tên_lạ_{number}": number for number in range(3_000)}
    status = refused(stub, request_of({"facts": facts}))
    listed = len(details_of(status)[1])
    assert 3 < listed < 3_000
    assert status.message == f"3000 fields of the request are wrong; the first {listed} are listed"


def test_a_batch_lists_more_of_them(stub: evaluation_service_pb2_grpc.EvaluationServiceStub) -> None:
    facts = {f"tên_lạ_{number}": number for number in range(limits.MAX_VIOLATIONS + 1)}
    batch = evaluation_service_pb2.EvaluateBatchRequest(requests=[request_of({"facts": facts})])
    status = stub.EvaluateBatch(batch, timeout=60).results[0].error
    assert len(details_of(status)[1]) == limits.MAX_VIOLATIONS
    assert "the first 1000 are listed" in status.message


def test_violations_come_in_vietnamese_too_where_it_was_asked_for(address: str) -> None:
    facts = {"months": "bảy", "leave": True}
    texts = {}
    with Client(address) as client:
        for language in ("vi", "en"):
            with pytest.raises(RecordRefused) as caught:
                client.evaluate(
                    "test.rating",
                    facts,
                    evaluated_on=date(2024, 12, 31),
                    languages=[language, "vi", "en"][:1],
                )
            texts[language] = caught.value.violations
    assert texts == {
        "vi": [("months", "Cần một số; ghi dưới dạng số, không có dấu ngoặc kép hay đơn vị.")],
        "en": [("months", "A number is needed; give it as a number, without quotes or unit.")],
    }


def test_an_error_nobody_thought_of_is_internal_and_its_text_goes_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def bug(record: Mapping[str, str]) -> None:
        raise ValueError(f"cannot do with {record}")

    with pytest.raises(ValueError, match=CANARY) as caught:
        bug({"name": CANARY})
    status = trailer_status(failure_of(caught.value, "Evaluate"))
    assert (status.code, details_of(status)[0].reason) == (grpc.StatusCode.INTERNAL.value[0], "INTERNAL")
    assert CANARY not in str(status)
    assert "ValueError" in caplog.text
    assert "bug:" in caplog.text


def test_the_server_is_unharmed(stub: evaluation_service_pb2_grpc.EvaluationServiceStub) -> None:
    assert stub.Evaluate(request_of({}), timeout=10).verdict.outcome == "high"
