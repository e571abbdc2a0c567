"""`chuan ruleset test` as an author meets it: what it prints, its exit codes, its forms, goldens, and git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from clients.cli import app
from engine.ruleset import load, load_cases
from engine.testing import run_cases

DATA = Path(__file__).parents[1] / "data" / "testing"
WRONG = "expect: {outcome: not_completed, notes: [look_again]"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["ruleset", "test", *map(str, arguments), "--lang", "en"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("teachers.yaml", "teachers.cases.yaml"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def spoil(folder: Path) -> None:
    edit(folder / "teachers.cases.yaml", WRONG, "expect: {outcome: completed, notes: [look_again]")


def test_cases_that_are_as_expected(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("example.teachers 1.0.0: 11 cases, all as expected")
    assert len(result.stdout.splitlines()) == 1


def test_a_case_that_is_not_as_expected_is_told_in_words_with_its_place(folder: Path) -> None:
    spoil(folder)
    result = run(folder / "teachers.yaml")
    assert result.exit_code == 4
    lines = result.stdout.splitlines()
    assert lines[0].startswith("example.teachers 1.0.0: 1 of 11 cases not as expected")
    assert lines[1] == f"✗ {folder / 'teachers.cases.yaml'}:46  disciplined"
    assert lines[2] == "    Outcome: expected completed (Completed), found not_completed (Not completed)."
    assert lines[3] == "      │ Proposed rating: Not completed."


def test_vietnamese_is_the_default(folder: Path) -> None:
    spoil(folder)
    stdout = CliRunner().invoke(app, ["ruleset", "test", str(folder), "--coverage"]).stdout
    assert "1/11 trường hợp sai" in stdout
    assert "Kết quả: mong đợi completed (Hoàn thành nhiệm vụ), thực tế là not_completed" in stdout
    assert "Độ phủ 97,4%: kết quả tiêu chí 20/20 (100%), dòng của bảng 4/4 (100%)" in stdout
    assert "Mức not_completed (Không hoàn thành nhiệm vụ): không trường hợp nào mong đợi" in stdout


def test_coverage_tells_what_no_case_shows_with_its_line(folder: Path) -> None:
    assert "Coverage 100%: findings 20/20 (100%)" in run(folder, "--coverage").stdout
    (folder / "teachers.cases.yaml").unlink()
    result = run(folder, "--coverage")
    assert result.exit_code == 0
    assert "no cases" in result.stdout
    assert f"{folder / 'teachers.yaml'}:50  Table absences_allowed: no case uses row 1." in result.stdout


def test_coverage_may_be_asked_for(folder: Path) -> None:
    assert run(folder, "--at-least", "100").exit_code == 0
    edit(folder / "teachers.cases.yaml", "half_given: unmet", "half_given: unmet, not_disciplined: met")
    edit(folder / "teachers.cases.yaml", ", findings: {lessons_given: unmet}}", "}")
    result = run(folder, "--at-least", "97.5")
    assert result.exit_code == 4
    assert "example.teachers 1.0.0: coverage 97.4%, and at least 97.5 % is asked for." in result.stdout
    assert run(folder, "--at-least", "97.4").exit_code == 0


def test_json_is_the_data_of_the_engine(folder: Path) -> None:
    spoil(folder)
    result = run(folder, "--format", "json")
    assert result.exit_code == 4
    path, cases = folder / "teachers.yaml", folder / "teachers.cases.yaml"
    ruleset = load(path)
    report = run_cases(ruleset, {str(cases): load_cases(cases, ruleset)}, file=str(path))
    assert json.loads(result.stdout) == {"rulesets": [report.data], "problems": [], "lacking": []}


def test_junit_has_a_test_for_each_case(folder: Path) -> None:
    spoil(folder)
    (folder / "wrong.yaml").write_text("ruleset: x\n", "utf-8")
    result = run(folder, "--format", "junit", "--at-least", "99")
    assert result.exit_code == 2
    root = ET.fromstring(result.stdout)  # noqa: S314 - our own output
    suites = {suite.get("name"): suite for suite in root}
    suite = suites["example.teachers 1.0.0"]
    assert (suite.get("tests"), suite.get("failures")) == ("11", "1")
    (failed,) = [case for case in suite if len(case)]
    assert (failed.get("name"), failed.get("line")) == ("disciplined", "46")
    assert (failed[0].get("message") or "").startswith("Outcome: expected completed")
    assert all(case[0].tag == "error" for case in suites["files"])
    assert suites["coverage"].get("failures") == "1"


def test_a_file_that_is_wrong_is_told_and_the_others_are_tested(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("ruleset: x\nversion: one\n", "utf-8")
    result = run(folder)
    assert result.exit_code == 2
    assert "11 cases, all as expected" in result.stdout
    assert f'{folder / "wrong.yaml"}:2:10: "one" is not a version.' in result.stderr


def test_cases_of_another_version_are_refused(folder: Path) -> None:
    edit(folder / "teachers.cases.yaml", "version: 1.0.0", "version: 1.0.1")
    result = run(folder)
    assert result.exit_code == 2
    assert "This is of example.teachers 1.0.1, and not of example.teachers 1.0.0." in result.stderr


def test_a_path_that_is_not_there(folder: Path) -> None:
    (folder / "empty").mkdir()
    for path, words in (("none.yaml", "no such ruleset file"), ("empty", "no ruleset in this folder")):
        result = run(folder / path)
        assert result.exit_code == 2
        assert words in result.stderr


def test_a_golden_is_kept_and_renewed(folder: Path) -> None:
    kept = folder / "teachers.goldens.json"
    assert run(folder, "--golden", "less than half given").exit_code == 0
    assert json.loads(kept.read_text("utf-8"))["goldens"].keys() == {"less than half given"}
    edit(folder / "teachers.yaml", "Less than half of the lessons were given.", "Under half.")
    result = run(folder)
    assert result.exit_code == 4
    assert "Not as in the golden at explanation.en[8]" in result.stdout
    assert run(folder, "--renew").exit_code == 0
    assert "Under half." in kept.read_text("utf-8")
    # A case that is gone takes its golden with it, when asked to.
    edit(folder / "teachers.cases.yaml", "name: less than half given", "name: under half")
    assert "no case named “less than half given”" in run(folder).stdout
    assert run(folder, "--renew").exit_code == 0
    assert not kept.exists()


def test_a_golden_of_no_case(folder: Path) -> None:
    result = run(folder, "--golden", "no such case")
    assert result.exit_code == 2
    assert "there is no case named 'no such case'" in result.stderr


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_only_what_changed_since_a_revision(folder: Path) -> None:
    def git(*arguments: str) -> None:
        program = shutil.which("git")
        assert program is not None
        identity = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
        subprocess.run([program, "-C", str(folder), *identity, *arguments], check=True)  # noqa: S603 - our own

    other = (folder / "teachers.yaml").read_text("utf-8").replace("example.teachers", "example.others")
    (folder / "others.yaml").write_text(other, "utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    unchanged = run(folder, "--changed-since", "HEAD")
    assert (unchanged.stdout, unchanged.exit_code) == ("", 0)
    assert "HEAD" in unchanged.stderr
    edit(folder / "teachers.cases.yaml", "name: disciplined", "name: was disciplined")
    changed = run(folder, "--changed-since", "HEAD")
    assert changed.exit_code == 0
    assert "example.teachers" in changed.stdout
    assert "example.others" not in changed.stdout
    shutil.copy(folder / "others.yaml", folder / "new.yaml")
    assert "new.yaml" in run(folder, "--changed-since", "HEAD").stdout
    result = run(folder, "--changed-since", "nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("git: ")
    assert run(folder, "--changed-since", "--output=x").exit_code == 2
    assert not (folder / "x").exists()
