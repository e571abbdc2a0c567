"""The faults themselves take minutes, and run by `make faults`; here: that they would find what they look for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from faults.__main__ import FAULTS, main
from faults.callers import Callers
from faults.findings import Findings
from faults.rig import running

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"


def test_the_page_tells_of_every_fault() -> None:
    told = [line.split("`")[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert told == list(FAULTS)


def test_a_fault_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sunshine"]) == 2
    assert "sunshine" in capsys.readouterr().err


def test_a_clock_that_is_set_back_is_stood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clock-set-back"]) == 0
    assert "stood  clock-set-back" in capsys.readouterr().out


def test_what_is_lost_or_tampered_with_is_found(tmp_path: Path) -> None:
    with running(tmp_path, workers=1) as rig:
        with Callers(rig.address, count=2) as callers:
            callers.answer(20)
        whole = Findings()
        whole.nothing_lost(rig, callers.answered)
        assert whole.problems == []
        lost = Findings()
        lost.nothing_lost(rig, {**callers.answered, "x": "00000000-0000-7000-8000-000000000000"})
        assert "1 of" in lost.problems[0]
        with sqlite3.connect(rig.location) as connection:
            connection.execute("UPDATE decisions SET organisation = 'vn' WHERE position = 3")
        connection.close()
        tampered = Findings()
        tampered.nothing_lost(rig, callers.answered)
        assert "the chain is not whole" in tampered.problems[0]
        rig.kill()
        dead = Findings()
        dead.healthy(rig)
        assert dead.problems == ["the service does not live any more"]
