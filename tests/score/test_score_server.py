"""Scoring through a server: the same rows, and a server that is away, slow to come back or takes less at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from scoring import RULESET, chuan_score
from serving import serving, settings_for

from clients.client import Client, Explained, Question, ServiceError
from clients.score.judging import TRIES, Asked, Here, Judged, There
from clients.score.problems import ScoreError
from engine import Ruleset, load

DAY = date(2024, 12, 20)
AWAY = ServiceError("UNAVAILABLE", "", "no connection")
TOO_LARGE = ServiceError("RESOURCE_EXHAUSTED", "", "too large")


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


class _Server:
    """Answers with a real one's answers, but for what `failures` says of its first calls."""

    def __init__(self, real: Client, failures: list[ServiceError], most: int = 1_000) -> None:
        self._real = real
        self._failures = failures
        self._most = most
        self.sizes: list[int] = []

    def evaluate_batch(self, questions: Iterable[Question]) -> list[Explained | ServiceError]:
        asked = list(questions)
        self.sizes.append(len(asked))
        if self._failures:
            raise self._failures.pop(0)
        if len(asked) > self._most:
            raise TOO_LARGE
        return self._real.evaluate_batch(asked)


def _records(count: int) -> list[Asked]:
    return [Asked(str(n), {"group": "staff", "months": Decimal(n % 13)}) for n in range(count)]


def _judged(server: _Server, waits: list[float], records: list[Asked]) -> list[Judged]:
    return There(server, load(RULESET), DAY, "vi", waits.append).judge(records)


def _plain(judged: Judged) -> tuple[object, ...]:
    verdict = judged.verdict or {}
    missing = [(each["fact"], each["matters"]) for each in verdict.get("missing", ())]
    return verdict.get("status"), verdict.get("outcome"), verdict.get("range"), missing, judged.problems


def test_a_server_that_is_away_is_asked_again_with_longer_waits(address: str) -> None:
    ruleset: Ruleset = load(RULESET)
    waits: list[float] = []
    with Client(address) as real:
        found = _judged(_Server(real, [AWAY, AWAY, AWAY]), waits, _records(5))
    assert waits == [0.5, 1.0, 2.0]
    here = Here(ruleset, DAY, "vi").judge(_records(5))
    assert list(map(_plain, found)) == list(map(_plain, here))


def test_a_batch_that_is_too_large_goes_in_parts_and_in_order(address: str) -> None:
    with Client(address) as real:
        server = _Server(real, [], most=3)
        found = _judged(server, [], _records(10))
    assert max(server.sizes) == 10
    assert sum(size for size in server.sizes if size <= 3) == 10
    here = Here(load(RULESET), DAY, "vi").judge(_records(10))
    assert list(map(_plain, found)) == list(map(_plain, here))


def test_a_server_that_stays_away_or_refuses_ends_the_work_with_one_error(address: str) -> None:
    waits: list[float] = []
    with Client(address) as real:
        with pytest.raises(ScoreError, match="the server cannot go on: no connection"):
            _judged(_Server(real, [AWAY] * TRIES), waits, _records(2))
        assert len(waits) == TRIES - 1
        with pytest.raises(ScoreError, match="no such ruleset"):
            _judged(_Server(real, [ServiceError("NOT_FOUND", "X", "no such ruleset")]), waits, _records(2))
        assert len(waits) == TRIES - 1
