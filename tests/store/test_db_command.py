"""`chuan db`: a store is checked and moved forward from the command line, and its password stays unsaid."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from postgres import Postgres
from typer.testing import CliRunner, Result

from clients.cli import app

STORES = Path(__file__).parent.parent / "data" / "server" / "stores"


def run(*arguments: str, group: Sequence[str] = ("db",)) -> Result:
    return CliRunner().invoke(app, [*group, *arguments])


@pytest.mark.parametrize("new_name", [True, False])
def test_an_older_store_is_refused_and_then_moved_forward(tmp_path: Path, new_name: bool) -> None:
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path) as file:
        file.executescript((STORES / "0003.sql").read_text(encoding="utf-8"))
    file.close()
    refused = run("check", "--store", str(path))
    assert refused.exit_code == 1
    assert "has schema 0003" in refused.stderr
    assert "chuan db upgrade" in refused.stderr
    moved = run("upgrade", "--store", str(path)) if new_name else run("upgrade-store", str(path), group=())
    assert moved.exit_code == 0, moved.stderr
    assert f"{path} had schema 0003, and has schema" in moved.stdout
    assert run("check", "--store", str(path)).exit_code == 0
    assert run("upgrade", "--store", str(path)).exit_code == 0


def test_an_empty_database_is_said_to_be_empty_and_stays_so(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.database() as url:
        monkeypatch.setenv("CHUAN_STORE", url)
        for _ in range(2):
            checked = run("check")
            assert checked.exit_code == 1
            assert "is empty" in checked.stderr
        made = run("upgrade")
        assert made.exit_code == 0, made.stderr
        assert "was empty" in made.stdout
        assert run("check").exit_code == 0


def test_a_password_is_not_said(tmp_path: Path) -> None:
    for command in ("check", "upgrade"):
        said = run(command, "--store", f"postgresql://lan:CANARY@/d?host={tmp_path}")
        assert said.exit_code == 1
        assert "not available" in said.stderr
        assert "CANARY" not in said.output


def test_a_location_that_is_none_is_refused() -> None:
    said = run("check", "--store", "mysql://h/d")
    assert said.exit_code == 1
    assert "postgresql://" in said.stderr
