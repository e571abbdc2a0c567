"""A request that comes again under its key leads to the decision that it led to before, and to no second one."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from serving import serving, settings_for

from clients.client import Client, Explained, Question, RecordRefused, ServiceError
from server import limits
from server.config import Settings
from server.store import DecisionLog, Entry, open_database, prepare

Serve = Callable[[Settings], AbstractContextManager[str]]

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)
ASKED = Question(
    ruleset="test.rating",
    facts={"months": Decimal("7.50"), "group": "staff"},
    evaluated_on=DAY,
    subject_ref="mã-17",
    languages=("en",),
    organisation="vn/hà-nội",
)
_keys = itertools.count()


def key() -> str:
    return f"key-{next(_keys)}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with its log in either kind of database."""
    if request.param == "sqlite":
        location = tmp_path_factory.mktemp("retries") / "store.sqlite3"
        with serving(settings_for(location, RULESETS)) as listening_on:
            yield listening_on
        return
    with (
        request.getfixturevalue("postgres").database() as url,
        serving(settings_for(url, RULESETS)) as listening_on,
    ):
        yield listening_on


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address, actor="lan") as connected:
        yield connected


def ask(client: Client, question: Question) -> Explained:
    (answer,) = client.evaluate_batch([question])
    if isinstance(answer, ServiceError):
        raise answer
    return answer


def last_position(client: Client) -> int:
    return client.get_decision(ask(client, ASKED).decision_id).position


def test_the_same_request_has_the_same_answer(client: Client) -> None:
    before = last_position(client)
    question = replace(ASKED, request_id=key())
    answers = [ask(client, question) for _ in range(3)]
    assert answers[1:] == answers[:-1]
    assert last_position(client) == before + 2
    logged = client.get_decision(answers[0].decision_id)
    assert (logged.request_id, logged.caller, logged.organisation) == (
        question.request_id,
        "lan",
        "vn/hà-nội",
    )
    assert client.replay_decision(answers[0].decision_id).identical


def test_a_reference_that_no_database_keeps_takes_nothing_from_the_others(client: Client) -> None:
    refused, answered = client.evaluate_batch([replace(ASKED, subject_ref="a\0b"), ASKED])
    assert isinstance(refused, RecordRefused)
    assert [path for path, _ in refused.violations] == ["subject_ref"]
    assert isinstance(answered, Explained)


def test_a_single_call_and_a_batch_know_the_same_keys(client: Client) -> None:
    question = replace(ASKED, request_id=key())
    single = client.evaluate(
        question.ruleset,
        question.facts,
        evaluated_on=DAY,
        subject_ref=question.subject_ref,
        organisation=question.organisation,
        request_id=question.request_id,
        languages=["en"],
    )
    assert ask(client, question) == single


def test_what_comes_again_may_ask_for_other_words(client: Client) -> None:
    question = replace(ASKED, request_id=key())
    english = ask(client, question)
    short = ask(client, replace(question, languages=("vi", "en"), form="short"))
    fresh = ask(client, replace(ASKED, languages=("vi", "en"), form="short"))
    assert short.decision_id == english.decision_id
    assert (short.texts, short.verdict) == (fresh.texts, fresh.verdict)
    assert ask(client, replace(question, languages=())).texts == ()


