"""What the service does for the persons judged: gives out all that it holds, erases it, keeps it not for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from chuan.v1 import personal_data_service_pb2 as pb
from serving import serving, settings_for

from clients.authority_calls import Document
from clients.client import Client, Explained, Question, RecordRefused, ServiceError
from clients.ruleset_calls import Texts
from server.personal.period import CalendarPeriod
from server.personal.settings import RetentionSettings

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)
GOOD = {
    "group": "staff",
    "months": Decimal(12),
    "tasks": {"total": 2, "done": 2},
    "acts": [],
    "remark": "Tốt",
}
ORDER = Document("12/QĐ", date(2025, 1, 6), "Trần Thị B")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def client(store: Path) -> Iterator[Client]:
    periods = {"test.*": CalendarPeriod.parse("P10Y")}
    settings = settings_for(store, RULESETS, retention=RetentionSettings(periods=periods))
    with serving(settings) as address, Client(address, actor="officer") as connected:
        yield connected


def judge(client: Client, subject: str, organisation: str = "") -> Explained:
    question = Question(
        ruleset="test.rating", facts=GOOD, evaluated_on=DAY, subject_ref=subject, organisation=organisation
    )
    (answer,) = client.evaluate_batch([question])
    assert isinstance(answer, Explained)
    return answer


def reason_of(error: ServiceError) -> tuple[str, str]:
    return error.code, error.reason


def test_an_erased_decision_says_so_wherever_it_is_asked_for(client: Client) -> None:
    gone, stays = judge(client, "a"), judge(client, "b")
    event = client.erase_subject("a", confirm_subject_ref="a", reason="letter 12")
    assert (event.kind, event.actor, event.reason, event.decisions) == (
        pb.PERSONAL_DATA_EVENT_KIND_ERASED,
        "officer",
        "letter 12",
        1,
    )
    for call in (client.get_decision, client.replay_decision, client.list_authority_decisions):
        with pytest.raises(ServiceError, match="erased") as caught:
            call(gone.decision_id)
        assert reason_of(caught.value) == ("FAILED_PRECONDITION", "DATA_ERASED")
    assert client.replay_decision(stays.decision_id).identical


def test_what_would_change_is_foreseen_without_those_who_were_erased(client: Client) -> None:
    judged = [judge(client, subject).decision_id for subject in "abc"]
    published = client.get_ruleset("test.rating", "2.0.0")
    text = published.text.replace("version: 2.0.0", "version: 3.0.0").replace("months >= 6", "months >= 13")
    draft = Texts(text)
    client.erase_subject("b", confirm_subject_ref="b", reason="r")
    parts = list(client.analyze_impact(draft))
    assert sum(part.total for part in parts[-1:]) == 2
    with pytest.raises(ServiceError) as caught:
        client.explain_impact(draft, judged[1])
    assert caught.value.reason == "DATA_ERASED"


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"subject_ref": ""}, ["subject_ref", "confirm_subject_ref"]),
        ({"confirm_subject_ref": ""}, ["confirm_subject_ref"]),
        ({"confirm_subject_ref": "A"}, ["confirm_subject_ref"]),
        ({"reason": " "}, ["reason"]),
        ({"reason": "x" * 2_001}, ["reason"]),
        ({"subject_ref": "x" * 201, "confirm_subject_ref": "x" * 201}, ["subject_ref"]),
        ({"organisation": "vn//x"}, ["organisation"]),
    ],
)
def test_an_erasure_that_is_not_meant_is_refused(
    client: Client, given: Mapping[str, str], paths: list[str]
) -> None:
    id_ = judge(client, "a").decision_id
    asked = {"subject_ref": "a", "confirm_subject_ref": "a", "reason": "r", **given}
    with pytest.raises(RecordRefused) as caught:
        client._call(client._personal.EraseSubject, pb.EraseSubjectRequest(**asked))
    assert [path for path, _ in caught.value.violations] == paths
    assert client.get_decision(id_).subject_ref == "a"


def test_only_what_an_organisation_holds_is_erased(client: Client) -> None:
    ours, theirs = judge(client, "a", "vn/ha-noi"), judge(client, "a", "vn/ha")
    client.erase_subject("a", confirm_subject_ref="a", reason="r", organisation="vn/ha")
    assert client.get_decision(ours.decision_id).organisation == "vn/ha-noi"
    with pytest.raises(ServiceError) as caught:
        client.get_decision(theirs.decision_id)
    assert caught.value.reason == "DATA_ERASED"


def test_nothing_held_is_said_to_be_nothing(client: Client) -> None:
    judge(client, "a")
    for call in (
        lambda: client.erase_subject("b", confirm_subject_ref="b", reason="r"),
        lambda: list(client.export_subject("b")),
        lambda: list(client.export_subject("a", organisation="vn")),
    ):
        with pytest.raises(ServiceError) as caught:
            call()
        assert reason_of(caught.value) == ("NOT_FOUND", "SUBJECT_NOT_FOUND")


def test_all_that_is_held_is_given_out(client: Client) -> None:
    first, _, second = judge(client, "a"), judge(client, "b"), judge(client, "a", "vn/x")
    client.record_authority_decision(first.decision_id, ORDER, outcome="low", reason="lý do")
    client.file_appeal(first.decision_id, filed_on=date(2025, 1, 8), grounds="kiến nghị")
    list(client.export_subject("a", organisation="vn"))
    parts = list(client.export_subject("a", languages=["vi", "en"]))

    held = [part.decision for part in parts if part.HasField("decision")]
    assert [each.decision.decision_id for each in held] == [first.decision_id, second.decision_id]
    assert [each.decision for each in held] == [
        client.get_decision(first.decision_id),
        client.get_decision(second.decision_id),
    ]
    assert [each.standing for each in held] == [
        client.list_authority_decisions(first.decision_id),
        held[1].standing,
    ]
    assert not held[1].HasField("standing")
    assert b"T\xe1\xbb\x91t" in held[0].decision.canonical_record
    texts = [text.text for text in held[0].explanations]
    assert [("Xếp loại thử" in texts[0], "Test rating" in texts[1]), len(texts)] == [(True, True), 2]

    events = [part.event for part in parts if part.HasField("event")]
    assert [part.WhichOneof("part") for part in parts] == ["decision"] * 2 + ["event"] * len(events)
    # First the one within vn, of one decision; then this one, an organisation each.
    assert [(each.kind, each.actor, each.decisions) for each in events] == [
        (pb.PERSONAL_DATA_EVENT_KIND_EXPORTED, "officer", 1)
    ] * 3


def test_more_decisions_than_are_read_at_a_time_are_given_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.personal.export.CHUNK", 3)
    ids = [judge(client, "a").decision_id for _ in range(7)]
    parts = list(client.export_subject("a"))
    assert [each.decision.decision.decision_id for each in parts[:-1]] == ids
    assert not parts[0].decision.explanations


def test_what_is_kept_for_long_enough_is_told(client: Client) -> None:
    judge(client, "a")
    assert [
        (each.ruleset_id, each.pattern, each.period, each.decisions)
        for each in client.apply_retention(apply=False)
    ] == [
        ("test.rating", "test.*", "P10Y", 0),
        ("test.twin", "test.*", "P10Y", 0),
    ]
    assert [each.decisions for each in client.apply_retention(apply=True)] == [0, 0]


def test_whoever_reads_or_erases_says_who_they_are(store: Path, client: Client) -> None:
    judge(client, "a")
    with serving(settings_for(store, RULESETS)) as address, Client(address) as nobody:
        for call in (
            lambda: nobody.erase_subject("a", confirm_subject_ref="a", reason="r"),
            lambda: list(nobody.export_subject("a")),
            lambda: nobody.apply_retention(apply=True),
        ):
            with pytest.raises(ServiceError) as caught:
                call()
            assert reason_of(caught.value) == ("UNAUTHENTICATED", "ACTOR_MISSING")
        assert nobody.apply_retention(apply=False) == []
