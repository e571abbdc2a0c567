"""Keys by command, and commands with keys and certificates: what works, and what is said where it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyed import RULESETS, Office, eventually
from proofs import Authority
from serving import serving, settings_for
from typer.testing import CliRunner, Result

from clients.cli import app
from server.security import Role


def chuan(*arguments: object, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(app, [str(each) for each in arguments])


def ids(store: Path, *options: str) -> list[str]:
    result = chuan("keys", "list", "--json", "--store", store, *options)
    assert result.exit_code == 0
    return [each["id"] for each in json.loads(result.stdout)]


def test_a_key_is_made_shown_rotated_and_withdrawn(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite3"
    who = ("hr-system", "--role", "submitter", "--role", "auditor", "--organisation", "vn/ha-noi")
    made = chuan("keys", "create", *who, "--expires-days", "30", "--store", store)
    assert made.exit_code == 0
    key = made.stdout.strip()
    (key_id,) = ids(store)
    assert key.startswith(f"ck_{key_id}_")
    assert "shown once" in made.stderr
    assert key.rpartition("_")[2].encode() not in store.read_bytes()

    listed = chuan("keys", "list", "--store", store).stdout
    assert f"{key_id}  hr-system  auditor submitter  vn/ha-noi  expires " in listed
    shown = chuan("keys", "show", key_id, "--store", store).stdout
    assert "roles: auditor submitter\norganisations: vn/ha-noi\nstate: expires" in shown

    rotated = chuan("keys", "rotate", key_id, "--overlap-days", "2", "--store", store)
    assert rotated.exit_code == 0
    old, new = ids(store)
    assert (old, rotated.stdout[:20]) == (key_id, f"ck_{new}_")
    assert f"replaces: {old}" in chuan("keys", "show", new, "--store", store).stdout
    assert chuan("keys", "rotate", old, "--overlap-days", "0", "--store", store).exit_code == 0
    assert old not in ids(store)
    refused = chuan("keys", "rotate", old, "--store", store)
    assert (refused.exit_code, "is expired" in refused.stderr) == (2, True)

    for _ in range(2):
        assert "within two seconds" in chuan("keys", "revoke", new, "--store", store).stderr
    assert new not in ids(store)
    assert len(ids(store, "--all")) == 3
    assert "revoked" in chuan("keys", "list", "--all", "--store", store).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("create", "ất", "--role", "author", "--organisation", "*"), 2, "is no name"),
        (("create", "at", "--role", "author", "--organisation", "vn/"), 2, "write a path such as"),
        (("create", "at", "--role", "author", "--organisation", ""), 2, "write a path such as"),
        (("create", "at", "--role", "king", "--organisation", "*"), 2, "submitter"),
        (("create", "at", "--role", "author"), 2, "--organisation"),
        (("create", "at", "--organisation", "*"), 2, "--role"),
        (("show", "nowhere"), 2, "no key has the id nowhere"),
        (("rotate", "nowhere"), 2, "no key has the id nowhere"),
        (("revoke", "nowhere"), 2, "no key has the id nowhere"),
        (("list",), 0, "make one with"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_with_a_command_on_keys_is_said(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = chuan("keys", *arguments, "--store", tmp_path / "store.sqlite3")
    assert (result.exit_code, words in result.output) == (code, True), result.output


def test_a_store_that_is_none_is_said(tmp_path: Path) -> None:
    result = chuan("keys", "list", "--store", tmp_path / "nowhere" / "store.sqlite3")
    assert (result.exit_code, "nowhere" in result.stderr) == (1, True)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("cli")).serving() as running:
        yield running


@pytest.fixture(scope="module")
def key(office: Office) -> str:
    key = office.key("an", Role.AUTHOR, Role.SUBMITTER, organisations=("vn/ha-noi",))
    with office.client(key) as client:

        def known() -> bool:
            try:
                return client.list_rulesets("test.none") == []
            except Exception:  # noqa: BLE001 - not yet
                return False

        eventually(known)
    return key


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("record") / "record.json"
    file.write_text('{"months": 7, "group": "staff"}')
    return file


def test_every_command_with_a_server_takes_a_key_and_the_authority(
    office: Office, key: str, record: Path, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(key)
    there = ("--server", office.listening, "--ca", office.authority.ca)
    drafts = chuan("ruleset", "drafts", *there, "--key-file", file)
    assert drafts.exit_code == 0, drafts.output
    ask = ("evaluate", "test.rating", record, "--on", "2024-12-31", *there)
    judged = chuan(*ask, CHUAN_API_KEY=key, CHUAN_ORGANISATION="vn/ha-noi/q1")
    assert judged.exit_code == 0, judged.output
    elsewhere = chuan(*ask, "--organisation", "vn/hue", CHUAN_API_KEY=key)
    assert (elsewhere.exit_code, "which is vn/ha-noi" in elsewhere.stderr) == (2, True)
    nobody = chuan(*ask)
    assert (nobody.exit_code, "--key-file" in nobody.stderr) == (2, True)
    wrong = chuan(*ask, CHUAN_API_KEY=key[:-1])
    assert (wrong.exit_code, "not good" in wrong.stderr) == (2, True)
    assert key[:-1] not in wrong.output


def test_what_is_wrong_with_a_connection_is_said(office: Office, key: str, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    ca, port = office.authority.ca, office.listening.rpartition(":")[2]
    mine = office.authority.issue("mine", "elsewhere.example.vn")
    for server, options, code, words in (
        (office.listening, ("--ca", stranger.ca), 1, "not from the authority"),
        (office.listening, (), 1, "it may want it encrypted (--ca or --tls)"),
        (office.listening, ("--ca", tmp_path / "none.pem"), 2, "No such file"),
        (office.listening, ("--ca", ca, "--cert", mine.certificate), 2, "belong together"),
        (office.listening, ("--ca", ca, "--key-file", tmp_path / "none"), 2, "No such file"),
        (f"127.0.0.2:{port}", ("--ca", ca), 1, "no server answers"),
        ("office.example.vn:50061", (), 2, "for all to read"),
    ):
        result = chuan("ruleset", "drafts", "--server", server, *options, CHUAN_API_KEY=key)
        assert (result.exit_code, words in result.stderr) == (code, True), (words, result.output)


def test_a_certificate_for_other_names_or_none_at_all_is_said(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.certificate = office.authority.issue("service", "office.example.vn", file="named")
    with office.serving():
        there = ("--server", office.listening, "--ca", office.authority.ca)
        result = chuan("ruleset", "drafts", *there)
        assert (result.exit_code, "is for other names" in result.stderr) == (1, True), result.output
    office.certificate = office.authority.issue("service", days=0, file="old")
    with office.serving():
        result = chuan("ruleset", "drafts", "--server", office.listening, "--ca", office.authority.ca)
        assert (result.exit_code, "has expired" in result.stderr) == (1, True), result.output
    office.certificate = office.authority.issue("service", file="good")
    with office.serving(client_ca=office.authority.ca):
        result = chuan("ruleset", "drafts", "--server", office.listening, "--ca", office.authority.ca)
        assert (result.exit_code, "your certificate (--cert)" in result.stderr) == (1, True), result.output


def test_a_server_that_does_not_encrypt_is_said(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with serving(settings_for(office.store, RULESETS)) as address:
        result = chuan("ruleset", "drafts", "--server", address, "--ca", office.authority.ca)
    assert (result.exit_code, "does not encrypt" in result.stderr) == (1, True), result.output


def test_who_says_nothing_where_they_are_taken_at_their_word_is_told_how(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path / "store.sqlite3", RULESETS)) as address:
        result = chuan("ruleset", "retire", "a.b@1.0.0", "--reason", "r", "--server", address)
    assert (result.exit_code, "(--as)" in result.stderr) == (2, True), result.output
