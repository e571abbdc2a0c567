"""An older store is encrypted where it stands, and keys are wrapped by another master key, while servers run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner, Result
from vaulted import CANARY, append, chain_is_whole, entry, new_eraser, new_vault, read

from clients.cli import app
from server.personal import Vault, upkeep
from server.personal.masters import MasterKeys
from server.personal.upkeep import encrypt_plain, wrap_anew
from server.store import MasterKeyError, open_database, tables
from server.store.database import reading

RUN = CliRunner()


def test_what_an_older_store_keeps_as_it_is_is_encrypted(
    database: Engine, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    old = [entry(1, "a"), entry(2), entry(3, "a"), entry(4, "b"), entry(5, "c")]
    append(database, None, old)
    append(database, vault, [entry(6, "b")])
    new_eraser(database).erase("c", ("",), actor="officer", reason="r")
    told: list[int] = []
    assert encrypt_plain(database, vault, told.append) == 4
    assert told == [2, 4]
    assert encrypt_plain(database, vault, told.append) == 0
    assert [read(database, new_vault(), each.decision_id) for each in old[:4]] == old[:4]
    with reading(database) as connection:
        kept = connection.execute(select(tables.decisions.c.key_id, tables.decisions.c.salt)).all()
        assert chain_is_whole(connection)
    assert [(row.key_id, row.salt) for row in sorted(kept, key=lambda row: row.key_id or 0)] == [
        (None, b""),
        (1, b""),
        (1, b""),
        (2, b""),
        (6, b""),
        (6, b""),
    ]


def test_nothing_of_what_was_kept_as_it_is_stays_in_the_file(
    in_file: Engine, vault: Vault, path: Path
) -> None:
    append(in_file, None, [entry(number, "a") for number in range(20)])
    encrypt_plain(in_file, vault, lambda _done: None)
    for each in path.parent.glob(f"{path.name}*"):
        assert CANARY.encode() not in each.read_bytes()


def test_keys_are_wrapped_by_another_master_key(
    database: Engine, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    logged = [entry(number, f"s{number}") for number in range(5)]
    append(database, Vault(MasterKeys(), os.urandom), logged[:2])
    append(database, vault, logged[2:])
    both = new_vault(b"n" * 32, b"m" * 32)
    append(database, both, [entry(9, "s9")])
    assert wrap_anew(database, both, lambda _done: None) == 5
    assert wrap_anew(database, both, lambda _done: None) == 0
    alone = new_vault(b"n" * 32)
    assert [read(database, alone, each.decision_id) for each in logged] == logged
    with pytest.raises(MasterKeyError, match="not at hand"):
        read(database, vault, "decision-0")
    with pytest.raises(MasterKeyError):
        wrap_anew(database, new_vault(b"o" * 32), lambda _done: None)


def test_the_commands_make_a_key_encrypt_and_rotate(location: str, tmp_path: Path) -> None:
    keys = tmp_path / "master.key"
    environment = {"CHUAN_STORE": location, "CHUAN_PERSONAL__MASTER_KEY_FILE": str(keys)}
    database = open_database(location)

    def run(*words: str) -> Result:
        return RUN.invoke(app, ["personal", *words], env=environment)

    assert "no such file" in run("encrypt").output.lower()
    assert RUN.invoke(app, ["db", "upgrade"], env=environment).exit_code == 0
    append(database, None, [entry(1, "a"), entry(2, "b")])

    made = run("key", str(keys))
    assert (made.exit_code, "begins with master key" in made.output) == (0, True)
    encrypted = run("encrypt")
    assert (encrypted.exit_code, encrypted.stdout) == (0, "2 decisions encrypted\n")
    assert run("key", str(keys)).exit_code == 0
    rotated = run("rewrap")
    assert (rotated.exit_code, rotated.stdout.startswith("2 keys wrapped by master key ")) == (0, True)
    keys.write_text(keys.read_text().splitlines()[0])
    assert run("rewrap").stdout.startswith("0 keys")
    masters = MasterKeys.read(keys)
    assert read(database, Vault(masters, os.urandom), "decision-1") == entry(1, "a")

    keys.write_text("not a key")
    for command in ("encrypt", "rewrap"):
        refused = run(command)
        assert (refused.exit_code, "master.key:1" in refused.output) == (1, True)
    assert run("key", str(keys)).exit_code == 1
    database.dispose()


def test_without_a_master_key_there_is_nothing_to_wrap_by(location: str) -> None:
    RUN.invoke(app, ["db", "upgrade"], env={"CHUAN_STORE": location})
    refused = RUN.invoke(app, ["personal", "rewrap"], env={"CHUAN_STORE": location})
    assert (refused.exit_code, "master_key_file" in refused.output) == (2, True)


def test_periods_are_shown_as_they_are_written_and_from_where(tmp_path: Path) -> None:
    file = tmp_path / "chuan.toml"
    file.write_text('[retention.periods]\n"vn.*" = "P10Y"\n')
    shown = RUN.invoke(app, ["config", "show", "--config", str(file)]).stdout
    assert f'periods = {{"vn.*" = "P10Y"}}  # {file}:' in shown