OTHERS = {
    "facts": {"months": Decimal("7.5"), "group": "staff"},
    "evaluated_on": date(2024, 12, 30),
    "subject_ref": "mã-18",
    "organisation": "vn",
    "version": "2.0.0",
    "foresight": True,
    "as_known_at": datetime(2090, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("field", OTHERS)
def test_another_request_under_the_same_key_is_refused(client: Client, field: str) -> None:
    question = replace(ASKED, request_id=key())
    first = ask(client, question)
    with pytest.raises(ServiceError, match="give each its own") as caught:
        ask(client, replace(question, **{field: OTHERS[field]}))  # type: ignore[arg-type]  # each of its type
    assert (caught.value.code, caught.value.reason) == ("ALREADY_EXISTS", "REQUEST_ID_USED")
    assert ask(client, question) == first


def test_each_caller_has_keys_of_their_own(client: Client, address: str) -> None:
    question = replace(ASKED, request_id=key())
    with Client(address, actor="minh") as other:
        assert ask(client, question).decision_id != ask(other, question).decision_id


def test_a_request_that_was_refused_leaves_its_key_free(client: Client) -> None:
    question = replace(ASKED, request_id=key())
    with pytest.raises(RecordRefused):
        ask(client, replace(question, facts={"months": "không"}))
    assert ask(client, question).decision_id


def test_a_batch_that_comes_again_makes_no_decision_twice(client: Client) -> None:
    questions = [
        ASKED,
        replace(ASKED, ruleset="test.none"),
        replace(ASKED, request_id=key()),
        replace(ASKED, subject_ref="mã-18"),
    ]
    batch = key()
    first = client.evaluate_batch(questions[:3], request_id=batch)
    before = last_position(client)
    again = client.evaluate_batch(questions, request_id=batch)
    assert isinstance(again[1], ServiceError)
    assert again[0] == first[0]
    assert again[2] == first[2]
    assert last_position(client) == before + 2
    assert isinstance(again[3], Explained)
    assert client.get_decision(again[3].decision_id).request_id == f"{batch}/3"


def test_one_key_twice_in_a_batch_makes_one_decision(client: Client) -> None:
    question = replace(ASKED, request_id=key())
    before = last_position(client)
    same, twin, other = client.evaluate_batch([question, question, replace(question, subject_ref="mã-18")])
    assert same == twin
    assert isinstance(other, ServiceError)
    assert other.reason == "REQUEST_ID_USED"
    assert last_position(client) == before + 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request_id", "x" * (limits.MAX_REQUEST_ID_LENGTH + 1)),
        ("request_id", "mã"),
        ("request_id", "a\n"),
        ("organisation", "vn//x"),
        ("organisation", "vn/ha noi"),
        ("organisation", "/vn"),
        ("organisation", "v" * 201),
    ],
)
def test_a_key_or_an_organisation_that_is_none_is_refused(client: Client, field: str, value: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        ask(client, replace(ASKED, **{field: value}))  # type: ignore[arg-type]  # both are texts
    assert [path for path, _ in caught.value.violations] == [field]


def test_the_key_of_a_batch_leaves_room_for_its_places(client: Client) -> None:
    longest = "b" * limits.MAX_BATCH_ID_LENGTH
    assert isinstance(client.evaluate_batch([ASKED], request_id=longest)[0], Explained)
    with pytest.raises(RecordRefused) as caught:
        client.evaluate_batch([ASKED], request_id=longest + "b")
    assert [path for path, _ in caught.value.violations] == ["request_id"]


def test_a_request_is_answered_as_then_though_its_ruleset_has_been_retired(
    tmp_path: Path, serve: Serve
) -> None:
    own = settings_for(tmp_path / "store.sqlite3", RULESETS)
    question = replace(ASKED, request_id=key())
    with serve(own) as address, Client(address, actor="lan") as client:
        first = ask(client, question)
        client.retire_ruleset("test.rating", "2.0.0", "withdrawn")
        with pytest.raises(ServiceError) as caught:
            ask(client, ASKED)
        assert caught.value.reason == "RULESET_NOT_FOUND"
        assert ask(client, question) == first


def test_a_request_that_comes_to_two_servers_at_once_makes_one_decision(tmp_path: Path, serve: Serve) -> None:
    own = settings_for(tmp_path / "store.sqlite3", RULESETS)
    questions = [replace(ASKED, request_id=key()) for _ in range(40)]
    ids: list[list[str]] = []

    with serve(own) as first, serve(own) as second:
        ready = threading.Barrier(4)

        def ask_all(address: str) -> None:
            with Client(address, actor="lan") as client:
                ready.wait()
                ids.append([ask(client, each).decision_id for each in questions])

        threads = [threading.Thread(target=ask_all, args=(each,)) for each in (first, second) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with Client(first) as client:
            assert last_position(client) == len(questions) + 1
    assert ids[1:] == ids[:-1]


def test_what_waits_for_the_same_commit_is_told_apart_by_its_keys(tmp_path: Path) -> None:
    database = open_database(tmp_path / "store.sqlite3")
    prepare(database)

    def entry(name: str, caller: str, request_id: str) -> Entry:
        salt = bytes(16)
        return Entry(name, "d" * 64, "", b"{}", b"{}", salt, caller=caller, request_id=request_id)

    async def run() -> list[list[str]]:
        log = DecisionLog(database, itertools.count().__next__)
        calls = (
            [entry("a", "lan", "1"), entry("b", "lan", "2")],
            [entry("c", "lan", "1"), entry("d", "lan", "")],
            [entry("e", "minh", "1"), entry("f", "lan", "2")],
            [entry("g", "lan", "")],
        )
        ids = await asyncio.gather(*(log.append(entries) for entries in calls))
        await log.close()
        return ids

    assert asyncio.run(run()) == [["a", "b"], ["a", "d"], ["e", "b"], ["g"]]
    database.dispose()
