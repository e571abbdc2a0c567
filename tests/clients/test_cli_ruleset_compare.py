"""`chuan ruleset compare` as an author meets it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clients.cli import app
from engine.comparison import compare
from engine.ruleset import load

DATA = Path(__file__).parents[1] / "data" / "testing"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["ruleset", "compare", *map(str, arguments)])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "changed.yaml"
    text = (DATA / "teachers.yaml").read_text("utf-8")
    path.write_text(text.replace("months_worked >= 6", "months_worked >= 3"), "utf-8")
    return path


def test_two_files(changed: Path) -> None:
    result = run(DATA / "teachers.yaml", changed, "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "example.teachers 1.0.0 → 1.0.0  Changes of the rules: 1.",
        "~ Criterion served_six_months (worked six months or more), holds where: was `months_worked >= 6`, "
        "now `months_worked >= 3`. What differs: was `6`, now `3`.",
    ]
    assert "Số thay đổi về quy tắc: 1." in run(DATA / "teachers.yaml", changed).stdout


def test_versions_of_the_catalogue_as_data() -> None:
    result = run("vn.nd90.public-employee@1.0.0", "vn.nd90.public-employee@2.0.0", "--format", "json")
    folder = Path(__file__).parents[2] / "rulesets" / "vn" / "nd90" / "public-employee"
    expected = compare(load(folder / "1.0.0.yaml"), load(folder / "2.0.0.yaml")).data
    assert json.loads(result.stdout) == expected


def test_what_is_not_there(changed: Path) -> None:
    for old in ("none.yaml", "no.such.id@1.0.0", f"nowhere:{changed}"):
        result = run(old, changed)
        assert result.exit_code == 2
        assert result.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_file_as_of_a_revision(changed: Path) -> None:
    def git(*arguments: str) -> None:
        program = shutil.which("git")
        assert program is not None
        identity = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
        subprocess.run([program, "-C", str(changed.parent), *identity, *arguments], check=True)  # noqa: S603 - our own

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    text = changed.read_text("utf-8")
    changed.write_text(text.replace("en: Completed}", "en: Tasks completed}"), "utf-8")
    result = run(f"HEAD:{changed}", changed, "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout == (
        "example.teachers 1.0.0 → 1.0.0  Nothing changed but text: the rules are the same.\n"
    )
    elsewhere = changed.parent.parent / "elsewhere"
    elsewhere.symlink_to(changed.parent, target_is_directory=True)
    assert run(f"HEAD:{elsewhere / changed.name}", changed).exit_code == 0
    changed.write_text(f"{text}x: 1\n", "utf-8")
    git("commit", "-q", "-a", "-m", "second")
    assert "is not known in a ruleset" in run(f"HEAD:{changed}", changed).stderr
    assert run(f"HEAD:{changed.parent / 'none.yaml'}", changed).exit_code == 2
