"""What the authority decided, and appeals: recorded beside the verdict, superseded and never overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from chuan.v1 import authority_pb2 as pb
from chuan.v1 import decision_service_pb2
from hypothesis import given
from hypothesis import strategies as st
from serving import serving, settings_for
from sqlalchemy import select, update

from clients.authority_calls import Document
from clients.client import Client, RecordRefused, ServiceError
from engine.feel import evaluate
from server.authority.settings import AppealSettings
from server.authority.terms import WorkingCalendar
from server.personal import open_vault
from server.personal.settings import PersonalSettings
from server.store import open_database, tables
from server.store.acts import broken_act
from server.store.database import reading, writing

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)
GOOD = {"group": "staff", "months": Decimal(12), "tasks": {"total": 2, "done": 2}, "acts": [], "remark": ""}
OPEN = {"group": "staff", "months": Decimal(12), "tasks": {"total": 2, "done": 2}}
SHORT = {**GOOD, "months": Decimal(3)}
ORDER = Document("12/QĐ-UBND", date(2025, 1, 6), "Trần Thị B")  # a Monday
TET = [date(2025, 1, day) for day in range(27, 32)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority") / "store.sqlite3"


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[Client]:
    appeals = AppealSettings(holidays=frozenset(TET), worked_weekends=frozenset({date(2025, 1, 18)}))
    with (
        serving(settings_for(store, RULESETS, appeals=appeals)) as address,
        Client(address, actor="officer") as connected,
    ):
        yield connected


def decision(client: Client, facts: dict[str, object] | None = None) -> str:
    return client.evaluate("test.rating", facts or GOOD, evaluated_on=DAY, subject_ref="a").decision_id


@contextmanager
def refused(reason: str, code: str) -> Iterator[list[ServiceError]]:
    caught: list[ServiceError] = []
    with pytest.raises(ServiceError) as raised:
        yield caught
    caught.append(raised.value)
    assert (raised.value.reason, raised.value.code) == (reason, code)


def test_nothing_stands_until_the_authority_decides(client: Client) -> None:
    id_ = decision(client)
    standing = client.list_authority_decisions(id_)
    assert (standing.decision_id, standing.proposed) == (id_, "high")
    assert not standing.HasField("current")
    assert not standing.differs


def test_what_the_verdict_proposes_is_confirmed(client: Client) -> None:
    id_ = decision(client)
    standing = client.record_authority_decision(id_, ORDER)
    current = standing.current
    assert current.kind == pb.AUTHORITY_DECISION_KIND_CONFIRMED
    assert (current.outcome, current.recorded_by, standing.differs) == ("high", "officer", False)
    assert (current.document.number, current.document.signatory) == ("12/QĐ-UBND", "Trần Thị B")
    assert (current.document.date, current.announced_on) == ("2025-01-06", "2025-01-06")
    assert client.list_authority_decisions(id_) == standing


def test_naming_the_proposed_outcome_confirms_it_too(client: Client) -> None:
    standing = client.record_authority_decision(decision(client), ORDER, outcome="high")
    assert standing.current.kind == pb.AUTHORITY_DECISION_KIND_CONFIRMED


def test_another_outcome_is_recorded_with_its_reason_and_leaves_the_verdict_as_it_was(client: Client) -> None:
    id_ = decision(client)
    before = client.get_decision(id_)
    standing = client.record_authority_decision(id_, ORDER, outcome="low", reason="ý kiến tập thể")
    assert standing.differs
    assert (standing.proposed, standing.current.outcome) == ("high", "low")
    assert standing.current.kind == pb.AUTHORITY_DECISION_KIND_CHANGED
    assert client.get_decision(id_) == before
    assert client.replay_decision(id_).identical


def test_a_later_record_supersedes_the_one_that_it_names(client: Client) -> None:
    id_ = decision(client)
    first = client.record_authority_decision(id_, ORDER).current.number
    second = client.record_authority_decision(id_, ORDER, outcome="low", reason="r", supersedes=first)
    assert [(each.number, each.supersedes) for each in second.decisions] == [
        (first, 0),
        (second.current.number, first),
    ]
    assert [each.outcome for each in second.decisions] == ["high", "low"]
    for named in (0, first, second.current.number + 1):
        with refused("AUTHORITY_CONFLICT", "ABORTED"):
            client.record_authority_decision(id_, ORDER, supersedes=named)
    with refused("AUTHORITY_CONFLICT", "ABORTED"):
        client.record_authority_decision(decision(client), ORDER, supersedes=first)
    assert client.list_authority_decisions(id_) == second


@pytest.mark.parametrize(
    ("facts", "outcome", "reason", "path", "words"),
    [
        (GOOD, "low", "", "reason", "required where the outcome is not the proposed one"),
        (GOOD, "low", "   ", "reason", "required"),
        (GOOD, "best", "r", "outcome", "there are low, high, not_rated"),
        (GOOD, "", "x" * 2_001, "reason", "2,000"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    client: Client, facts: dict[str, object], outcome: str, reason: str, path: str, words: str
) -> None:
    id_ = decision(client, facts)
    with pytest.raises(RecordRefused) as caught:
        client.record_authority_decision(id_, ORDER, outcome=outcome, reason=reason)
    assert [(found, words in text) for found, text in caught.value.violations] == [(path, True)]
    assert not client.list_authority_decisions(id_).decisions


def test_everything_wrong_with_a_request_is_told_at_once(client: Client) -> None:
    request = pb.RecordAuthorityDecisionRequest(
        decision_id=decision(client), announced_on="2025-02-30", document=pb.Document(date="6/1/2025")
    )
    with pytest.raises(RecordRefused) as caught:
        client._call(client._decisions.RecordAuthorityDecision, request)
    assert [path for path, _ in caught.value.violations] == [
        "document.number",
        "document.date",
        "document.signatory",
        "announced_on",
    ]


def test_what_the_verdict_leaves_open_has_to_be_decided_with_a_reason(client: Client) -> None:
    id_ = decision(client, OPEN)
    assert client.list_authority_decisions(id_).proposed == ""
    with refused("NOTHING_TO_CONFIRM", "FAILED_PRECONDITION"):
        client.record_authority_decision(id_, ORDER)
    standing = client.record_authority_decision(id_, ORDER, outcome="low", reason="hội đồng quyết định")
    assert (standing.current.kind, standing.differs) == (pb.AUTHORITY_DECISION_KIND_CHANGED, True)


def test_that_somebody_is_not_rated_can_be_confirmed_and_changed(client: Client) -> None:
    confirmed = client.record_authority_decision(decision(client, SHORT), ORDER)
    assert (confirmed.proposed, confirmed.current.outcome, confirmed.differs) == (
        "not_rated",
        "not_rated",
        False,
    )
    changed = client.record_authority_decision(decision(client), ORDER, outcome="not_rated", reason="r")
    assert changed.differs


def test_a_decision_shows_what_followed_it(client: Client) -> None:
    id_ = decision(client)
    asked = decision_service_pb2.GetDecisionRequest(decision_id=id_)
    assert not client._call(client._decisions.GetDecision, asked).HasField("standing")
    standing = client.record_authority_decision(id_, ORDER)
    assert client._call(client._decisions.GetDecision, asked).standing == standing


def test_an_appeal_has_its_terms_in_working_days(client: Client) -> None:
    """Monday 6 January, five working days: Monday 13. Ten from Tuesday 14: over a worked Saturday and past Tet."""
    id_ = decision(client)
    decided = client.record_authority_decision(id_, ORDER).current
    number, standing = client.file_appeal(id_, filed_on=date(2025, 1, 13), grounds="thiếu một nhiệm vụ")
    (appeal,) = standing.appeals
    assert (appeal.number, appeal.against, appeal.grounds) == (number, decided.number, "thiếu một nhiệm vụ")
    assert (appeal.filing.working_days, appeal.filing.last_day, appeal.filing.late) == (
        5,
        "2025-01-13",
        False,
    )
    assert "1923/QĐ-CĐKT" in appeal.filing.source
    assert appeal.filing.holidays_listed
    assert (appeal.answering.working_days, appeal.answering.last_day) == (10, "2025-01-24")
    assert not appeal.HasField("answer")


def test_an_appeal_that_is_late_is_recorded_and_marked(client: Client) -> None:
    id_ = decision(client)
    client.record_authority_decision(id_, ORDER, announced_on=date(2025, 1, 3))
    _, standing = client.file_appeal(id_, filed_on=date(2025, 1, 13), grounds="muộn")
    assert (standing.appeals[0].filing.last_day, standing.appeals[0].filing.late) == ("2025-01-10", True)


def test_an_answer_is_recorded_and_superseded_by_name(client: Client) -> None:
    id_ = decision(client)
    client.record_authority_decision(id_, ORDER)
    number, _ = client.file_appeal(id_, filed_on=date(2025, 1, 7), grounds="g")
    in_time, late = Document("1", date(2025, 1, 20), "s"), Document("2", date(2025, 2, 20), "s")
    first = client.answer_appeal(id_, number, in_time, upheld=False, reason="r").appeals[0].answer
    assert (first.result, first.late, first.answered_on) == (pb.APPEAL_RESULT_REJECTED, False, "2025-01-20")
    with refused("AUTHORITY_CONFLICT", "ABORTED"):
        client.answer_appeal(id_, number, late, upheld=True, reason="r")
    again = client.answer_appeal(id_, number, late, upheld=True, reason="r2", supersedes=first.number)
    (appeal,) = again.appeals
    assert (appeal.answer.result, appeal.answer.late, appeal.answering.late) == (
        pb.APPEAL_RESULT_UPHELD,
        True,
        True,
    )
    assert [(each.reason, each.supersedes) for each in appeal.answers] == [("r", 0), ("r2", first.number)]
    changed = client.record_authority_decision(
        id_,
        late,
        outcome="low",
        reason="theo kiến nghị",
        supersedes=again.current.number,
        after_appeal=number,
    )
    assert (changed.current.after_appeal, changed.differs) == (number, True)


def test_steps_out_of_order_are_refused(client: Client) -> None:
    id_ = decision(client)
    with refused("NOTHING_TO_APPEAL", "FAILED_PRECONDITION"):
        client.file_appeal(id_, filed_on=date(2025, 1, 7), grounds="g")
    client.record_authority_decision(id_, ORDER)
    with pytest.raises(RecordRefused, match="1 field") as caught:
        client.file_appeal(id_, filed_on=date(2025, 1, 5), grounds="g")
    assert caught.value.violations[0][0] == "filed_on"
    with refused("APPEAL_NOT_FOUND", "NOT_FOUND"):
        client.answer_appeal(id_, 1, ORDER, upheld=True, reason="r")
    number, _ = client.file_appeal(id_, filed_on=date(2025, 1, 7), grounds="g")
    with pytest.raises(RecordRefused) as caught:
        client.answer_appeal(id_, number, ORDER, upheld=True, reason="r")  # dated the day before it was filed
    assert caught.value.violations[0][0] == "answered_on"
    with refused("APPEAL_NOT_FOUND", "NOT_FOUND"):
        client.answer_appeal(decision(client), number, ORDER, upheld=True, reason="r")
    with refused("APPEAL_NOT_FOUND", "NOT_FOUND"):
        client.record_authority_decision(decision(client), ORDER, after_appeal=number)


Call = Callable[[Client, str], object]
CALLS: dict[str, Call] = {
    "record": lambda client, id_: client.record_authority_decision(id_, ORDER),
    "list": lambda client, id_: client.list_authority_decisions(id_),
    "appeal": lambda client, id_: client.file_appeal(id_, filed_on=DAY, grounds="g"),
    "answer": lambda client, id_: client.answer_appeal(id_, 1, ORDER, upheld=True, reason="r"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_decision_that_is_not_there_or_was_erased_takes_no_step(client: Client, call: Call) -> None:
    with refused("DECISION_NOT_FOUND", "NOT_FOUND"):
        call(client, "never")
    id_ = client.evaluate("test.rating", GOOD, evaluated_on=DAY, subject_ref=f"erased {id(call)}").decision_id
    client.record_authority_decision(id_, ORDER)
    client.erase_subject(f"erased {id(call)}", confirm_subject_ref=f"erased {id(call)}", reason="letter")
    with refused("DATA_ERASED", "FAILED_PRECONDITION"):
        call(client, id_)


def test_whoever_takes_a_step_says_who_they_are(client: Client, store: Path) -> None:
    id_ = decision(client)
    with serving(settings_for(store, RULESETS)) as address, Client(address) as nobody:
        for call in ("record", "appeal", "answer"):
            with refused("ACTOR_MISSING", "UNAUTHENTICATED"):
                CALLS[call](nobody, id_)
        assert nobody.list_authority_decisions(id_).proposed == "high"


def test_the_records_are_chained_and_a_change_is_found(client: Client, store: Path) -> None:
    id_ = decision(client)
    number = client.record_authority_decision(id_, ORDER).current.number
    database = open_database(str(store))
    vault = open_vault(PersonalSettings(), database, bytes)
    with reading(database) as connection:
        assert broken_act(connection, vault) == 0
        actor = connection.execute(
            select(tables.acts.c.actor).where(tables.acts.c.sequence == number)
        ).scalar_one()
    for changed in ("somebody else", actor):
        with writing(database) as connection:
            connection.execute(
                update(tables.acts).where(tables.acts.c.sequence == number).values(actor=changed)
            )
        with reading(database) as connection:
            assert broken_act(connection, vault) == (0 if changed == actor else number)
    database.dispose()


# --- terms


@given(
    start=st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    count=st.integers(1, 60),
    holidays=st.frozensets(st.dates(date(2000, 1, 1), date(2040, 6, 1)), max_size=5),
    near=st.frozensets(st.integers(1, 60), max_size=10),
)
def test_the_last_day_is_the_one_that_the_rules_count_as_so_many_working_days(
    start: date, count: int, holidays: frozenset[date], near: frozenset[int]
) -> None:
    free = holidays | {date.fromordinal(start.toordinal() + each) for each in near}
    last = WorkingCalendar(free).after(start, count)
    assert WorkingCalendar(free).is_worked(last)
    dates = {"start": start, "last": last, "free": sorted(free)}
    assert evaluate("working_days(start, last, free)", dates) == count


def test_a_year_without_a_listed_holiday_is_told() -> None:
    calendar = WorkingCalendar(frozenset(TET))
    assert calendar.lists(date(2025, 3, 1), date(2025, 3, 9))
    assert not calendar.lists(date(2025, 12, 30), date(2026, 1, 9))
    assert not WorkingCalendar().lists(DAY, DAY)
