"""The configuration: which of several places counts, and what is said of one that cannot be used."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from clients.cli import app
from server.config import ConfigError, Settings, load, parse_changes
from tools.configuration import PAGE, page

DATA = Path(__file__).parent.parent / "data" / "config"
WRONG = YAML(typ="safe", pure=True).load(DATA / "wrong.yaml")


def written(folder: Path, text: str) -> Path:
    file = folder / "chuan.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_what_is_wrong_is_told_with_its_place(case: Mapping[str, Any], tmp_path: Path) -> None:
    file = written(tmp_path, case["file"]) if "file" in case else None
    with pytest.raises(ConfigError) as caught:
        load(file, case.get("environment"), case.get("options"))
    told = "\n".join(caught.value.problems).replace(f"{tmp_path}/", "")
    for words in case["says"]:
        assert words in told
    assert "pydantic" not in told


def test_what_is_nearer_counts(tmp_path: Path) -> None:
    file = written(tmp_path, "[listen]\nport = 1\nhost = '::1'\n[workers]\ncount = 2\ndrain_seconds = 3\n")
    environment = {"CHUAN_LISTEN__PORT": "2", "CHUAN_WORKERS__COUNT": "4", "HOME": "/"}
    loaded = load(file, environment, {"listen": {"port": 3}})
    settings = loaded.settings
    assert (settings.listen.port, settings.workers.count) == (3, 4)
    assert (settings.listen.host, settings.workers.drain_seconds) == ("::1", 3)
    assert settings.limits == Settings().limits
    assert {".".join(path): place for path, place in loaded.origins.items()} == {
        "listen.port": "option listen.port",
        "workers.count": "CHUAN_WORKERS__COUNT",
        "listen.host": f"{file}:3",
        "workers.drain_seconds": f"{file}:6",
    }


def test_short_names_of_the_environment_count_as_long_ones() -> None:
    names = {"STORE": "a.sqlite3", "RULESETS": "folder", "HOST": "::1", "PORT": "9", "DRAIN_SECONDS": "0.5"}
    settings = load(environment={f"CHUAN_{name}": value for name, value in names.items()}).settings
    assert settings.store.location == "a.sqlite3"
    assert settings.store.rulesets == Path("folder")
    assert settings.listen.host == "::1"
    assert (settings.listen.port, settings.workers.drain_seconds) == (9, 0.5)


def test_what_is_not_ours_in_the_environment_is_left_alone() -> None:
    assert load(environment={"CHUAN_API_KEY": "x", "PATH": "/bin", "OTHER__PORT": "1"}).settings == Settings()


def test_a_server_made_in_a_program_does_not_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUAN_LISTEN__PORT", "2")
    assert Settings().listen.port == 50_061


def test_any_setting_can_be_set_on_the_command_line() -> None:
    assert parse_changes(["workers.count=2", "limits.record_depth=3", "workers.drain_seconds=1=2"]) == {
        "workers": {"count": "2", "drain_seconds": "1=2"},
        "limits": {"record_depth": "3"},
    }
    assert parse_changes(["security.tls.key=a", "security.tls.certificate=b"]) == {
        "security": {"tls": {"key": "a", "certificate": "b"}}
    }
    for wrong in ("workers", "workers=2", "workers.count"):
        with pytest.raises(ConfigError, match=r"write SECTION\.NAME=VALUE"):
            parse_changes([wrong])


def test_a_setting_is_no_section() -> None:
    with pytest.raises(ConfigError, match=r"--set workers\.count\.more"):
        parse_changes(["workers.count=2", "workers.count.more=3"])


def test_the_command_checks_a_file(tmp_path: Path) -> None:
    runner = CliRunner()
    good = written(tmp_path, "[listen]\nport = 1\n")
    result = runner.invoke(app, ["config", "check", str(good)])
    assert (result.exit_code, result.stdout) == (0, f"{good}: 1 setting, all right\n")
    good.write_text("[listen]\nprot = 1\n")
    result = runner.invoke(app, ["config", "check", str(good)])
    assert result.exit_code == 2
    assert f"{good}:2: there is no setting 'listen.prot'" in result.stderr
    result = runner.invoke(app, ["config", "check", str(tmp_path / "none.toml")])
    assert result.exit_code == 2
    assert "none.toml: cannot be read: No such file" in result.stderr


def test_a_server_refuses_a_wrong_configuration(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", "--config", str(written(tmp_path, "[nothing]\n"))])
    assert result.exit_code == 2
    assert "there is no section 'nothing'" in result.stderr


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    file = written(tmp_path, '[store]\nlocation = "tên \\"x\\".sqlite3"\n[limits]\ncalls_a_second = 2.5\n')
    shown = CliRunner().invoke(app, ["config", "show", "--config", str(file)], env={"CHUAN_PORT": "7"}).stdout
    assert f'location = "tên \\"x\\".sqlite3"  # {file}:2' in shown
    assert "port = 7  # CHUAN_PORT" in shown
    assert 'host = "127.0.0.1"  # default' in shown
    tomllib.loads(shown)
    again = tmp_path / "again.toml"
    again.write_text(shown, "utf-8")
    expected = load(file, {"CHUAN_PORT": "7"}).settings
    assert load(again).settings == expected


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    file = written(tmp_path, '[store]\nlocation = "postgresql://chuan:CANARY-1@db/chuan"\n')
    shown = CliRunner().invoke(app, ["config", "show", "--config", str(file)]).stdout
    assert "postgresql://chuan@db/chuan" in shown
    assert 'password = "**********"' in shown
    file = written(
        tmp_path, '[store]\nlocation = "postgresql://chuan@db/chuan"\npassword = "CANARY-2"\nzzz = 1\n'
    )
    told = CliRunner().invoke(app, ["config", "check", str(file)])
    assert told.exit_code == 2
    assert "CANARY" not in shown + told.output


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tools.configuration"
