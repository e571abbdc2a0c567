"""EvaluateStream: what a batch says, for as many records as there are, whatever becomes of the connection."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2 as pb
from chuan.v1 import evaluation_service_pb2_grpc

from clients.client import Client, Explained, Question, RecordRefused, ServiceError, request_message
from clients.errors import call_error, status_error
from server.config import Settings
from server.running.settings import ListenSettings

Serve = Callable[[Settings], AbstractContextManager[str]]
Stub = Any  # the types of the stubs know streams as iterables alone
SETTINGS = Settings()
DAY = date(2024, 12, 31)
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "Tốt", "group": "staff"}
START = pb.EvaluateStreamRequest(start=pb.EvaluateStreamStart())


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as connected:
        yield connected


@pytest.fixture
def stub(address: str) -> Iterator[Stub]:
    with grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        yield evaluation_service_pb2_grpc.EvaluationServiceStub(channel)


def question(number: int, **facts: object) -> Question:
    return Question(
        ruleset="test.rating", facts={**FACTS, **facts}, evaluated_on=DAY, subject_ref=str(number)
    )


def chunk(*questions: Question, languages: tuple[Any, ...] = ()) -> pb.EvaluateStreamRequest:
    requests = [request_message(each) for each in questions]
    for each in requests:
        each.languages.extend(languages)
    return pb.EvaluateStreamRequest(chunk=pb.EvaluateBatchRequest(requests=requests))


def start(token: str) -> pb.EvaluateStreamRequest:
    return pb.EvaluateStreamRequest(start=pb.EvaluateStreamStart(resume_token=token))


def logged(store: Path) -> list[str]:
    """Whom the decisions of the store are about, in their order."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT subject_ref FROM decisions ORDER BY position").fetchall()
    return [row[0] for row in rows]


def settled(store: Path) -> int:
    """How many decisions there are when no more are coming."""
    count = -1
    while count != (count := len(logged(store))):
        time.sleep(0.3)
    return count


@pytest.mark.parametrize("chunk_records", [1, 7, 10_000])
def test_a_stream_says_what_a_batch_says(client: Client, store: Path, chunk_records: int) -> None:
    questions = [
        question(number, months=number % 12 if number % 3 else "không")
        if number % 5
        else Question(ruleset="test.wrong", facts={}, evaluated_on=DAY)
        for number in range(60)
    ]
    before = len(logged(store))
    streamed = list(client.evaluate_stream(iter(questions), chunk_records=chunk_records))
    good = [str(number) for number in range(60) if number % 3 and number % 5]
    assert logged(store)[before:] == good
    for one, other in zip(streamed, client.evaluate_batch(questions), strict=True):
        assert type(one) is type(other)
        if isinstance(one, Explained) and isinstance(other, Explained):
            assert one.verdict == other.verdict
            assert client.get_decision(one.decision_id).verdict == one.verdict
        if isinstance(one, RecordRefused) and isinstance(other, RecordRefused):
            assert one.violations == other.violations
        if isinstance(one, ServiceError) and isinstance(other, ServiceError):
            assert (one.code, one.reason) == (other.code, other.reason)


def test_a_stream_of_nothing_is_answered_with_nothing(client: Client) -> None:
    assert list(client.evaluate_stream([])) == []


def test_questions_are_read_as_answers_are_taken(client: Client) -> None:
    read = 0

    def endless() -> Iterator[Question]:
        nonlocal read
        while True:
            read += 1
            yield question(read)

    answers = client.evaluate_stream(endless(), chunk_records=5)
    for _ in range(20):
        assert isinstance(next(answers), Explained)
    assert read <= 20 + 5 * (SETTINGS.streams.chunks_in_flight + 1) + 1
    answers.close()


def test_the_server_says_first_what_is_to_be_kept_to(
    stub: Stub,
) -> None:
    (answer,) = stub.EvaluateStream(iter([START]))
    assert answer.opened == pb.StreamOpened(
        max_chunks_in_flight=SETTINGS.streams.chunks_in_flight,
        max_chunk_size=SETTINGS.limits.batch_records,
        max_message_bytes=SETTINGS.limits.message_bytes,
    )
    assert answer.answered_chunks == 0


def test_chunks_are_counted_and_every_answer_has_a_token(
    stub: Stub,
) -> None:
    answers = list(stub.EvaluateStream(iter([START, chunk(question(1)), chunk(), chunk(question(2))])))
    assert [answer.WhichOneof("part") for answer in answers] == ["opened", "chunk", "chunk", "chunk"]
    assert [answer.answered_chunks for answer in answers] == [0, 1, 2, 3]
    assert [len(answer.chunk.results) for answer in answers] == [0, 1, 0, 1]
    assert len({answer.resume_token for answer in answers}) == 4


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ([chunk(question(1))], "start"),
        ([pb.EvaluateStreamRequest()], "start"),
        ([START, START], "chunk"),
        ([START, pb.EvaluateStreamRequest()], "chunk"),
        ([start("x")], "start.resume_token"),
        ([start("0" * 32 + ".-1")], "start.resume_token"),
        (
            [start(f"{'0' * 32}.1.{'0' * 64}")],
            "start.resume_token",
        ),
    ],
    ids=[
        "no start",
        "nothing",
        "two starts",
        "nothing in a chunk's place",
        "no token",
        "no place",
        "of a table",
    ],
)
def test_a_stream_that_is_not_as_the_contract_has_it_is_refused(
    stub: Stub,
    sent: list[pb.EvaluateStreamRequest],
    path: str,
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.EvaluateStream(iter(sent)))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert [where for where, _ in refused.violations] == [path]


