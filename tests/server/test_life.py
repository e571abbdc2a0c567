"""The life of a ruleset over a channel: two people, their steps, and what each is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from chuan.v1 import ruleset_life_pb2, ruleset_service_pb2, ruleset_service_pb2_grpc
from google.protobuf.timestamp_pb2 import Timestamp
from serving import settings_for

from clients.client import Client, Question, RecordRefused, ServiceError, request_message
from clients.errors import DraftConflict, DraftUnsound, call_error
from clients.ruleset_calls import Step
from server.config import Settings
from server.running.settings import WorkerSettings

Serve = Callable[[Settings], AbstractContextManager[str]]
Connect = Callable[[str], Client]

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)
SEVEN = {"months": 7, "group": "a"}


def texts(version: str) -> tuple[str, str]:
    return tuple((DATA / f"months-{version}{end}").read_bytes().decode() for end in (".yaml", ".cases.yaml"))  # type: ignore[return-value]  # two


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    for name, text in zip(("months.yaml", "months.cases.yaml"), texts("1.0.0"), strict=True):
        (folder / name).write_bytes(text.encode())
    return settings_for(tmp_path / "store.sqlite3", folder)


@pytest.fixture
def address(config: Settings, serve: Serve) -> Iterator[str]:
    with serve(config) as listening_on:
        yield listening_on


@pytest.fixture
def connect(address: str) -> Iterator[Connect]:
    """Gives clients of the server, by who uses them."""
    with ExitStack() as opened:
        yield lambda actor: opened.enter_context(Client(address, actor=actor))


@pytest.fixture
def lan(connect: Connect) -> Client:
    return connect("lan")


@pytest.fixture
def minh(connect: Connect) -> Client:
    return connect("minh")


def drafted(client: Client, version: str = "2.0.0", seen: int = 0) -> Step:
    draft = client.save_draft(ID, version, *texts(version), seen_revision=seen)
    return Step(ID, version, draft.revision)


def published(author: Client, other: Client, version: str = "2.0.0") -> ruleset_life_pb2.Draft:
    step = drafted(author, version)
    author.submit_draft(step)
    other.approve_draft(step)
    return other.publish_draft(step, supersede=True)


def test_an_amendment_from_draft_to_verdict(lan: Client, minh: Client) -> None:
    old = minh.evaluate(ID, SEVEN, evaluated_on=AFTER)
    assert (old.verdict.outcome, old.verdict.ruleset.version) == ("high", "1.0.0")

    step = drafted(lan)
    assert lan.submit_draft(step).state == ruleset_life_pb2.RULESET_STATE_SUBMITTED
    approved = minh.approve_draft(replace(step, reason="as the decree has it"))
    assert (approved.state, approved.approved_by) == (ruleset_life_pb2.RULESET_STATE_APPROVED, "minh")
    with pytest.raises(ServiceError, match=r"2020-01-01.*2\.0\.0|2\.0\.0.*supersede") as caught:
        minh.publish_draft(step)
    assert caught.value.reason == "VERSIONS_OVERLAP"
    assert minh.publish_draft(step, supersede=True).state == ruleset_life_pb2.RULESET_STATE_PUBLISHED

    answers = {day: minh.evaluate(ID, SEVEN, evaluated_on=day) for day in (BEFORE, AFTER)}
    assert {day: (each.verdict.outcome, each.verdict.ruleset.version) for day, each in answers.items()} == {
        BEFORE: ("high", "1.0.0"),
        AFTER: ("low", "2.0.0"),
    }
    assert minh.replay_decision(old.decision_id).identical
    logged = minh.get_decision(old.decision_id).verdict
    assert (logged.outcome, logged.ruleset.version) == ("high", "1.0.0")


def test_the_rules_as_known_at_a_moment_are_those_published_then(lan: Client, minh: Client) -> None:
    before = datetime.now(UTC)
    published(lan, minh)
    after = datetime.now(UTC)
    for known, version in ((before, "1.0.0"), (after, "2.0.0"), (None, "2.0.0")):
        answer = minh.evaluate(ID, SEVEN, evaluated_on=AFTER, as_known_at=known)
        assert answer.verdict.ruleset.version == version
        assert minh.replay_decision(answer.decision_id).identical
    minh.retire_ruleset(ID, "2.0.0", "struck down")
    assert minh.evaluate(ID, SEVEN, evaluated_on=AFTER, as_known_at=after).verdict.ruleset.version == "2.0.0"
    with pytest.raises(ServiceError, match="as known at") as caught:
        minh.evaluate(ID, SEVEN, version="2.0.0", evaluated_on=AFTER, as_known_at=before)
    assert caught.value.reason == "RULESET_NOT_FOUND"


def test_a_moment_that_is_none_is_said(minh: Client) -> None:
    request = request_message(Question(ruleset=ID, facts=SEVEN, evaluated_on=AFTER))
    request.as_known_at.seconds = 10**15
    with pytest.raises(ServiceError) as caught:
        minh._call(minh._evaluation.Evaluate, request)
    assert isinstance(caught.value, RecordRefused)
    assert [path for path, _ in caught.value.violations] == ["as_known_at"]


def test_texts_come_back_byte_for_byte(lan: Client, minh: Client) -> None:
    text, cases = texts("2.0.0")
    text = text.replace("\n", "\r\n") + "# Xuống dòng kiểu khác, tổ hợp: ế é\t \r\n\n"
    saved = lan.save_draft(ID, "2.0.0", text, cases)
    assert (saved.revision, saved.text) == (1, "")
    read = minh.get_draft(ID, "2.0.0")
    assert (read.text, read.cases, read.saved_by) == (text, cases, "lan")
    step = Step(ID, "2.0.0", 1)
    lan.submit_draft(step)
    minh.approve_draft(step)
    minh.publish_draft(step, supersede=True)
    shown = minh.get_ruleset(ID, "2.0.0")
    assert (shown.text, shown.cases) == (text, cases)
    seeded = minh.get_ruleset(ID, "1.0.0")
    assert (seeded.text, seeded.cases) == texts("1.0.0")


def test_the_second_of_two_authors_hears_of_the_first_and_nothing_is_lost(lan: Client, minh: Client) -> None:
    text, cases = texts("2.0.0")
    first = lan.save_draft(ID, "2.0.0", text, cases)
    lan.save_draft(ID, "2.0.0", text + "# lan\n", cases, seen_revision=first.revision)
    with pytest.raises(DraftConflict, match="revision 2, saved by lan") as caught:
        minh.save_draft(ID, "2.0.0", text + "# minh\n", cases, seen_revision=first.revision)
    assert (caught.value.code, caught.value.revision, caught.value.author) == ("ABORTED", 2, "lan")
    assert caught.value.theirs is not None
    assert (caught.value.theirs.text, caught.value.theirs.cases) == (text + "# lan\n", cases)
    assert caught.value.yours == (text + "# minh\n", cases)
    both = text + "# lan\n# minh\n"
    assert minh.save_draft(ID, "2.0.0", both, cases, seen_revision=2).revision == 3
    kept = [lan.get_draft(ID, "2.0.0", revision).text for revision in (1, 2, 3)]
    assert kept == [text, text + "# lan\n", both]


def test_many_authors_at_once_never_overwrite_each_other(connect: Connect) -> None:
    text, cases = texts("2.0.0")
    clients = [connect(f"author-{number}") for number in range(6)]
    won: list[str] = []

    def save(client: Client, number: int) -> None:
        seen = 0
        while True:
            try:
                saved = client.save_draft(ID, "2.0.0", f"{text}# {number}\n", cases, seen_revision=seen)
            except DraftConflict as conflict:
                seen = conflict.revision
            else:
                won.append(saved.saved_by)
                return

    threads = [threading.Thread(target=save, args=each) for each in zip(clients, range(6), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    draft = clients[0].get_draft(ID, "2.0.0")
    assert draft.newest_revision == 6
    revisions = [clients[0].get_draft(ID, "2.0.0", number).text for number in range(1, 7)]
    assert sorted(revisions) == [f"{text}# {number}\n" for number in range(6)]
    assert sorted(draft.authors) == sorted(won) == [f"author-{number}" for number in range(6)]


@pytest.mark.parametrize("author", ["lan", "LAN", " lan "])
def test_nobody_approves_what_they_wrote(lan: Client, minh: Client, connect: Connect, author: str) -> None:
    step = drafted(lan)
    text, cases = texts("2.0.0")
    minh.save_draft(ID, "2.0.0", text + "# minh\n", cases, seen_revision=step.revision)
    step = replace(step, revision=2)
    minh.submit_draft(step)
    for writer in (connect(author), minh):
        with pytest.raises(ServiceError, match="nobody approves what they wrote") as caught:
            writer.approve_draft(step)
        assert (caught.value.code, caught.value.reason) == ("PERMISSION_DENIED", "SECOND_PERSON_NEEDED")
    assert connect("hoa").approve_draft(step).approved_by == "hoa"


def test_what_fails_cannot_be_submitted(lan: Client, minh: Client) -> None:
    text, cases = texts("2.0.0")
    wrong = {
        "other-ruleset": (texts("1.0.0")[0], ""),
        "case-failed": (text.replace("value: 8", "value: 9"), cases),
        "no-case": (text, ""),
        "unknown-key": (text.replace("kind:", "kinds:"), cases),
    }
    seen = 0
    for code, (document, beside) in wrong.items():
        seen = lan.save_draft(ID, "2.0.0", document, beside, seen_revision=seen).revision
        with pytest.raises(DraftUnsound) as caught:
            lan.submit_draft(Step(ID, "2.0.0", seen))
        assert (caught.value.code, caught.value.reason) == ("FAILED_PRECONDITION", "DRAFT_UNSOUND")
        assert code in [each.code for each in caught.value.problems]
        assert all(each.place and each.text for each in caught.value.problems)
        assert lan.get_draft(ID, "2.0.0").state == ruleset_life_pb2.RULESET_STATE_DRAFT
    assert [each.version for each in minh.list_rulesets(ID)] == ["1.0.0"]


def test_a_failed_case_says_the_difference(lan: Client) -> None:
    text, cases = texts("2.0.0")
    lan.save_draft(ID, "2.0.0", text, cases.replace("outcome: low", "outcome: high"))
    with pytest.raises(DraftUnsound) as caught:
        lan.submit_draft(Step(ID, "2.0.0", 1))
    (problem,) = caught.value.problems
    assert problem.place == "ruleset.cases.yaml:5:1"
    assert "too few" in problem.text


def test_each_step_has_its_time(lan: Client, minh: Client) -> None:
    step = drafted(lan)
    for early in (minh.approve_draft, minh.publish_draft):
        with pytest.raises(ServiceError, match="submit it") as caught:
            early(step)
        assert (caught.value.code, caught.value.reason) == ("FAILED_PRECONDITION", "DRAFT_STATE")
    lan.submit_draft(step)
    with pytest.raises(ServiceError, match="is submitted, and so cannot be published"):
        minh.publish_draft(step)
    rejected = minh.reject_draft(replace(step, reason="eight is not what the decree says"))
    assert (rejected.state, rejected.reason) == (
        ruleset_life_pb2.RULESET_STATE_DRAFT,
        "eight is not what the decree says",
    )
    lan.submit_draft(step)
    minh.approve_draft(step)
    # A revision after the approval needs another one.
    text, cases = texts("2.0.0")
    lan.save_draft(ID, "2.0.0", text + "# more\n", cases, seen_revision=1)
    with pytest.raises(DraftConflict):
        minh.publish_draft(step, supersede=True)
    with pytest.raises(ServiceError, match="submit it"):
        minh.publish_draft(replace(step, revision=2), supersede=True)


def test_a_published_version_never_changes(lan: Client, minh: Client) -> None:
    first = published(lan, minh)
    assert minh.publish_draft(Step(ID, "2.0.0", 1)) == first
    before = minh.list_ruleset_events()
    text, cases = texts("2.0.0")
    assert lan.save_draft(ID, "2.0.0", text, cases).state == ruleset_life_pb2.RULESET_STATE_PUBLISHED
    assert minh.list_ruleset_events() == before
    for changed in ((text + "# more\n", cases), (text, cases + "# more\n")):
        with pytest.raises(ServiceError, match="new version") as caught:
            lan.save_draft(ID, "2.0.0", *changed, seen_revision=1)
        assert (caught.value.code, caught.value.reason) == ("FAILED_PRECONDITION", "VERSION_PUBLISHED")


def test_the_trail_tells_who_did_what_and_why(lan: Client, minh: Client) -> None:
    published(lan, minh)
    events = minh.list_ruleset_events(ID)
    said = [
        (
            ruleset_life_pb2.RulesetAction.Name(each.action).removeprefix("RULESET_ACTION_"),
            each.actor,
            each.version,
        )
        for each in events
    ]
    assert said == [
        ("SEEDED", "chuan", "1.0.0"),
        ("SAVED", "lan", "2.0.0"),
        ("CHECKED", "lan", "2.0.0"),
        ("SUBMITTED", "lan", "2.0.0"),
        ("APPROVED", "minh", "2.0.0"),
        ("PUBLISHED", "minh", "2.0.0"),
        ("SUPERSEDED", "minh", "1.0.0"),
    ]
    assert [each.sequence for each in events] == list(range(1, 8))
    assert [each.at.ToMicroseconds() for each in events] == sorted(
        each.at.ToMicroseconds() for each in events
    )
    assert (events[-1].succeeded_from, events[-1].reason) == ("2026-01-01", "by 2.0.0")
    old, new = minh.list_rulesets(ID)
    assert (old.state, old.successions[0].succeeded_from) == (
        ruleset_life_pb2.RULESET_STATE_SUPERSEDED,
        "2026-01-01",
    )
    assert (new.state, new.published_by) == (ruleset_life_pb2.RULESET_STATE_PUBLISHED, "minh")
    assert new.published_at == events[-2].counts_from


def test_a_moment_that_is_none_publishes_nothing(address: str) -> None:
    request = ruleset_service_pb2.PublishDraftRequest(
        step=ruleset_service_pb2.DraftStep(id=ID, version="2.0.0", revision=1),
        counts_from=Timestamp(seconds=2**62),
    )
    with grpc.insecure_channel(address) as channel:
        stub = ruleset_service_pb2_grpc.RulesetServiceStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            stub.PublishDraft(request, metadata=(("chuan-actor", "minh"),))
    refused = call_error(caught.value)
    assert isinstance(refused, RecordRefused)
    assert [path for path, _ in refused.violations] == ["counts_from"]


def test_a_retired_version_judges_nobody_and_its_decisions_stay(lan: Client, minh: Client) -> None:
    decision = minh.evaluate(ID, SEVEN, evaluated_on=BEFORE).decision_id
    with pytest.raises(ServiceError) as caught:
        minh.retire_ruleset(ID, "1.0.0", " ")
    assert caught.value.code == "INVALID_ARGUMENT"
    retired = minh.retire_ruleset(ID, "1.0.0", "the court has struck it down")
    assert retired.state == ruleset_life_pb2.RULESET_STATE_RETIRED
    with pytest.raises(ServiceError, match="withdrawn") as caught:
        minh.evaluate(ID, SEVEN, evaluated_on=BEFORE)
    assert caught.value.reason == "RULESET_NOT_FOUND"
    assert minh.replay_decision(decision).identical
    assert minh.get_ruleset(ID, "1.0.0").text == texts("1.0.0")[0]
    with pytest.raises(ServiceError, match="is retired"):
        lan.retire_ruleset(ID, "1.0.0", "again")
    with pytest.raises(ServiceError, match="no draft"):
        lan.retire_ruleset("test.none", "1.0.0", "why not")


def test_what_is_published_from_a_moment_to_come_waits_for_it(lan: Client, minh: Client) -> None:
    step = drafted(lan)
    lan.submit_draft(step)
    minh.approve_draft(step)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    draft = minh.publish_draft(step, counts_from=tomorrow, supersede=True)
    assert draft.state == ruleset_life_pb2.RULESET_STATE_SCHEDULED
    assert minh.evaluate(ID, SEVEN, evaluated_on=AFTER).verdict.ruleset.version == "1.0.0"
    assert [each.state for each in minh.list_rulesets(ID)] == [ruleset_life_pb2.RULESET_STATE_PUBLISHED]
    # Retired before it counts, it never was the law, and another may take its days.
    minh.retire_ruleset(ID, "2.0.0", "the decree was put off")
    assert minh.evaluate(ID, SEVEN, evaluated_on=AFTER).verdict.ruleset.version == "1.0.0"


def test_watchers_of_every_process_see_a_publication(
    config: Settings, lan: Client, minh: Client, serve: Serve
) -> None:
    with serve(config) as second, Client(second) as elsewhere:
        watched = elsewhere.watch_rulesets(ID)
        first = next(watched)
        assert [(each.version, each.state) for each in first.rulesets] == [
            ("1.0.0", ruleset_life_pb2.RULESET_STATE_PUBLISHED)
        ]
        published(lan, minh)
        told = next(watched)
        assert [(each.version, each.state) for each in told.rulesets] == [
            ("1.0.0", ruleset_life_pb2.RULESET_STATE_SUPERSEDED),
            ("2.0.0", ruleset_life_pb2.RULESET_STATE_PUBLISHED),
        ]
        assert told.sequence > first.sequence
        assert elsewhere.evaluate(ID, SEVEN, evaluated_on=AFTER).verdict.ruleset.version == "2.0.0"


def test_no_batch_mixes_two_states_of_the_law(lan: Client, minh: Client, connect: Connect) -> None:
    stop = threading.Event()
    seen: list[set[str]] = []

    def judge(client: Client) -> None:
        questions = [Question(ruleset=ID, facts=SEVEN, evaluated_on=AFTER)] * 200
        while not stop.is_set() or len(seen) < 2 or seen[-1] == {"1.0.0"}:
            answers = client.evaluate_batch(questions)
            seen.append(
                {each.verdict.ruleset.version for each in answers if not isinstance(each, ServiceError)}
            )

    judging = threading.Thread(target=judge, args=(connect("system"),))
    judging.start()
    published(lan, minh)
    stop.set()
    judging.join()
    assert {frozenset(each) for each in seen} <= {frozenset({"1.0.0"}), frozenset({"2.0.0"})}
    assert seen[-1] == {"2.0.0"}


def test_who_does_not_say_who_they_are_writes_nothing(connect: Connect) -> None:
    nobody = connect("")
    step = Step(ID, "2.0.0", 1, "why")
    calls: list[Callable[[], object]] = [
        lambda: nobody.save_draft(ID, "2.0.0", *texts("2.0.0")),
        lambda: nobody.submit_draft(step),
        lambda: nobody.approve_draft(step),
        lambda: nobody.reject_draft(step),
        lambda: nobody.publish_draft(step),
        lambda: nobody.retire_ruleset(ID, "1.0.0", "why"),
    ]
    for call in calls:
        with pytest.raises(ServiceError, match="chuan-actor") as caught:
            call()
        assert (caught.value.code, caught.value.reason) == ("UNAUTHENTICATED", "ACTOR_MISSING")
    assert len(nobody.list_ruleset_events()) == 1


@pytest.mark.parametrize(("id_", "version"), [("Test.Months", "2.0.0"), ("", "2.0.0"), (ID, "2"), (ID, "")])
def test_a_name_that_is_none_is_said(lan: Client, id_: str, version: str) -> None:
    with pytest.raises(ServiceError) as caught:
        lan.save_draft(id_, version, *texts("2.0.0"))
    assert (caught.value.code, caught.value.reason) == ("INVALID_ARGUMENT", "REQUEST_NOT_USABLE")


def test_a_draft_that_is_not_there_is_not_found(lan: Client) -> None:
    drafted(lan)
    calls: list[Callable[[], object]] = [
        lambda: lan.get_draft("test.none", "1.0.0"),
        lambda: lan.get_draft(ID, "2.0.0", 7),
        lambda: lan.submit_draft(Step(ID, "3.0.0", 1)),
    ]
    for call in calls:
        with pytest.raises(ServiceError) as caught:
            call()
        assert (caught.value.code, caught.value.reason) == ("NOT_FOUND", "DRAFT_NOT_FOUND")


def test_drafts_are_listed_without_what_is_published(lan: Client, minh: Client) -> None:
    published(lan, minh)
    text, cases = texts("2.0.0")
    lan.save_draft(ID, "3.0.0", text.replace("2.0.0", "3.0.0"), cases)
    lan.save_draft("test.other", "1.0.0", "not yet: [", "")
    assert [(each.id, each.version, each.text) for each in minh.list_drafts()] == [
        (ID, "3.0.0", ""),
        ("test.other", "1.0.0", ""),
    ]
    assert [each.id for each in minh.list_drafts("test.other")] == ["test.other"]


def test_drafts_and_publications_outlive_the_server(config: Settings, serve: Serve) -> None:
    with serve(config) as address, Client(address, actor="lan") as lan, Client(address, actor="minh") as minh:
        published(lan, minh)
        lan.save_draft("test.other", "1.0.0", "not yet: [", "")
        before = minh.list_rulesets(), minh.list_drafts(), minh.list_ruleset_events()
    with serve(config) as address, Client(address) as anybody:
        assert (anybody.list_rulesets(), anybody.list_drafts(), anybody.list_ruleset_events()) == before


def test_files_that_do_not_count_are_named_by_where_they_lie(
    config: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(config):
        pass
    assert "not published in this store" not in caplog.text
    assert config.store.rulesets is not None
    other = config.store.rulesets / "teachers" / "1.0.0.yaml"
    other.parent.mkdir()
    other.write_bytes(texts("2.0.0")[0].encode())
    with serve(config):
        pass
    assert f"{Path('teachers') / '1.0.0.yaml'} of" in caplog.text


def test_a_server_stops_though_somebody_watches(config: Settings, serve: Serve) -> None:
    with ExitStack() as watching:
        with serve(config.model_copy(update={"workers": WorkerSettings(drain_seconds=3_600)})) as address:
            client = watching.enter_context(Client(address))
            watched = client.watch_rulesets()
            assert isinstance(next(watched), ruleset_service_pb2.WatchRulesetsResponse)
        with pytest.raises(ServiceError) as caught:
            next(watched)
        assert caught.value.unreachable
