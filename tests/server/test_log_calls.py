"""The log over the wire: lists that stay in order while others append, exports that verify, verification."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import orjson
import pytest
from chuan.v1 import decision_service_pb2 as pb
from chuan.v1 import decision_service_pb2_grpc, verdict_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from serving import serving, settings_for
from sqlalchemy import text

from clients.client import Client, Explained, Question, RecordRefused
from clients.log_calls import DecisionFilter
from server.store import Query, open_database
from server.store.exported import verify_export
from server.store.notary import Witnesses, make_key
from server.store.settings import StoreSettings

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)
FACTS = {"tasks": {"total": 2, "done": 2}, "acts": [], "remark": "Tốt", "group": "staff"}
ASKED = Question(ruleset="test.rating", facts={**FACTS, "months": 7}, evaluated_on=DAY)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "log.key"
    make_key(path)
    return path


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path_factory.mktemp("log") / "store.sqlite3")
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.fixture(scope="module")
def client(location: str, key: Path) -> Iterator[Client]:
    store = StoreSettings(location=location, rulesets=RULESETS, signing_key_file=key, checkpoint_every=5)
    with serving(settings_for(location, store=store)) as address, Client(address, actor="lan") as connected:
        with Client(address, actor="minh") as other:
            ask(connected, *QUESTIONS[:7])
            ask(other, *QUESTIONS[7:])
        yield connected


QUESTIONS = [
    replace(
        ASKED,
        facts=FACTS if number == 9 else {**FACTS, "months": number},
        subject_ref=f"mã-{number % 4}",
        organisation=("vn/ha-noi", "vn/ha-noi/so-y-te", "vn/ha-nam")[number % 3],
        version="1.0.0" if number == 3 else None,
    )
    for number in range(12)
]


def ask(client: Client, *questions: Question) -> list[str]:
    answers = client.evaluate_batch(questions)
    assert all(isinstance(each, Explained) for each in answers), answers
    return [each.decision_id for each in answers if isinstance(each, Explained)]


def positions(client: Client, **which: Any) -> list[int]:
    """In the order in which they were asked; 1 is the first."""
    return [each.position for each in client.decisions(DecisionFilter(logged_until=MUCH_LATER, **which))][
        ::-1
    ]


MUCH_LATER = datetime(2090, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        ({"subject_ref": "mã-1"}, [1, 5, 9]),
        ({"subject_ref": "mã"}, []),
        ({"organisation": "vn/ha-noi"}, [0, 1, 3, 4, 6, 7, 9, 10]),
        ({"organisation": "vn/ha-noi/so-y-te"}, [1, 4, 7, 10]),
        ({"organisation": "vn/ha"}, []),
        ({"caller": "minh"}, [7, 8, 9, 10, 11]),
        ({"ruleset": "test.rating", "version": "1.0.0"}, [3]),
        ({"ruleset": "test.rating"}, list(range(12))),
        ({"ruleset": "test.twin"}, []),
        ({"status": "undetermined", "caller": "minh"}, [9]),
        ({"outcome": "high", "caller": "minh"}, [7, 8, 10, 11]),
        ({"status": "decided", "caller": "lan"}, [6]),
        ({"kind": "table"}, []),
        ({"logged_from": MUCH_LATER - timedelta(days=1)}, []),
    ],
)
def test_a_filter_lists_what_it_asks_for(client: Client, which: dict[str, Any], numbers: list[int]) -> None:
    found = [each - 1 for each in positions(client, **which) if each <= len(QUESTIONS)]
    assert found == numbers


def test_a_summary_says_what_the_decision_says(client: Client) -> None:
    (summary,) = client.decisions(DecisionFilter(ruleset="test.rating", version="1.0.0"))
    (decided, *_) = client.decisions(DecisionFilter(outcome="high"))
    assert decided.status == verdict_pb2.VERDICT_STATUS_DECIDED
    decision = client.get_decision(summary.decision_id)
    assert (summary.position, summary.logged_at) == (decision.position, decision.logged_at)
    assert (summary.subject_ref, summary.organisation, summary.caller) == ("mã-3", "vn/ha-noi", "lan")
    assert (summary.status, summary.outcome) == (decision.verdict.status, decision.verdict.outcome)
    assert (summary.ruleset.id, summary.ruleset.version) == ("test.rating", "1.0.0")
    assert (summary.kind, summary.erased) == (pb.DECISION_KIND_RECORD, False)


def test_times_bound_a_list_at_their_moments(client: Client) -> None:
    listed = list(client.decisions())
    moment = listed[0].logged_at.ToDatetime(UTC)
    at = {each.position for each in listed if each.logged_at == listed[0].logged_at}
    assert {each.position for each in client.decisions(DecisionFilter(logged_from=moment))} == at
    before = {each.position for each in client.decisions(DecisionFilter(logged_until=moment))}
    assert before == {each.position for each in listed} - at


@pytest.mark.parametrize("size", [1, 5, 12, 1000])
def test_pages_stay_in_order_while_others_append(client: Client, size: int) -> None:
    before = [each.position for each in client.decisions()]
    found, token = [], ""
    while True:
        page = client.list_decisions(page_size=size, page_token=token)
        assert len(page.decisions) <= size
        found += [each.position for each in page.decisions]
        token = page.next_page_token
        if not token:
            break
        if len(found) == size:
            ask(client, ASKED)
    assert found == before


def forged(position: int) -> str:
    """A token as anyone can make it: its digest is no secret."""
    place = position.to_bytes(8, "big")
    digest = hashlib.sha256(b"page" + place + orjson.dumps(asdict(Query()))).digest()
    return base64.urlsafe_b64encode(place + digest[:16]).decode()


def test_a_page_token_is_for_its_own_list_alone(client: Client) -> None:
    token = client.list_decisions(page_size=1).next_page_token
    assert token
    for which, wrong in (
        (DecisionFilter(caller="lan"), token),
        (DecisionFilter(), token[:-4] + "AAA="),
        (DecisionFilter(), "mã"),
        (DecisionFilter(), "AAAA"),
        (DecisionFilter(), forged(2**63)),
    ):
        with pytest.raises(RecordRefused) as caught:
            client.list_decisions(which, page_token=wrong)
        assert (caught.value.code, caught.value.violations[0][0]) == ("INVALID_ARGUMENT", "page_token")


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (pb.ListDecisionsRequest(page_size=1001), "page_size"),
        (pb.ListDecisionsRequest(page_size=-1), "page_size"),
        (pb.ListDecisionsRequest(filter=pb.DecisionFilter(version="1.0.0")), "filter.ruleset_id"),
        (pb.ListDecisionsRequest(filter=pb.DecisionFilter(organisation="/")), "filter.organisation"),
        (pb.ListDecisionsRequest(filter=pb.DecisionFilter(status=99)), "filter.status"),  # type: ignore[arg-type]  # a number of another version
        (pb.ListDecisionsRequest(filter=pb.DecisionFilter(kind=99)), "filter.kind"),  # type: ignore[arg-type]  # as above
        (pb.ListDecisionsRequest(filter=pb.DecisionFilter(subject_ref="x" * 201)), "filter.subject_ref"),
        (
            pb.ListDecisionsRequest(filter=pb.DecisionFilter(logged_from=Timestamp(nanos=-1))),
            "filter.logged_from",
        ),
        (pb.ExportDecisionsRequest(after_position=-1), "after_position"),
        (pb.ExportDecisionsRequest(after_position=5, last_position=5), "last_position"),
        (pb.VerifyLogRequest(after_position=-1), "after_position"),
    ],
)
def test_a_wrong_request_is_told_which_field(client: Client, request_: Any, path: str) -> None:
    from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # ships no types
    from grpc_status import rpc_status

    stub: decision_service_pb2_grpc.DecisionServiceStub = client._decisions
    name = type(request_).__name__.removesuffix("Request")
    with pytest.raises(grpc.RpcError) as caught:
        next(iter([getattr(stub, name)(request_, timeout=10)][0]))
    status = rpc_status.from_call(caught.value)  # type: ignore[arg-type]  # it is the call too
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in status.details)
    assert [each.field for each in bad.field_violations] == [path]


def test_an_export_verifies_with_the_public_key_alone(client: Client, key: Path) -> None:
    witnesses = Witnesses.read([key.with_name("log.key.pub")])
    for which in (DecisionFilter(), DecisionFilter(organisation="vn/ha-nam")):
        lines = b"".join(client.export_decisions(which)).splitlines(keepends=True)
        verified = verify_export(lines, witnesses)
        assert verified.auditor.problems == []
        assert verified.signed_by
        assert verified.auditor.checkpoints
    part = b"".join(client.export_decisions(after_position=3, last_position=6)).splitlines(keepends=True)
    assert verify_export(part, witnesses).auditor.entries == 3


def test_the_log_is_verified_and_what_was_done_to_it_is_said(client: Client, location: str) -> None:
    *_, whole = client.verify_log()
    assert (whole.done, whole.problem_count) == (True, 0)
    assert whole.entries == len(list(client.decisions()))
    assert whole.checkpoints >= 1
    newest = client.list_decisions(page_size=1).decisions[0]
    assert client.get_decision(newest.decision_id).chain_hash == whole.chain_hash

    database = open_database(location)
    for caller in ("x", "lan"):  # and back again
        with database.begin() as connection:
            connection.execute(text(f"UPDATE decisions SET caller = '{caller}' WHERE position = 2"))  # noqa: S608 - one of two
        *_, found = client.verify_log()
        wrong = [(each.position, each.flaw) for each in found.problems]
        assert wrong == ([(2, pb.LOG_FLAW_CHANGED)] if caller == "x" else [])
        assert found.problem_count == len(wrong)
    *_, part = client.verify_log(after_position=5)
    assert part.entries == whole.entries - 5
    database.dispose()


def test_an_erased_decision_keeps_its_place_and_the_log_is_whole(client: Client) -> None:
    (decision_id,) = ask(client, replace(ASKED, subject_ref="CANARY", organisation="vn/xa"))
    client.erase_subject("CANARY", confirm_subject_ref="CANARY", reason="asked for", organisation="vn/xa")
    (listed,) = client.decisions(DecisionFilter(organisation="vn/xa"))
    assert (listed.decision_id, listed.erased, listed.subject_ref, listed.outcome) == (
        decision_id,
        True,
        "",
        "",
    )
    *_, whole = client.verify_log()
    assert (whole.problem_count, whole.unseen) == (0, 1)
    lines = b"".join(client.export_decisions()).splitlines(keepends=True)
    verified = verify_export(lines, Witnesses())
    assert (verified.auditor.problems, verified.auditor.unseen) == ([], 1)
    assert b"CANARY" not in b"".join(lines)
