"""The Python client: no call is forgotten, and a server that is not there is said to be."""

from __future__ import annotations

import re
import socket
from datetime import date

import pytest
from chuan.v1 import (
    decision_service_pb2,
    evaluation_service_pb2,
    personal_data_service_pb2,
    ruleset_service_pb2,
)
from google.protobuf.descriptor import MethodDescriptor

from clients.client import Client, Question, ServiceError, request_message

CALLS = [
    method
    for module in (
        evaluation_service_pb2,
        decision_service_pb2,
        ruleset_service_pb2,
        personal_data_service_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
DAY = date(2024, 12, 31)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_call_of_the_service_has_a_method(call: MethodDescriptor) -> None:
    name = re.sub(r"(?<=.)([A-Z])", r"_\1", call.name).lower()
    assert callable(getattr(Client, name, None)), f"Client has no method {name} for {call.full_name}"


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can be there either
        target = f"127.0.0.1:{taken.getsockname()[1]}"
        with Client(target, timeout_seconds=5) as client, pytest.raises(ServiceError) as caught:
            client.list_rulesets()
    assert caught.value.unreachable
    assert caught.value.reason == ""


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        (Question(ruleset="a.b", version="1.0.0", facts={}, evaluated_on=DAY), "version"),
        (Question(ruleset="a.b", facts={}, evaluated_on=DAY), "in_effect"),
        (Question(ruleset="", facts={}, evaluated_on=DAY), "by_selector"),
    ],
)
def test_a_question_says_how_its_ruleset_is_chosen(question: Question, choice: str) -> None:
    request = request_message(question)
    assert request.ruleset.WhichOneof("choice") == choice
    assert request.HasField("record")
