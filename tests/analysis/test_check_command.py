"""`chuan ruleset check`: exit codes, what it prints for people, and what for programs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from clients.cli import app
from engine.analysis import check

DATA = Path(__file__).parents[1] / "data" / "analysis" / "findings"
SHIPPED = DATA.parents[3] / "rulesets" / "vn" / "p96" / "confidence-vote" / "1.0.0.yaml"
BAD = DATA.parents[1] / "ruleset" / "bad"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["ruleset", "check", *map(str, arguments)])


@pytest.mark.parametrize(
    ("file", "options", "code"),
    [
        (DATA / "never-met.yaml", (), 4),
        (DATA / "unused-fact.yaml", (), 0),
        (DATA / "unused-fact.yaml", ("--fail-on", "warning"), 4),
        (BAD / "duplicate-key.yaml", (), 4),
        (DATA / "there-is-none.yaml", (), 2),
    ],
)
def test_exit_codes(file: Path, options: tuple[str, ...], code: int) -> None:
    assert run(file, *options).exit_code == code


def test_a_folder_without_rulesets_is_wrong_input(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 2


def test_a_file_that_is_not_text_is_told_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(b"title: \xff\xfe")
    result = run(path)
    assert result.exit_code == 2
    assert "UTF-8" in result.output


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"title: \xff\xfe")
    (tmp_path / "b.yaml").write_bytes((DATA / "never-met.yaml").read_bytes())
    (tmp_path / "b.cases.yaml").write_bytes(b"\xff")
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "never-met:" in result.stdout
    for name in ("a.yaml", "b.cases.yaml"):
        assert f"{name}: the file is not UTF-8 text" in result.stderr
    programs = run(tmp_path, "--format", "json")
    assert programs.exit_code == 2
    assert next(each["name"] for each in json.loads(programs.stdout)["findings"]) == "never-met"


def test_people_see_the_place_the_words_and_the_case() -> None:
    result = run(DATA / "table-gap.yaml", "--lang", "en")
    assert "table-gap.yaml:22:3: warning table-gap: No row of pace matches months 9." in result.output
    assert "    22 |   pace:" in result.output
    assert "    - name: no row of pace" in result.output
    assert "Rulesets: 1; errors: 0; warnings: 1; notes: 0." in result.output


def test_people_are_told_in_vietnamese_if_nothing_is_said() -> None:
    result = run(DATA / "table-gap.yaml")
    assert "cảnh báo table-gap: Không dòng nào của bảng pace khớp với months 9." in result.output


def test_programs_get_the_data_of_the_findings() -> None:
    path = DATA / "table-gap.yaml"
    result = run(path, "--format", "json", "--lang", "en")
    expected = check(path.read_text(encoding="utf-8"), str(path))
    assert json.loads(result.output) == {"findings": [finding.data("en") for finding in expected.findings]}


def test_files_of_a_folder_stand_beside_each_other(tmp_path: Path) -> None:
    for name in ("overlapping-versions.yaml", "overlapping-versions.beside.yaml"):
        (tmp_path / name).write_text((DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert run(tmp_path).output.count("overlapping-versions:") == 2


def test_what_stands_beside_is_not_checked_itself() -> None:
    beside = DATA / "overlapping-versions.beside.yaml"
    result = run(DATA / "overlapping-versions.yaml", "--beside", beside, "--lang", "en")
    assert result.exit_code == 4
    assert result.output.count("overlapping-versions:") == 1


def test_mistakes_in_the_cases_beside_a_ruleset_are_told(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text((DATA / "unused-fact.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    cases = "ruleset: example.unused-fact\nversion: 1.0.0\ncases:\n  - {name: odd, expect: {outcome: bad}}\n"
    path.with_name("draft.cases.yaml").write_text(cases, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 4
    assert "draft.cases.yaml:4:" in result.output


def test_junit_fails_where_the_exit_code_does() -> None:
    for options, failures in (((), 0), (("--fail-on", "warning"), 1)):
        suite = ET.fromstring(run(DATA / "unused-fact.yaml", "--format", "junit", *options).stdout)[0]  # noqa: S314 - ours
        assert int(suite.attrib["failures"]) == failures == len(suite.findall("testcase/failure"))
        assert [case.attrib["name"].split()[0] for case in suite.findall("testcase")] == ["unused-fact"]
    clean = ET.fromstring(run(SHIPPED, "--format", "junit").stdout)[0]  # noqa: S314 - ours
    assert (clean.attrib["tests"], clean.attrib["failures"]) == ("1", "0")
