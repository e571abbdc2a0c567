"""Scoring through a server: the same rows, and a server that is away, slow to come back or takes less at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from scoring import RULESET, chuan_score
from serving import serving, settings_for

from clients.client import Client, Explained, Question, ServiceError
from clients.score.judging import Asked, Here, Judged, There
from clients.score.problems import ScoreError
from engine import load, loads

DAY = date(2024, 12, 20)


@pytest.fixture
def address(tmp_path: Path) -> Iterable[str]:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    shutil.copy(RULESET, folder)
    with serving(settings_for(tmp_path / "store.sqlite3", folder)) as listening_on:
        yield listening_on


def test_a_server_gives_the_same_files_and_logs_every_decision(address: str, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    rows = [
        f"P{n},{'chief' if n % 10 == 9 else 'staff'},{n % 14},{'' if n % 3 else 'no'},7;4" for n in range(700)
    ]
    source.write_text("id,group,months,leave,marks\n" + "\n".join(rows), encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        "{id: id, columns: {group: group, months: months, leave: leave, marks: marks}}"
    )
    for name, arguments in (("here", ()), ("there", ("--server", address))):
        ruleset = "test.score.staff" if arguments else str(RULESET)
        out = tmp_path / f"{name}.csv"
        result = chuan_score(
            str(source), "--mapping", str(tmp_path / "m.yaml"), "--out", str(out), *arguments, ruleset=ruleset
        )
        assert result.exit_code == 0, result.stderr
    for ending in (".csv", ".rejects.csv", ".report.html"):
        assert (tmp_path / f"here{ending}").read_bytes() == (tmp_path / f"there{ending}").read_bytes()
    judged = (tmp_path / "there.csv").read_text("utf-8-sig").count("\n") - 1
    with Client(address) as client:
        decision = client.evaluate("test.score.staff", {"group": "staff"}, evaluated_on=DAY)
        assert client.get_decision(decision.decision_id).position == judged + 1


def test_a_server_chooses_the_ruleset_of_each_row_as_it_is_chosen_here(address: str, tmp_path: Path) -> None:
    source, folder = tmp_path / "a.csv", tmp_path / "rulesets"
    source.write_text("group,months,leave\nstaff,3,no\nchief,3,no\n,3,no\n")
    for name, arguments in (("here", ("--rulesets", str(folder))), ("there", ("--server", address))):
        out = tmp_path / f"{name}.csv"
        result = chuan_score(str(source), "--out", str(out), *arguments, ruleset="auto")
        assert result.exit_code == 0, result.stderr
        assert "3 dòng vào = 1 kết quả + 2 dòng bị loại" in result.stdout
    for ending in (".csv", ".rejects.csv", ".report.html"):
        assert (tmp_path / f"here{ending}").read_bytes() == (tmp_path / f"there{ending}").read_bytes()


class _Stopping:
    """Gives a real server's answers, and ends after so many of them, as a process that is killed does."""

    def __init__(self, real: Client, answers: int) -> None:
        self._real = real
        self._left = answers

    def evaluate_stream(self, questions: Iterable[Question]) -> Iterator[Explained | ServiceError]:
        for answer in self._real.evaluate_stream(questions):
            if self._left == 0:
                raise ServiceError("UNAVAILABLE", "", "no connection")
            self._left -= 1
            yield answer


def _records(count: int) -> list[Asked]:
    return [
        Asked(str(n), {"group": "staff", "months": Decimal(n % 13)}, f"a.csv:{n + 2}") for n in range(count)
    ]


def _plain(judged: Judged) -> tuple[object, ...]:
    verdict = judged.verdict or {}
    missing = [(each["fact"], each["matters"]) for each in verdict.get("missing", ())]
    return verdict.get("status"), verdict.get("outcome"), verdict.get("range"), missing, judged.problems


def _position(client: Client) -> int:
    """How many decisions the server has logged; it logs one more."""
    decision = client.evaluate("test.score.staff", {"group": "staff"}, evaluated_on=DAY)
    return client.get_decision(decision.decision_id).position - 1


def test_work_that_is_done_again_makes_no_second_decision(address: str) -> None:
    ruleset, records = load(RULESET), _records(700)
    here = Here(ruleset, DAY, "vi").judge(records)
    with Client(address) as client:
        with pytest.raises(ScoreError, match="the server cannot go on: no connection"):
            There(_Stopping(client, 450), ruleset, DAY, "vi", "job").judge(records)
        again = There(client, ruleset, DAY, "vi", "job").judge(records)
        assert list(map(_plain, again)) == list(map(_plain, here))
        assert _position(client) == len(records)
        There(client, ruleset, DAY, "vi", "another job").judge(records[:3])
        assert _position(client) == len(records) + 1 + 3


def test_a_record_that_the_server_refuses_is_rejected(address: str) -> None:
    ruleset = loads(RULESET.read_text("utf-8").replace("test.score.staff", "test.score.nobody"), "nobody")
    with Client(address) as client:
        (judged,) = There(client, ruleset, DAY, "vi", "job").judge(_records(1))
    assert judged.verdict is None
    assert [each.code for each in judged.problems] == ["refused"]
