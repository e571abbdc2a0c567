"""The index of open legal questions: of the shipped rulesets, and of trials with a mistake in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped_rulesets import CATALOGUE

from engine import Ruleset
from engine.ruleset.standing import Standing
from tools.open_questions import PAGE, collect, main, page, problems

DATA = Path(__file__).parents[1] / "data" / "rulesets" / "local-questions"
SHIPPED = CATALOGUE.list()


def test_each_question_has_one_text_and_something_that_hangs_on_it() -> None:
    assert list(problems(collect(SHIPPED))) == []


def test_the_index_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(collect(SHIPPED)), "run python -m tools.open_questions"


@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_drafts_and_gaps_name_a_question_that_would_settle_them(ruleset: Ruleset) -> None:
    touched = {path for question in ruleset.questions.values() for path in question.touches}
    drafts = {f"criteria.{each.name}" for each in ruleset.criteria if each.standing is Standing.DRAFT}
    gaps = {f"gaps.{gap.name}" for gap in ruleset.gaps}
    parts = {
        f"score.parts.{part.name}"
        for part in (ruleset.score.parts if ruleset.score else ())
        if part.standing is Standing.DRAFT
    }
    if ruleset.quota and "quota" not in touched:  # a question of the quota is one of all its readings
        drafts |= {
            f"quota.readings.{name}"
            for name, reading in ruleset.quota.readings.items()
            if reading.standing == Standing.DRAFT.value
        }
    assert (drafts | gaps | parts) - touched == set()


def test_a_page_is_written_and_then_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "open-questions.md"
    assert main(["--check"], DATA / "good", index) == 1
    assert "is not current" in capsys.readouterr().err
    assert main([], DATA / "good", index) == 0
    assert main(["--check"], DATA / "good", index) == 0
    assert capsys.readouterr().err == ""
    assert index.read_text("utf-8") == (DATA / "good.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("two-texts", "q_least has one text in trial.one 1.0.0 and another in trial.two 1.0.0"),
        ("hanging-on-nothing", "q_nobody of trial.two 1.0.0 hangs on nothing: name it where it matters"),
    ],
)
def test_mistakes_are_told(
    folder: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], DATA / folder, tmp_path / "open-questions.md") == 1
    assert capsys.readouterr().err.splitlines() == [said]
