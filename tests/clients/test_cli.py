"""The `chuan` command as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clients.cli import app

ROOT = Path(__file__).parent.parent.parent
RECORDS = ROOT / "examples" / "records"
EMPLOYEE = "vn.nd90.public-employee"


def chuan(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def test_a_verdict_in_vietnamese_is_the_default() -> None:
    result = chuan("evaluate", EMPLOYEE, RECORDS / "01-excellent.json")
    assert result.exit_code == 0
    assert result.stdout.startswith("Đề xuất xếp loại: Hoàn thành xuất sắc nhiệm vụ.\n")
    assert "cấp có thẩm quyền quyết định" in result.stdout.splitlines()[-1]


def test_three_lines_at_most() -> None:
    result = chuan(
        "evaluate", EMPLOYEE, RECORDS / "09-not-rated-under-six-months.json", "--lang", "en", "--short"
    )
    lines = result.stdout.splitlines()
    assert lines[0] == "Not rated."
    assert len(lines) <= 3
    assert "under six" in lines[1]
    assert "review the time worked" in lines[2]


def test_json_is_canonical() -> None:
    result = chuan("evaluate", EMPLOYEE, RECORDS / "02-good.json", "--format", "json")
    data = json.loads(result.stdout)
    assert data["status"] == "decided"
    assert data["outcome"] == "good"
    assert data["ruleset"]["chosen_by"] == "date"
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert result.stdout == text


def test_the_date_decides_the_version() -> None:
    record = RECORDS / "01-excellent.json"
    versions = [
        json.loads(chuan("evaluate", EMPLOYEE, record, "--on", day, "--format", "json").stdout)["ruleset"][
            "version"
        ]
        for day in ("2023-09-14", "2023-09-15")
    ]
    assert versions == ["1.0.0", "2.0.0"]
    named = chuan("evaluate", f"{EMPLOYEE}@1.0.0", record, "--format", "json")
    assert json.loads(named.stdout)["ruleset"]["version"] == "1.0.0"


def test_the_record_may_choose_the_ruleset() -> None:
    facts = json.dumps({"subject": {"group": "public_employee", "is_leader": True}})
    result = chuan("evaluate", "auto", "-", "--on", "2024-12-31", "--format", "json", stdin=facts)
    chosen = json.loads(result.stdout)["ruleset"]
    assert (chosen["id"], chosen["chosen_by"]) == ("vn.nd90.public-employee.manager", "selector")
    none = chuan("evaluate", "auto", "-", "--on", "2024-12-31", stdin="{}")
    assert none.exit_code == 2
    assert "cannot tell without subject.group" in none.stderr


def test_the_rules_as_they_were_known(tmp_path: Path) -> None:
    text = (ROOT / "rulesets/vn/nd90/public-employee/2.0.0.yaml").read_text(encoding="utf-8")
    (tmp_path / "2.0.0.yaml").write_text(f"published: 2023-08-01T08:00:00+07:00\n{text}", encoding="utf-8")

    def known_at(moment: str) -> Result:
        arguments = (EMPLOYEE, "-", "--on", "2024-12-31", "--rulesets", tmp_path, "--as-known-at", moment)
        return chuan("evaluate", *arguments, stdin="{}")

    assert known_at("2023-08-02T12:00").exit_code == 0
    too_early = known_at("2023-07-01T12:00")
    assert too_early.exit_code == 2
    assert "2023-08-01" in too_early.stderr, too_early.stderr
    assert "write it YYYY-MM-DDTHH:MM" in known_at("soon").stderr


def test_a_ruleset_file_and_a_record_from_standard_input() -> None:
    file = ROOT / "rulesets/vn/nd90/public-employee/2.0.0.yaml"
    result = chuan("evaluate", file, "-", "--lang", "en", "--on", "2024-12-31", stdin='{"months_worked": 5}')
    assert result.exit_code == 0
    first = result.stdout.splitlines()[0]
    assert "The rating cannot be determined yet" in first
    assert "not rated" in first


def test_a_record_with_three_bad_fields_names_all_three() -> None:
    result = chuan("evaluate", EMPLOYEE, RECORDS / "16-three-bad-fields.json", "--lang", "en")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert [line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]] == [
        "months_worked",
        "degradation",
        "discipline[0].decided_on",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evaluate", "vn.nd90.public-employe", "-"), "vn.nd90.public-employee"),
        (("evaluate", f"{EMPLOYEE}@9.9.9", "-"), "2.0.0"),
        (("evaluate", EMPLOYEE, "-", "--on", "2019-01-01"), "2020-08-20"),
        (("evaluate", EMPLOYEE, "-", "--on", "31/12/2024"), "write it YYYY-MM-DD"),
        (("evaluate", "nothing.yaml", "-"), "nothing.yaml: No such file"),
        (("evaluate", EMPLOYEE, "nothing.json"), "nothing.json: No such file"),
        (("ruleset", "show", "vn.nd90"), "did you mean vn.nd90."),
        (("evaluate", EMPLOYEE, "-", "--server", "127.0.0.1:1", "--on", "2024-12-31"), "127.0.0.1:1"),
    ],
)
def test_what_is_wrong_is_said_on_standard_error(arguments: tuple[str, ...], said: str) -> None:
    result = chuan(*arguments, stdin="{}")
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_record_that_is_not_json() -> None:
    result = chuan("evaluate", EMPLOYEE, "-", stdin='{"months_worked": 5,}')
    assert result.exit_code == 2
    assert "-: line 1, column 21: not JSON" in result.stderr


def test_a_wrong_ruleset_file_shows_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("ruleset: x\nversion: one\n")
    result = chuan("evaluate", file, "-", stdin="{}")
    assert result.exit_code == 2
    assert "wrong.yaml:2:" in result.stderr


def test_the_list_of_rulesets() -> None:
    text = chuan("ruleset", "list", "--lang", "en")
    assert text.exit_code == 0
    assert EMPLOYEE in text.stdout
    listed = json.loads(chuan("ruleset", "list", "--format", "json").stdout)
    assert {(each["id"], each["version"]) for each in listed} >= {(EMPLOYEE, "1.0.0"), (EMPLOYEE, "2.0.0")}
    assert all(len(each["digest"]) == 64 for each in listed)


def test_a_ruleset_is_shown_in_three_ways() -> None:
    shown = chuan("ruleset", "show", EMPLOYEE, "--on", "2024-12-31", "--lang", "en")
    assert "served_six_months: worked six months or more" in shown.stdout
    assert "Article 2(3) of Decree No. 90/2020/ND-CP" in shown.stdout

    parts = json.loads(chuan("ruleset", "show", f"{EMPLOYEE}@2.0.0", "--format", "json").stdout)
    assert parts["criteria"]["served_six_months"]["holds"] == "months_worked >= 6 or maternity_leave"

    source = chuan("ruleset", "show", f"{EMPLOYEE}@2.0.0", "--format", "yaml").stdout
    assert source == (ROOT / "rulesets/vn/nd90/public-employee/2.0.0.yaml").read_text(encoding="utf-8")


def test_a_command_of_a_client_reads_nothing_of_the_service() -> None:
    code = "import sys, clients.cli; sys.exit(any(name in sys.modules for name in ('server', 'sqlalchemy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
