"""The commands on what followed a decision: `chuan decisions` for the authority, `chuan subject` for the person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from serving import serving, settings_for
from typer.testing import CliRunner, Result

from clients.cli import app
from clients.client import Client
from server.authority.settings import AppealSettings
from server.personal.period import CalendarPeriod
from server.personal.settings import RetentionSettings

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
GOOD = {
    "group": "staff",
    "months": Decimal(12),
    "tasks": {"total": 2, "done": 2},
    "acts": [],
    "remark": "Tốt <b>",
}
ORDER = ("--document", "12/QĐ", "--dated", "2025-01-06", "--signed-by", "Trần Thị B")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = settings_for(
        tmp_path_factory.mktemp("cli") / "store.sqlite3",
        RULESETS,
        appeals=AppealSettings(holidays=frozenset({date(2025, 1, 1)})),
        retention=RetentionSettings(periods={"test.rating": CalendarPeriod.parse("P10Y")}),
    )
    with serving(settings) as listening_on:
        yield listening_on


def judge(address: str, subject: str = "") -> str:
    with Client(address) as client:
        return client.evaluate(
            "test.rating", GOOD, evaluated_on=date(2024, 12, 31), subject_ref=subject
        ).decision_id


def run(address: str, *words: str, stdin: str | None = None) -> Result:
    environment = {"CHUAN_SERVER": address, "CHUAN_ACTOR": "officer"}
    return CliRunner().invoke(app, list(words), env=environment, input=stdin)


def test_what_the_authority_decides_is_told_step_by_step(address: str) -> None:
    id_ = judge(address)
    none = run(address, "decisions", "standing", id_, "--lang", "en")
    assert none.output == "Proposed by the verdict: high\nThe authority has not decided.\n"
    confirmed = run(address, "decisions", "confirm", id_, *ORDER, "--lang", "en")
    (number,) = re.findall(r"#(\d+) confirmed: high", confirmed.output)
    assert "12/QĐ of 2025-01-06, signed by Trần Thị B; announced on 2025-01-06 (stands)" in confirmed.output
    conflict = run(address, "decisions", "change", id_, "low", "--reason", "r", *ORDER)
    assert (conflict.exit_code, f"record {number} stands" in conflict.output) == (2, True)
    changed = run(
        address,
        "decisions",
        "change",
        id_,
        "low",
        "--reason",
        "tập thể",
        "--supersedes",
        number,
        *ORDER,
        "--lang",
        "en",
    )
    assert "reason: tập thể\nIt differs from what the verdict proposed.\n" in changed.output

    filed = run(
        address, "decisions", "appeal", id_, "--filed-on", "2025-01-14", "--grounds", "thiếu", "--lang", "en"
    )
    assert "to be filed within 5 working days, by 2025-01-13 - LATE" in filed.output
    assert "to be answered within 10 working days, by 2025-01-28\n" in filed.output
    (appeal,) = re.findall(r"#(\d+) appeal filed on 2025-01-14", filed.output)
    answered = run(
        address,
        *("decisions", "answer", id_, appeal, "--rejected", "--reason", "không có căn cứ"),
        *("--document", "13/TB", "--dated", "2025-01-28", "--signed-by", "C", "--lang", "en"),
    )
    assert "answered on 2025-01-28: rejected, 13/TB of 2025-01-28, signed by C" in answered.output
    in_vietnamese = run(address, "decisions", "standing", id_)
    assert "thời hạn kiến nghị: 5 ngày làm việc, đến 2025-01-13 - QUÁ HẠN" in in_vietnamese.output
    data = json.loads(run(address, "decisions", "standing", id_, "--format", "json").stdout)
    assert (data["differs"], data["current"]["kind"], data["appeals"][0]["filing"]["late"]) == (
        True,
        "changed",
        True,
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("confirm", "never", *ORDER), 2, "no decision has this id"),
        (("change", "ID", "best", "--reason", "r", *ORDER), 2, "there are low, high, not_rated"),
        (("change", "ID", "low", "--reason", "", *ORDER), 2, "A reason is required"),
        (("appeal", "ID", "--filed-on", "14/1/2025", "--grounds", "g"), 2, "is no date"),
        (("appeal", "ID", "--filed-on", "2025-01-14", "--grounds", "g"), 2, "has not decided yet"),
    ],
)
def test_a_step_that_is_refused_says_why(address: str, words: tuple[str, ...], code: int, says: str) -> None:
    id_ = judge(address)
    refused = run(address, "decisions", *(id_ if word == "ID" else word for word in words))
    assert (refused.exit_code, says in refused.output) == (code, True)


def test_all_that_is_held_is_given_out_as_data_text_and_page(address: str, tmp_path: Path) -> None:
    id_ = judge(address, "person-7")
    run(address, "decisions", "change", id_, "low", "--reason", "lý do", *ORDER)
    lines = [json.loads(line) for line in run(address, "subject", "export", "person-7").stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["decision", "exported"]
    assert lines[0]["record"]["remark"] == "Tốt <b>"
    assert (lines[0]["verdict"]["outcome"], lines[0]["authority"]["current"]["outcome"]) == ("high", "low")
    assert "Xếp loại thử" in lines[0]["explanations"][0]

    text = run(address, "subject", "export", "person-7", "--format", "text", "--lang", "en").stdout
    for part in (
        "What is held on person-7",
        "Tốt <b>",
        "Test rating",
        "changed: low",
        "Given out to",
        "officer (1 decisions)",
    ):
        assert part in text

    file = tmp_path / "held.html"
    assert (
        run(address, "subject", "export", "person-7", "--format", "html", "--out", str(file)).exit_code == 0
    )
    assert file.stat().st_mode & 0o777 == 0o600
    again = run(address, "subject", "export", "person-7", "--out", str(file))
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    page = file.read_text(encoding="utf-8")
    assert "Tốt &lt;b&gt;" in page
    assert "http" not in page


def test_an_erasure_asks_for_the_reference_again(address: str) -> None:
    id_ = judge(address, "person-8")
    words = ("subject", "erase", "person-8", "--reason", "letter 5")
    other = run(address, *words, stdin="person-9\n")
    assert (other.exit_code, "nothing was erased" in other.output) == (2, True)
    assert run(address, *words, "--confirm", "person-9").exit_code == 2
    erased = run(address, *words, "--lang", "en", stdin="person-8\n")
    assert (erased.exit_code, "erased for good: 1 " in erased.output) == (0, True)
    with Client(address) as client:
        assert client.list_authority_decisions(judge(address)).proposed == "high"
    gone = run(address, "decisions", "standing", id_)
    assert (gone.exit_code, "was erased" in gone.output) == (2, True)
    nobody = run(address, "subject", "export", "person-8")
    assert (nobody.exit_code, "nothing is held" in nobody.output) == (2, True)


def test_what_is_kept_for_long_enough_is_counted(address: str) -> None:
    counted = run(address, "subject", "retain", "--lang", "en")
    assert re.fullmatch(
        r"test\.rating: 0 decisions logged before \d{4}-\d\d-\d\d were kept for P10Y; --apply erases them\.\n",
        counted.output,
    )
    erased = json.loads(run(address, "subject", "retain", "--apply", "--format", "json").stdout)
    assert [(each["ruleset_id"], each["period"]) for each in erased] == [("test.rating", "P10Y")]