def test_bytes_that_are_no_message_end_the_stream_after_what_came_before(address: str) -> None:
    sent = [START.SerializeToString(), chunk(question(1)).SerializeToString(), b"\xff"]
    with grpc.insecure_channel(address) as channel:
        untyped: Any = channel
        call = untyped.stream_stream("/chuan.v1.EvaluationService/EvaluateStream")
        answers = call(iter(sent))
        got = [pb.EvaluateStreamResponse.FromString(next(answers)) for _ in range(2)]
        with pytest.raises(grpc.RpcError) as caught:
            next(answers)
    assert [each.WhichOneof("part") for each in got] == ["opened", "chunk"]
    assert call_error(caught.value).reason == "MESSAGE_NOT_READABLE"


def test_a_chunk_that_is_too_large_ends_the_stream_after_what_came_before(
    stub: Stub,
) -> None:
    large = pb.EvaluateBatchRequest(requests=[pb.EvaluateRequest()] * (SETTINGS.limits.batch_records + 1))
    answers = stub.EvaluateStream(iter([START, chunk(question(1)), pb.EvaluateStreamRequest(chunk=large)]))
    assert [next(answers).answered_chunks, next(answers).answered_chunks] == [0, 1]
    with pytest.raises(grpc.RpcError) as caught:
        next(answers)
    refused = call_error(caught.value)
    assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "BATCH_TOO_LARGE")


def test_a_caller_who_takes_no_answers_is_read_no_further(address: str, store: Path) -> None:
    before, sent = len(logged(store)), 60
    # Every answer is larger than what may lie between the two sides.
    large = chunk(*(question(0) for _ in range(30)), languages=(pb.LANGUAGE_VI, pb.LANGUAGE_EN))
    with grpc.insecure_channel(address, options=[("grpc.http2.bdp_probe", 0)]) as channel:
        stub: Stub = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)
        answers = stub.EvaluateStream(iter([START, *[large] * sent]))
        assert next(answers).opened
        judged = settled(store) - before
        assert 0 < judged < sent * 30 / 2
        assert len([*answers]) == sent
    assert len(logged(store)) - before == sent * 30


def test_a_caller_who_goes_away_is_judged_no_further(stub: Stub, store: Path) -> None:
    before, sent = len(logged(store)), 500
    answers = stub.EvaluateStream(iter([START, *[chunk(*(question(0) for _ in range(100)))] * sent]))
    assert [next(answers).answered_chunks for _ in range(3)] == [0, 1, 2]
    answers.cancel()
    assert settled(store) - before < sent * 100 / 2


def test_a_deadline_ends_a_stream(stub: Stub, store: Path) -> None:
    before = len(logged(store))
    with pytest.raises(grpc.RpcError) as caught:
        list(
            stub.EvaluateStream(
                iter([START, *[chunk(*(question(0) for _ in range(500)))] * 500]), timeout=0.3
            )
        )
    assert call_error(caught.value).code == "DEADLINE_EXCEEDED"
    assert settled(store) - before < 500 * 500 / 2


def test_others_are_answered_while_a_stream_is_judged(stub: Stub, client: Client) -> None:
    sent: SimpleQueue[pb.EvaluateStreamRequest | None] = SimpleQueue()
    answers = stub.EvaluateStream(iter(sent.get, None))
    sent.put(START)
    assert next(answers).opened
    sent.put(chunk(*(question(0) for _ in range(SETTINGS.limits.batch_records))))
    ended: SimpleQueue[str] = SimpleQueue()
    answers.add_done_callback(lambda _: ended.put("stream"))
    sent.put(None)
    for _ in range(5):
        assert client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id
        ended.put("call")
    assert len(list(answers)) == 1
    assert ended.get() == "call"


def test_chunks_that_come_again_are_answered_from_the_log(stub: Stub, store: Path) -> None:
    before = len(logged(store))
    parts = [chunk(*(question(number) for number in range(first, first + 4))) for first in range(0, 40, 4)]
    whole = list(stub.EvaluateStream(iter([START, *parts])))
    for behind in (0, 3, 9):
        again = start(whole[behind].resume_token)
        resumed = list(stub.EvaluateStream(iter([again, *parts[behind:]])))
        assert resumed[1:] == whole[behind + 1 :]
        assert resumed[0].answered_chunks == behind
    assert logged(store)[before:] == [str(number) for number in range(40)]


def test_a_chunk_that_comes_again_as_another_is_refused_record_by_record(stub: Stub) -> None:
    opened, *_ = stub.EvaluateStream(iter([START, chunk(question(1), question(2))]))
    again = start(opened.resume_token)
    _, answer = stub.EvaluateStream(iter([again, chunk(question(1), question(3))]))
    first, second = answer.chunk.results
    assert first.response.decision_id
    assert status_error(second.error).reason == "REQUEST_ID_USED"


def test_a_client_goes_on_when_the_server_is_another(tmp_path: Path, config: Settings, serve: Serve) -> None:
    store = tmp_path / "store.sqlite3"
    taken: list[Explained | ServiceError] = []
    elsewhere = config.model_copy(update={"store": config.store.model_copy(update={"location": str(store)})})
    with serve(elsewhere) as address:
        client = Client(address)
        answers = client.evaluate_stream(map(question, range(300)), chunk_records=10)
        taken += [next(answers) for _ in range(25)]
    port = int(address.rpartition(":")[2])
    with client, serve(elsewhere.model_copy(update={"listen": ListenSettings(port=port)})):
        taken += answers
    assert [each for each in taken if isinstance(each, ServiceError)] == []
    assert len(taken) == 300
    assert logged(store) == [str(number) for number in range(300)]
