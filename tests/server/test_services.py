"""What the service answers: the engine's verdict, logged, read back, and the same to the byte when replayed."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import grpc
import pytest
from chuan.v1 import evaluation_service_pb2, ruleset_service_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from serving import settings_for

import rulesets as shipped
from clients.client import Client, Explained, Question, RecordRefused, ServiceError
from clients.verdict_data import verdict_data
from engine import Catalogue, ChosenBy, RecordError, Ruleset, Verdict, canonical, evaluate, explain
from engine.records import parse_record
from server.config import Settings
from server.limits import LimitSettings
from server.process import SERVICES, Server
from server.running.settings import ListenSettings
from server.store import StoreUnavailableError

Serve = Callable[[Settings], AbstractContextManager[str]]

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)
LIMITS = LimitSettings()
FACTS = {
    "months": Decimal("7.50"),
    "tasks": {"total": 2, "done": 2},
    "acts": [],
    "remark": "Tốt",
    "group": "staff",
}
EXAMPLES = sorted((shipped.FOLDER.parent / "examples" / "records").glob("*.json"))


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as connected:
        yield connected


@pytest.fixture(scope="module")
def shipped_client(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Client]:
    """A client of a server that evaluates by the rulesets that we ship."""
    store = tmp_path_factory.mktemp("shipped") / "store.sqlite3"
    with (
        serve(settings_for(store, shipped.FOLDER)) as address,
        Client(address) as connected,
    ):
        yield connected


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(shipped.FOLDER)


def verdict_or_violations(
    ruleset: Ruleset, facts: dict[str, object], day: date
) -> Verdict | list[tuple[str, str]]:
    try:
        return evaluate(ruleset, facts, evaluated_on=day)
    except RecordError as error:
        return [(each.path, each.text()) for each in error.violations]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_server_says_what_the_engine_says(shipped_client: Client, catalogue: Catalogue, path: Path) -> None:
    example = parse_record(path.read_bytes())
    id_, facts, day = example["ruleset"], example["facts"], date.fromisoformat(str(example["evaluated_on"]))
    assert isinstance(id_, str)
    assert isinstance(facts, dict)
    ruleset = catalogue.on(id_, day)
    said = verdict_or_violations(ruleset, facts, day)
    if isinstance(said, list):
        with pytest.raises(RecordRefused) as caught:
            shipped_client.evaluate(id_, facts, evaluated_on=day, version=ruleset.version)
        assert caught.value.violations == said
        return

    answer = shipped_client.evaluate(
        id_, facts, evaluated_on=day, version=ruleset.version, languages=["en", "vi"], form="short"
    )
    here = canonical(said.to_data())
    assert canonical(verdict_data(answer.verdict)) == here
    assert answer.texts == tuple(explain(said, language, form="short") for language in ("en", "vi"))

    logged = shipped_client.get_decision(answer.decision_id)
    assert logged.canonical_verdict == here
    assert logged.verdict == answer.verdict
    assert parse_record(logged.canonical_record) == facts
    replayed = shipped_client.replay_decision(answer.decision_id)
    assert replayed.identical
    assert replayed.verdict == answer.verdict
    assert replayed.logged_digest == replayed.replayed_digest == hashlib.sha256(here).hexdigest()


def test_a_decision_is_read_back_with_everything_that_was_said(client: Client) -> None:
    before = datetime.now(UTC)
    first = client.evaluate("test.rating", FACTS, evaluated_on=DAY, subject_ref="mã-17")
    second = client.evaluate("test.rating", FACTS, evaluated_on=DAY)
    logged, next_ = client.get_decision(first.decision_id), client.get_decision(second.decision_id)
    assert logged.decision_id == first.decision_id
    assert logged.subject_ref == "mã-17"
    assert parse_record(logged.canonical_record) == FACTS
    assert b"7.50" in logged.canonical_record
    assert logged.verdict_digest == hashlib.sha256(logged.canonical_verdict).hexdigest()
    assert before <= logged.logged_at.ToDatetime(UTC) <= datetime.now(UTC)
    assert next_.position == logged.position + 1
    assert len(bytes.fromhex(logged.chain_hash)) == 32
    assert logged.chain_hash != next_.chain_hash
    assert uuid.UUID(first.decision_id).version == 7
    assert first.decision_id != second.decision_id


def test_no_words_come_where_none_were_asked_for(client: Client) -> None:
    assert client.evaluate("test.rating", FACTS, evaluated_on=DAY).texts == ()


@pytest.mark.parametrize(
    ("question", "version", "chosen_by"),
    [
        (Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY), "2.0.0", "date"),
        (Question(ruleset="test.rating", facts=FACTS, evaluated_on=date(2022, 12, 31)), "1.0.0", "date"),
        (Question(ruleset="test.rating", version="1.0.0", facts=FACTS, evaluated_on=DAY), "1.0.0", "version"),
        (Question(ruleset="", facts=FACTS, evaluated_on=date(2021, 5, 1)), "1.0.0", "selector"),
    ],
    ids=["in effect", "in effect earlier", "by version", "by selector"],
)
def test_a_ruleset_is_chosen_in_three_ways(
    client: Client, question: Question, version: str, chosen_by: str
) -> None:
    (answer,) = client.evaluate_batch([question])
    assert isinstance(answer, Explained)
    used = verdict_data(answer.verdict)["ruleset"]
    assert isinstance(used, dict)
    assert (used["version"], used["chosen_by"]) == (version, chosen_by)
    assert client.replay_decision(answer.decision_id).identical


def test_null_is_not_the_same_as_left_out(client: Client) -> None:
    left_out = client.evaluate("test.rating", {"months": 7}, evaluated_on=DAY)
    assert "remark" in [each.fact for each in left_out.verdict.missing]
    with pytest.raises(RecordRefused) as caught:
        client.evaluate("test.rating", {"months": 7, "remark": None}, evaluated_on=DAY)
    assert [path for path, _ in caught.value.violations] == ["remark"]


def test_a_batch_keeps_order_and_logs_what_it_could_judge_in_that_order(client: Client) -> None:
    questions = [
        Question(
            ruleset="test.rating" if number % 5 else "test.wrong",
            facts={**FACTS, "months": number if number % 3 else "không"},
            evaluated_on=DAY,
            subject_ref=str(number),
            languages=["en"],
        )
        for number in range(13)
    ]
    answers = client.evaluate_batch(questions)
    logged = []
    for number, answer in enumerate(answers):
        if number % 5 == 0:
            assert isinstance(answer, ServiceError)
            assert answer.code == "NOT_FOUND"
        elif number % 3 == 0:
            assert isinstance(answer, RecordRefused)
            assert [path for path, _ in answer.violations] == ["months"]
        else:
            assert isinstance(answer, Explained)
            logged.append(client.get_decision(answer.decision_id))
            assert logged[-1].subject_ref == str(number)
            assert (answer.verdict.outcome == "high") == (number >= 6)
            assert len(answer.texts) == 1
    assert [each.position - logged[0].position for each in logged] == list(range(len(logged)))


def test_an_empty_batch_is_answered_empty(client: Client) -> None:
    assert client.evaluate_batch([]) == []


def test_a_batch_is_as_large_as_it_may_be(client: Client) -> None:
    question = Question(ruleset="test.none", facts={}, evaluated_on=DAY)
    assert len(client.evaluate_batch([question] * LIMITS.batch_records)) == LIMITS.batch_records
    with pytest.raises(ServiceError, match="1,000 records") as caught:
        client.evaluate_batch([question] * (LIMITS.batch_records + 1))
    assert (caught.value.code, caught.value.reason) == ("RESOURCE_EXHAUSTED", "BATCH_TOO_LARGE")


def positions(store: Path) -> int:
    with sqlite3.connect(store) as connection:
        (count,) = connection.execute("SELECT count(*) FROM decisions").fetchone()
    connection.close()
    assert isinstance(count, int)
    return count


def test_a_call_whose_deadline_has_passed_logs_nothing(client: Client, address: str, store: Path) -> None:
    before = positions(store)
    questions = [Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY)] * LIMITS.batch_records
    with Client(address, timeout_seconds=0.05) as hurried, pytest.raises(ServiceError) as caught:
        hurried.evaluate_batch(questions)
    assert caught.value.code == "DEADLINE_EXCEEDED"
    assert caught.value.unreachable
    logged = client.evaluate("test.rating", FACTS, evaluated_on=DAY)
    assert client.get_decision(logged.decision_id).position == before + 1


def test_a_store_that_is_held_by_another_is_unavailable_and_comes_back(client: Client, store: Path) -> None:
    holder = sqlite3.connect(store, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        for call in (
            lambda: client.evaluate("test.rating", FACTS, evaluated_on=DAY),
            lambda: client.evaluate_batch([Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY)]),
        ):
            with pytest.raises(ServiceError, match="decision log is away") as caught:
                call()
            assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "STORE_UNAVAILABLE")
            assert caught.value.unreachable
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id


@pytest.mark.parametrize("id_", ["", "none", str(uuid.UUID(int=0))])
def test_a_decision_that_is_not_there_is_not_found(client: Client, id_: str) -> None:
    for call in (client.get_decision, client.replay_decision):
        with pytest.raises(ServiceError) as caught:
            call(id_)
        assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "DECISION_NOT_FOUND")


def test_rulesets_are_listed_and_shown(client: Client) -> None:
    listed = client.list_rulesets()
    assert [(each.id, each.version) for each in listed] == [
        ("test.rating", "1.0.0"),
        ("test.rating", "2.0.0"),
        ("test.twin", "1.0.0"),
    ]
    assert client.list_rulesets("test.twin") == listed[2:]
    assert client.list_rulesets("test.none") == []

    shown = client.get_ruleset("test.rating", "1.0.0")
    assert shown.ruleset == listed[0]
    assert hashlib.sha256(shown.text.encode()).hexdigest() == shown.ruleset.digest
    assert (shown.ruleset.effective_from, shown.ruleset.effective_until) == ("2020-01-01", "2022-12-31")
    assert listed[1].effective_until == ""
    assert shown.ruleset.kind == ruleset_service_pb2.RULESET_KIND_EVALUATION
    assert (shown.ruleset.title.vi, shown.ruleset.title.en) == ("Xếp loại thử", "Test rating")
    assert [(each.name, each.label.en) for each in shown.ruleset.outcomes] == [
        ("low", "Low"),
        ("high", "High"),
    ]


@pytest.mark.parametrize(("version", "words"), [("9.0.0", "2.0.0"), ("", "2.0.0")])
def test_a_ruleset_that_is_not_there_is_not_found(client: Client, version: str, words: str) -> None:
    with pytest.raises(ServiceError, match=words) as caught:
        client.get_ruleset("test.rating", version)
    assert caught.value.reason == "RULESET_NOT_FOUND"


def test_any_client_finds_the_services_by_reflection(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        requests = [reflection_pb2.ServerReflectionRequest(list_services="")]
        requests += [
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=service.full_name)
            for service in SERVICES
        ]
        found, *files = stub.ServerReflectionInfo(iter(requests), timeout=10)
    names = {service.name for service in found.list_services_response.service}
    assert names == {service.full_name for service in SERVICES} | {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }
    assert all(each.file_descriptor_response.file_descriptor_proto for each in files)


@pytest.mark.parametrize("service", ["", *(service.full_name for service in SERVICES)])
def test_each_service_says_that_it_serves(address: str, service: str) -> None:
    with grpc.insecure_channel(address) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(service=service), timeout=10
        )
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_a_call_that_does_not_exist_is_unimplemented(address: str) -> None:
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/chuan.v1.EvaluationService/Judge", bytes, bytes)(b"", timeout=10)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_decisions_outlive_the_server_and_the_file_of_their_ruleset(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "rulesets"
    shutil.copytree(RULESETS, folder)
    first = settings_for(tmp_path / "store.sqlite3", folder)
    with serve(first) as address, Client(address) as client:
        decision = client.evaluate("test.rating", FACTS, evaluated_on=date(2021, 1, 1)).decision_id
        logged = client.get_decision(decision)
    (folder / "rating-1.yaml").unlink()
    with serve(first) as address, Client(address) as client:
        assert [each.version for each in client.list_rulesets("test.rating")] == ["1.0.0", "2.0.0"]
        assert client.get_decision(decision) == logged
        for _ in range(2):
            assert client.replay_decision(decision).identical
        again = client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id
        assert client.get_decision(again).position == logged.position + 1


def test_the_store_counts_and_what_differs_in_the_folder_is_said(
    tmp_path: Path, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "rulesets"
    shutil.copytree(RULESETS, folder)
    changed = settings_for(tmp_path / "store.sqlite3", folder)
    with serve(changed) as address, Client(address) as client:
        before = client.get_ruleset("test.twin", "1.0.0")
    assert "chuan ruleset push" not in caplog.text
    file = folder / "twin.yaml"
    file.write_text(file.read_text() + "\n# a remark\n")
    with serve(changed) as address, Client(address) as client:
        assert client.get_ruleset("test.twin", "1.0.0") == before
    assert "twin.yaml" in caplog.text
    assert "chuan ruleset push" in caplog.text


def test_a_server_does_not_start_on_a_port_that_is_taken(tmp_path: Path, address: str, serve: Serve) -> None:
    port = int(address.rpartition(":")[2])
    taken = settings_for(tmp_path / "store.sqlite3", RULESETS, listen=ListenSettings(port=port))
    with pytest.raises(OSError, match="is another server on it"), serve(taken):
        pass


def test_a_start_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    async def start() -> None:
        await Server(settings_for(tmp_path / "nowhere" / "store.sqlite3", RULESETS)).start()

    with pytest.raises(StoreUnavailableError, match="nowhere"):
        asyncio.run(start())


def test_many_clients_at_once_get_their_own_answers(client: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(number: int) -> bool:
        answer = client.evaluate(
            "test.rating", {**FACTS, "months": number % 13}, evaluated_on=DAY, subject_ref=f"s{number}"
        )
        logged = client.get_decision(answer.decision_id)
        rated = answer.verdict.outcome == "high"
        return logged.subject_ref == f"s{number}" and rated == (number % 13 >= 6)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(200)))


def test_the_messages_of_the_contract_are_those_of_the_service() -> None:
    for service in SERVICES:
        assert service.file.package == "chuan.v1"
    assert evaluation_service_pb2.DESCRIPTOR.services_by_name["EvaluationService"] in SERVICES


def test_foresight_comes_where_it_was_asked_for_and_is_replayed(client: Client) -> None:
    facts = {**FACTS, "acts": [{"decided_on": "2024-03-01", "form": "x"}], "tasks": {"total": 2}}
    plain = client.evaluate("test.rating", facts, evaluated_on=DAY)
    ahead = client.evaluate("test.rating", facts, evaluated_on=DAY, foresight=True)
    assert not plain.verdict.HasField("foresight")
    assert ahead.verdict.HasField("foresight")
    here = Catalogue.of(RULESETS).on("test.rating", DAY)
    assert canonical(verdict_data(ahead.verdict)) == canonical(
        evaluate(here, facts, evaluated_on=DAY, chosen_by=ChosenBy.DATE, foresight=True).to_data()
    )
    for answer in (plain, ahead):
        replayed = client.replay_decision(answer.decision_id)
        assert replayed.identical
        assert replayed.verdict == answer.verdict


def test_a_batch_may_look_ahead_for_a_few(client: Client) -> None:
    questions = [Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY, foresight=True)]
    plain = [Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY)]
    answers = client.evaluate_batch(questions * LIMITS.batch_foresights + plain)
    found = [isinstance(each, Explained) and each.verdict.HasField("foresight") for each in answers]
    assert found == [True] * LIMITS.batch_foresights + [False]
    with pytest.raises(ServiceError, match="20 records with foresight"):
        client.evaluate_batch(questions * (LIMITS.batch_foresights + 1))
