"""Personal data stay where they belong: not in logs, errors, figures or traces, and in the store only encrypted.

Every call of the contract is made with a canary in every field that may be personal: as it should be made, as it should
not, and while the store is broken.
"""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2, value_pb2
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import NULL_VALUE

from clients.authority_calls import Document
from clients.client import Client, Explained, Question, request_message
from server.personal.masters import add_key
from server.process import SERVICES

CANARY = "CANARY-Nguyễn"
NUMBER = "867530986753.09"
CANARIES = ("CANARY", NUMBER, "867530986753")
PERSONAL = {"subject_ref", "confirm_subject_ref", "reason", "grounds", "signatory", "number", "outcome"}
"""Fields of requests that may hold what is personal; the others name rulesets, days, organisations."""
DAY = date(2024, 12, 31)
FACTS = {
    "group": "staff",
    "months": Decimal(12),
    "tasks": {"total": Decimal(867530986753), "done": Decimal(867530986753)},
    "acts": [{"decided_on": date(2023, 1, 2), "form": CANARY}],
    "remark": CANARY,
}
METHODS = [method for service in SERVICES for method in service.methods]
Until = Callable[[Callable[[], bool]], None]


def values() -> Iterator[value_pb2.Value]:
    """A canary of every kind that a value can be."""
    yield value_pb2.Value(text=CANARY)
    yield value_pb2.Value(number=NUMBER)
    yield value_pb2.Value(number=CANARY)
    yield value_pb2.Value(date=CANARY)
    yield value_pb2.Value(date_time=CANARY)
    yield value_pb2.Value(time=CANARY)
    yield value_pb2.Value(null=NULL_VALUE)
    yield value_pb2.Value(list=value_pb2.ValueList(items=[value_pb2.Value(text=CANARY)]))
    inner = value_pb2.Field(name="total", value=value_pb2.Value(text=CANARY))
    yield value_pb2.Value(record=value_pb2.Record(fields=[inner]))


def planted(kind: Any, depth: int = 0) -> Any:
    """A message with a canary in every field that may be personal, and something in every other one."""
    message = GetMessageClass(kind)()
    if kind is value_pb2.Record.DESCRIPTOR:
        names = ["group", "months", "tasks", "acts", "remark", "leave", "stranger"]
        wrong = [value_pb2.Field(name=name, value=value) for name in names for value in values()]
        return value_pb2.Record(fields=wrong)
    for field in kind.fields:
        if field.containing_oneof is not None and field.containing_oneof.fields[0] is not field:
            continue
        value = _planted(field, depth)
        if value is None:
            continue
        if field.is_repeated:
            getattr(message, field.name).append(value)
        elif isinstance(value, Message):
            getattr(message, field.name).CopyFrom(value)
        else:
            setattr(message, field.name, value)
    return message


def _planted(field: FieldDescriptor, depth: int) -> Any:
    if field.message_type is not None:
        return planted(field.message_type, depth + 1) if depth < 5 else None
    if field.type == FieldDescriptor.TYPE_STRING:
        return CANARY if field.name in PERSONAL else "2024-12-31" if field.name.endswith("_on") else "x"
    if field.type == FieldDescriptor.TYPE_BYTES:
        return CANARY.encode()
    return 1 if field.type != FieldDescriptor.TYPE_BOOL else True


