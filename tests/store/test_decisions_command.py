"""`chuan decisions`: listed, shown, exported and verified from the command line, with and without a server."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from serving import serving, settings_for
from typer.testing import CliRunner, Result

from clients.cli import app
from clients.client import Client
from server.store.settings import StoreSettings

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["decisions", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("decisions")


@pytest.fixture(scope="module")
def key(folder: Path) -> Path:
    path = folder / "log.key"
    made = run("make-key", path)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path


@pytest.fixture(scope="module")
def config(folder: Path, key: Path) -> Path:
    path = folder / "chuan.toml"
    path.write_text(f'[store]\nlocation = "{folder / "store.sqlite3"}"\nsigning_key_file = "{key}"\n')
    return path


@pytest.fixture(scope="module")
def server(folder: Path, key: Path) -> Iterator[str]:
    location = folder / "store.sqlite3"
    store = StoreSettings(location=str(location), rulesets=RULESETS, signing_key_file=key, checkpoint_every=2)
    with serving(settings_for(location, store=store)) as address:
        with Client(address, actor="lan") as client:
            for number in range(5):
                client.evaluate(
                    "test.rating",
                    {"months": number},
                    evaluated_on=DAY,
                    subject_ref=f"mã-{number}",
                    organisation="vn/ha-noi" if number % 2 else "",
                )
        yield address


@pytest.fixture(scope="module")
def file(folder: Path, server: str) -> Path:
    path = folder / "all.jsonl"
    exported = run("export", path, "--server", server)
    assert exported.exit_code == 0, exported.output
    return path


def test_decisions_are_listed_as_text_and_as_data(server: str) -> None:
    text = run("list", "--server", server, "--limit", "2")
    assert text.exit_code == 0
    assert [line.split()[0] for line in text.stdout.splitlines()] == ["5", "4"]
    assert "test.rating@2.0.0" in text.stdout
    data = json.loads(run("list", "--server", server, "--within", "vn", "--format", "json").stdout)
    assert [(each["position"], each["subject_ref"]) for each in data] == [(4, "mã-3"), (2, "mã-1")]
    assert {each["organisation"] for each in data} == {"vn/ha-noi"}
    assert run("list", "--server", server, "--until", "2020-01-01T00:00").stdout == ""


def test_a_wrong_filter_is_refused(server: str) -> None:
    said = run("list", "--server", server, "--status", "good")
    assert said.exit_code == 2
    assert "undetermined" in said.stderr


def test_a_decision_is_shown_and_replayed(server: str) -> None:
    (listed,) = json.loads(run("list", "--server", server, "--subject", "mã-2", "--format", "json").stdout)
    shown = json.loads(run("show", listed["decision_id"], "--server", server).stdout)
    assert shown["record"] == {"months": 2}
    assert shown["verdict"]["status"] == listed["status"]
    assert (shown["caller"], shown["position"]) == ("lan", 3)
    replayed = run("replay", listed["decision_id"], "--server", server)
    assert replayed.exit_code == 0
    assert shown["verdict_digest"] in replayed.stdout
    assert run("show", "none", "--server", server).exit_code == 2


def test_an_export_is_private_and_verifies_without_the_service(file: Path, key: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    verified = run("verify", file, "--public-key", f"{key}.pub")
    assert verified.exit_code == 0, verified.output
    assert "whole: 5 entries up to 5, 2 checkpoints, signed by" in verified.stdout
    assert "whose signature nobody has checked" in run("verify", file).stdout


def test_an_export_that_was_tampered_with_is_not_whole(file: Path, folder: Path, key: Path) -> None:
    other = folder / "other.jsonl"
    other.write_bytes(file.read_bytes().replace('"mã-2"'.encode(), '"mã-7"'.encode()))
    said = run("verify", other, "--public-key", f"{key}.pub")
    assert said.exit_code == 4
    assert "record_changed: the record of entry 3, or whom it is about" in said.stderr
    assert "mã-" not in said.stderr
    other.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:3]))
    assert "cut off" in run("verify", other).stderr


def test_an_export_is_not_written_over(file: Path, server: str) -> None:
    before = file.read_bytes()
    said = run("export", file, "--server", server)
    assert said.exit_code == 2
    assert "exists" in said.stderr
    assert file.read_bytes() == before


def test_the_log_is_verified_by_the_server_and_beside_it(server: str, config: Path) -> None:
    for told in (run("verify-log", "--server", server), run("verify", "--config", config)):
        assert told.exit_code == 0, told.output
        assert "whole: " in told.stdout


def test_a_checkpoint_that_was_kept_finds_what_is_missing(
    server: str, config: Path, file: Path, folder: Path, key: Path
) -> None:
    with Client(server) as client:
        client.evaluate("test.rating", {}, evaluated_on=DAY)
    signed = run("checkpoint", "--config", config)
    assert signed.exit_code == 0, signed.output
    kept = folder / "kept.jsonl"
    kept.write_text(signed.stdout)
    assert run("verify", "--config", config, "--checkpoints", kept).exit_code == 0
    said = run("verify", file, "--public-key", f"{key}.pub", "--checkpoints", kept)
    assert said.exit_code == 4
    assert "a checkpoint vouches for entry 6, and the log ends at 5" in said.stderr


def test_what_is_no_key_no_checkpoint_and_no_export_is_said(folder: Path, key: Path) -> None:
    letter = folder / "letter.txt"
    letter.write_text("a letter\n")
    for arguments, words in (
        (("verify", letter, "--public-key", letter), "holds no public key"),
        (("verify", letter, "--checkpoints", letter), "line 1 is no checkpoint"),
        (("verify", folder / "nothing"), "No such file"),
        (("make-key", key), "exists"),
        (("checkpoint", "--store", folder / "empty.sqlite3"), "no key signs the log"),
    ):
        said = run(*arguments)
        assert said.exit_code == 2, said.output
        assert words in said.stderr
    refused = run("verify", letter)
    assert refused.exit_code == 4
    assert "line 1 is not one of an export" in refused.stderr
