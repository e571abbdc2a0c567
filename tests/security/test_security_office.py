"""A service that asks who calls: for whom one acts, keys that are withdrawn, tokens, certificates."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from chuan.v1 import ruleset_service_pb2, ruleset_service_pb2_grpc
from keyed import Office, Refusal, eventually, refusal
from proofs import AUDIENCE, ISSUER, Authority, Issuer, Pair

from clients.client import Client, Explained, Question, ServiceError
from clients.credentials import Credentials, CredentialsError, KeyFile
from clients.log_calls import DecisionFilter
from clients.ruleset_calls import Step, Texts
from server.security import Role
from server.security.settings import CertificateSettings, OidcSettings

DAY = date(2024, 12, 31)
FACTS = {"months": 7, "group": "staff"}
BOTH = (Role.SUBMITTER, Role.AUTHOR, Role.AUDITOR)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(time.time())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    issuer.write(folder / "jwks.json")
    office = Office(folder)
    oidc = OidcSettings(issuer=ISSUER, audiences=(AUDIENCE,), jwks=str(folder / "jwks.json"))
    with office.serving(oidc=oidc) as running:
        yield running


@pytest.fixture(scope="module")
def clerks(office: Office) -> Iterator[Callable[[str], Client]]:
    """Clients who submit and write for one subtree each."""
    known: dict[str, Client] = {}

    def clerk(organisation: str) -> Client:
        if organisation not in known:
            key = office.key(f"clerk-of-{organisation}", *BOTH, organisations=(organisation,))
            known[organisation] = office.client(key)
            eventually(lambda: knows(known[organisation]))
        return known[organisation]

    yield clerk
    for client in known.values():
        client.close()


def knows(client: Client) -> bool:
    """Whether the service knows the key of a client by now."""
    try:
        client.list_rulesets("test.none")
    except ServiceError as error:
        if error.reason != "CREDENTIALS_INVALID":
            raise
        return False
    return True


def asked(organisation: str) -> Question:
    return Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY, organisation=organisation)


def judged(client: Client, organisation: str) -> str:
    return client.evaluate("test.rating", FACTS, evaluated_on=DAY, organisation=organisation).decision_id


def test_a_caller_submits_for_their_own_organisations_alone(clerks: Callable[[str], Client]) -> None:
    ha = clerks("vn/ha")
    logged = ha.get_decision(judged(ha, "vn/ha/q1"))
    assert (logged.caller, logged.organisation) == ("clerk-of-vn/ha", "vn/ha/q1")
    for other in ("vn/ha-noi", "vn", "vn/hà", "vn/ha ", "", "vn/HA"):
        with pytest.raises(ServiceError, match="vn/ha, and what is below") as caught:
            judged(ha, other)
        assert (caught.value.code, caught.value.reason) == ("PERMISSION_DENIED", "ORGANISATION_NOT_YOURS")


def test_one_foreign_organisation_in_a_batch_or_a_stream_takes_nothing_from_the_others(
    clerks: Callable[[str], Client],
) -> None:
    ha = clerks("vn/ha")
    questions = [asked("vn/ha"), asked("vn/ha-noi"), asked("vn/ha/q2")]
    for answers in (ha.evaluate_batch(questions), list(ha.evaluate_stream(questions))):
        assert isinstance(answers[0], Explained)
        assert isinstance(answers[1], ServiceError)
        assert answers[1].reason == "ORGANISATION_NOT_YOURS"
        assert isinstance(answers[2], Explained)
        assert ha.get_decision(answers[2].decision_id).organisation == "vn/ha/q2"


def test_a_decision_of_others_is_as_one_that_is_not_there(clerks: Callable[[str], Client]) -> None:
    ha, noi, root = clerks("vn/ha"), clerks("vn/ha-noi"), clerks("")
    theirs = judged(noi, "vn/ha-noi")
    assert noi.replay_decision(theirs).identical
    assert root.get_decision(theirs).organisation == "vn/ha-noi"
    for call in (ha.get_decision, ha.replay_decision):
        said = []
        for decision in (theirs, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(ServiceError) as caught:
                call(decision)
            said.append((caught.value.code, caught.value.reason, caught.value.message))
        assert said[0] == said[1] == ("NOT_FOUND", "DECISION_NOT_FOUND", "no decision has this id")


def test_lists_exports_and_pages_are_of_ones_own(clerks: Callable[[str], Client]) -> None:
    ha, noi, root = clerks("vn/ha"), clerks("vn/ha-noi"), clerks("")
    theirs, own = judged(noi, "vn/ha-noi/q1"), judged(ha, "vn/ha/q1")
    judged(ha, "vn/ha")
    listed = {each.decision_id: each.organisation for each in ha.decisions()}
    assert own in listed
    assert all(path == "vn/ha" or path.startswith("vn/ha/") for path in listed.values())
    for filter_ in (DecisionFilter(organisation="vn/ha-noi"), DecisionFilter(caller="clerk-of-vn/ha-noi")):
        assert list(ha.decisions(filter_)) == []
        assert theirs in [each.decision_id for each in noi.decisions(filter_)]
    assert {theirs, own} <= {each.decision_id for each in root.decisions()}
    exported = b"".join(ha.export_decisions())
    assert own.encode() in exported
    assert theirs.encode() not in exported
    assert b"vn/ha-noi" not in exported
    token = root.list_decisions(page_size=1).next_page_token
    borrowed = ha.list_decisions(page_size=50, page_token=token).decisions
    assert {each.organisation for each in borrowed} <= set(listed.values())


def test_an_impact_is_told_of_ones_own_decisions_alone(clerks: Callable[[str], Client]) -> None:
    ha, noi, root = clerks("vn/ha"), clerks("vn/ha-noi"), clerks("")
    theirs, own = judged(noi, "vn/ha-noi"), judged(ha, "vn/ha")
    draft = Texts(ha.get_ruleset("test.rating", "2.0.0").text)
    totals = [list(each.analyze_impact(draft))[-1].total for each in (ha, noi, root)]
    assert totals[0] + totals[1] <= totals[2]
    assert 0 < totals[0] < totals[2]
    assert ha.explain_impact(draft, own)
    with pytest.raises(ServiceError) as caught:
        ha.explain_impact(draft, theirs)
    assert caught.value.reason == "DECISION_NOT_FOUND"


def test_a_client_may_name_its_organisation_once(office: Office, clerks: Callable[[str], Client]) -> None:
    clerks("vn/hue")
    key = office.key("hue", *BOTH, organisations=("vn/hue",))
    with office.client(key, organisation="vn/hue/a") as client:
        eventually(lambda: knows(client))
        first = client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id
        batch = client.evaluate_batch([asked(""), asked("vn/hue/b")])
        streamed = list(client.evaluate_stream([asked("")]))
        found = [first, *(each.decision_id for each in (*batch, *streamed) if isinstance(each, Explained))]
        assert [client.get_decision(each).organisation for each in found] == [
            "vn/hue/a",
            "vn/hue/a",
            "vn/hue/b",
            "vn/hue/a",
        ]


def test_the_second_person_is_another_one_by_what_they_prove(office: Office) -> None:
    writer = office.key("lan", Role.AUTHOR, Role.APPROVER)
    second = office.key("lan", Role.APPROVER)
    third = office.key("minh", Role.APPROVER)
    with (
        office.client(writer, actor="minh") as lan,
        office.client(second, actor="minh") as lan_again,
        office.client(third) as minh,
    ):
        eventually(lambda: all(map(knows, (lan, lan_again, minh))))
        made = lan.new_ruleset("test.new", "evaluation", date(2030, 1, 1))
        draft = lan.save_draft("test.new", "1.0.0", made.text, made.cases)
        assert draft.saved_by == "lan"
        step = Step("test.new", "1.0.0", draft.revision)
        lan.submit_draft(step)
        for same in (lan, lan_again):
            with pytest.raises(ServiceError) as caught:
                same.approve_draft(step)
            assert caught.value.reason == "SECOND_PERSON_NEEDED"
        assert minh.approve_draft(step).approved_by == "minh"


def test_a_key_that_is_withdrawn_or_expired_lets_nobody_in_any_more_at_any_server(office: Office) -> None:
    key = office.key("gone", Role.SUBMITTER)
    expired = office.key("old", Role.SUBMITTER, days=-0.001)
    sibling = copy(office)
    with sibling.serving(), office.client(key) as here, sibling.client(key) as there:
        eventually(lambda: knows(here) and knows(there))
        with office.client(expired) as old:
            assert not knows(old)
        office.revoke(key)
        eventually(lambda: not knows(here) and not knows(there))


def test_a_stream_ends_for_whoever_has_lost_their_key(office: Office) -> None:
    key, other = office.key("watcher", Role.SUBMITTER), office.key("boss", Role.APPROVER)
    with office.channel() as channel, office.client(key) as watcher, office.client(other) as boss:
        eventually(lambda: knows(watcher) and knows(boss))
        watched: Any = ruleset_service_pb2_grpc.RulesetServiceStub(channel).WatchRulesets(
            ruleset_service_pb2.WatchRulesetsRequest(),
            metadata=(("authorization", f"Bearer {key}"),),
            timeout=60,
        )
        assert next(watched).rulesets
        office.revoke(key)
        eventually(lambda: not knows(watcher))
        boss.retire_ruleset("test.rating", "1.0.0", "the watcher is not to hear of it")
        with pytest.raises(grpc.RpcError) as caught:
            next(watched)
        assert refusal(caught.value) == Refusal("UNAUTHENTICATED", "CREDENTIALS_INVALID")


def test_a_token_lets_in_beside_keys(office: Office, issuer: Issuer) -> None:
    with office.client(issuer.token()) as client:
        decision = client.get_decision(judged(client, "vn/ha-noi/q1"))
        assert (decision.caller, decision.organisation) == ("nguyen-van-at", "vn/ha-noi/q1")
        with pytest.raises(ServiceError) as caught:
            judged(client, "vn/ha")
        assert caught.value.reason == "ORGANISATION_NOT_YOURS"
        with pytest.raises(ServiceError) as caught:
            client.list_drafts()
        assert caught.value.reason == "ROLE_MISSING"
    with office.client(issuer.token(exp=int(time.time()) - 3_600)) as client:
        assert not knows(client)


def test_a_key_in_a_file_is_read_again_for_every_call(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "key"
    first, second = office.key("a", Role.SUBMITTER), office.key("b", Role.SUBMITTER)
    file.write_text(first + "\n")
    with Client(
        office.listening, credentials=Credentials(key=KeyFile(file), ca=office.authority.ca)
    ) as client:
        eventually(lambda: knows(client))
        assert client.get_decision(judged(client, "vn")).caller == "a"
        file.write_text(second)
        eventually(lambda: knows(client))
        assert client.get_decision(judged(client, "vn")).caller == "b"
        for content, words in (("", "is empty"), ("a key", "a space"), ("a\nb", "a line break")):
            file.write_text(content)
            with pytest.raises(CredentialsError, match=words):
                client.list_rulesets()
        file.write_bytes(b"\xff")
        with pytest.raises(CredentialsError, match="no file with a key"):
            client.list_rulesets()
        file.unlink()
        with pytest.raises(CredentialsError, match="No such file"):
            client.list_rulesets()


def test_certificates_let_in_whom_the_settings_name(tmp_path: Path) -> None:
    office = Office(tmp_path)
    stranger = Authority(tmp_path, "stranger")
    by_name = office.authority.issue("payroll")
    by_alternative = office.authority.issue("x", "hr.example.vn", file="hr")
    by_print = office.authority.issue("any", file="print")
    nobodys = office.authority.issue("nobody")
    forged = stranger.issue("payroll", file="forged")
    roles, organisations = frozenset({Role.SUBMITTER}), ("vn",)
    certificates = [
        CertificateSettings(name=name, roles=roles, organisations=organisations, **{how: which})
        for name, how, which in (
            ("payroll-system", "common_name", "payroll"),
            ("hr-system", "alternative_name", "hr.example.vn"),
            ("printed", "sha256", by_print.fingerprint),
        )
    ]
    key = office.key("keyed", Role.SUBMITTER)
    with office.serving(certificates=certificates, client_ca=office.authority.ca):

        def client(pair: Pair, key: str = "") -> Client:
            credentials = Credentials(
                ca=office.authority.ca, certificate=pair.certificate, certificate_key=pair.key, key=key
            )
            return Client(office.listening, credentials=credentials)

        for pair, name in ((by_name, "payroll-system"), (by_alternative, "hr-system"), (by_print, "printed")):
            with client(pair) as caller:
                assert caller.get_decision(judged(caller, "vn/ha")).caller == name
                with pytest.raises(ServiceError) as caught:
                    judged(caller, "la")
                assert caught.value.reason == "ORGANISATION_NOT_YOURS"
        with client(nobodys) as caller:
            assert not knows(caller)
        with client(nobodys, key) as caller:
            assert caller.get_decision(judged(caller, "vn")).caller == "keyed"
        with client(by_name, key) as caller:
            assert caller.get_decision(judged(caller, "vn")).caller == "keyed"
        with client(by_name, key[:-1]) as caller:  # one who sends a bad key is nobody, whatever they show
            assert not knows(caller)
        for unknown in (client(forged), office.client(key)):
            with unknown, pytest.raises(ServiceError) as caught:
                unknown.list_rulesets()
            assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "")