def answer(channel: grpc.Channel, method: MethodDescriptor, payload: bytes) -> str:
    """All that a refused call says: its text, its details and what else stands in its metadata."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    metadata = (("chuan-actor", "officer"),)
    make: Any = channel.stream_stream if method.client_streaming else channel.unary_stream
    if not (method.client_streaming or method.server_streaming):
        make = channel.unary_unary
    call = make(path, bytes, bytes)
    sent = iter([payload]) if method.client_streaming else payload
    try:
        answered = call(sent, timeout=20, metadata=metadata)
        if method.server_streaming:
            next(answered, None)
            answered.cancel()
    except grpc.RpcError as error:
        if not isinstance(error, grpc.Call):
            raise
        trailers = b"".join(
            part if isinstance(part, bytes) else part.encode() for _, part in error.trailing_metadata() or ()
        )
        return f"{error.details()}{trailers.decode('utf-8', 'replace')}"
    return ""


def clean(text: str) -> None:
    for canary in CANARIES:
        assert canary not in text, text[max(0, text.find(canary) - 200) :][:400]


@contextmanager
def collecting() -> Iterator[tuple[list[bytes], str]]:
    """A collector of traces, which keeps what it is sent as it is."""
    sent: list[bytes] = []

    def export(payload: bytes, _context: object) -> bytes:
        sent.append(payload)
        return b""

    handler = grpc.unary_unary_rpc_method_handler(export)
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    server = grpc.server(futures.ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield sent, f"http://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def use(client: Client) -> None:
    """Make the calls about persons as they should be made."""
    ids = []
    for subject in (f"{CANARY} 1", f"{CANARY} 2"):
        question = Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY, subject_ref=subject)
        (judged,) = client.evaluate_batch([question])
        assert isinstance(judged, Explained)
        ids.append(judged.decision_id)
    document = Document(CANARY, DAY, CANARY)
    for id_ in ids:
        client.get_decision(id_)
        client.replay_decision(id_)
        standing = client.record_authority_decision(id_, document, outcome="high", reason=CANARY)
        number, _ = client.file_appeal(id_, filed_on=DAY, grounds=CANARY)
        client.answer_appeal(id_, number, document, upheld=True, reason=CANARY)
        assert standing.differs
    assert CANARY in str(list(client.export_subject(f"{CANARY} 1", languages=["vi"])))
    client.erase_subject(f"{CANARY} 1", confirm_subject_ref=f"{CANARY} 1", reason="letter 12")


def test_nothing_personal_is_told_and_what_is_kept_is_encrypted(
    tmp_path: Path, running: Any, until: Until
) -> None:
    add_key(tmp_path / "master.key", os.urandom)
    with collecting() as (spans, endpoint):
        options = {
            "log.format": "json",
            "log.level": "debug",
            "metrics.port": "0",
            "traces.otlp_endpoint": endpoint,
            "personal.master_key_file": str(tmp_path / "master.key"),
        }
        words = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        with (
            running(tmp_path, *words, env={"CHUAN_METRICS__ENABLED": "true"}) as service,
            grpc.insecure_channel(service.address) as channel,
        ):
            with Client(service.address, actor="officer") as client:
                use(client)
            file = b"".join(each.read_bytes() for each in tmp_path.glob("store.sqlite3*"))

            refused = [
                answer(channel, method, planted(method.input_type).SerializeToString()) for method in METHODS
            ]
            refused += [answer(channel, method, b"\xff" + CANARY.encode()) for method in METHODS]
            for each in wrong_records():
                refused.append(answer(channel, METHODS[0], each.SerializeToString()))
            (place,) = re.findall(r"http://[^\s\"]+/metrics", service.log)
            with urllib.request.urlopen(place, timeout=10) as answered:  # noqa: S310 - http on the loopback
                figures = answered.read().decode()

            for part in tmp_path.glob("store.sqlite3*"):
                part.write_bytes(b"no database any more" * 4_096)
            broken = [
                answer(channel, method, planted(method.input_type).SerializeToString()) for method in METHODS
            ]
            broken.append(answer(channel, METHODS[0], right().SerializeToString()))
            until(lambda: len(spans) > 0)
            told = service.log
    for text in (*refused, *broken, told, figures, b"".join(spans).decode("utf-8", "replace")):
        clean(text)
    assert told.count('"event":"call"') > 2 * len(METHODS)
    assert sum(bool(each) for each in refused) > len(METHODS)
    # The opaque subject_ref of whoever was not erased lies in plain; nothing else may.
    kept = file.replace(f"{CANARY} 2".encode(), b"")
    for canary in CANARIES:
        assert canary.encode() not in kept


def right() -> Any:
    return request_message(Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY, subject_ref=CANARY))


def wrong_records() -> Iterator[evaluation_service_pb2.EvaluateRequest]:
    """A right request whose record has a canary of each kind in place of each fact."""
    for name in FACTS:
        for value in values():
            request = right()
            for field in request.record.fields:
                if field.name == name:
                    field.value.CopyFrom(value)
            yield request


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_canary_is_planted_wherever_a_request_may_be_personal(method: MethodDescriptor) -> None:
    """So that the test above cannot pass because it plants nothing."""
    personal = {
        field.name
        for field in method.input_type.fields
        if field.name in PERSONAL and field.type == FieldDescriptor.TYPE_STRING
    }
    assert all(getattr(planted(method.input_type), name) == CANARY for name in personal)
