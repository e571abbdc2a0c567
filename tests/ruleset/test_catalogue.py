"""Choosing a ruleset, and what is said where none or several answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.catalogue import Catalogue, SelectionError
from engine.ruleset import Ruleset, RulesetError
from engine.ruleset.ruleset import Period

DATA = Path(__file__).parents[1] / "data" / "ruleset" / "catalogue"
CATALOGUE = Catalogue.of(DATA / "shipped")
QUESTIONS = YAML(typ="safe", pure=True).load((DATA / "selection.yaml").read_text(encoding="utf-8"))


def ask(question: dict[str, Any]) -> Ruleset:
    assessed = Period(*question["assessed"]) if "assessed" in question else None
    match question["ask"]:
        case "get":
            return CATALOGUE.get(question["id"], question["version"])
        case "on":
            return CATALOGUE.on(question["id"], question["day"], assessed)
        case _:
            return CATALOGUE.select(question["record"], question["day"], assessed)


def named(ruleset: Ruleset) -> str:
    return f"{ruleset.id} {ruleset.version}"


@pytest.mark.parametrize("question", [q for q in QUESTIONS if "gives" in q], ids=str)
def test_the_one_that_answers_is_given(question: dict[str, Any]) -> None:
    assert named(ask(question)) == question["gives"]


@pytest.mark.parametrize("question", [q for q in QUESTIONS if "fails" in q], ids=str)
def test_what_was_looked_for_and_what_is_near_is_said(question: dict[str, Any]) -> None:
    with pytest.raises(SelectionError) as caught:
        ask(question)
    assert str(caught.value) == question["fails"]
    assert [named(ruleset) for ruleset in caught.value.found] == question.get("found", [])


def test_versions_are_listed_by_number_and_found_by_digest() -> None:
    teachers = [ruleset.version for ruleset in CATALOGUE.list() if ruleset.id == "vn.teachers"]
    assert teachers == ["1.0.0", "2.0.0", "10.0.0"]
    for ruleset in CATALOGUE.list():
        assert CATALOGUE.by_digest(ruleset.digest) is ruleset
    with pytest.raises(SelectionError):
        CATALOGUE.by_digest("0" * 64)


def test_versions_that_cannot_stand_side_by_side_are_refused(golden: Callable[[Path, str], None]) -> None:
    with pytest.raises(RulesetError) as caught:
        Catalogue.of(DATA / "clash")
    golden(DATA / "clash.expected", caught.value.report().replace(f"{DATA / 'clash'}/", "") + "\n")


def test_all_wrong_files_of_a_folder_are_told_at_once() -> None:
    with pytest.raises(RulesetError) as caught:
        Catalogue.of(DATA / "wrong")
    files = {Path(problem.file).name for problem in caught.value.problems}
    assert files == {"undefined-criterion.yaml", "wrong-date.yaml"}


def test_a_day_is_in_a_period_with_both_ends() -> None:
    period = Period(date(2024, 1, 1), date(2024, 1, 2))
    assert [date(2023, 12, 31) in period, date(2024, 1, 1) in period, date(2024, 1, 2) in period] == [
        False,
        True,
        True,
    ]
    assert date(2024, 1, 3) not in period
    assert not period.overlaps(Period(date(2024, 1, 3)))
    assert period.overlaps(Period(until=date(2024, 1, 1)))


def test_the_files_of_one_id_can_be_read_alone(tmp_path: Path) -> None:
    one = Catalogue.of(DATA / "shipped", only="vn.teachers")
    assert [ruleset.version for ruleset in one.list()] == ["1.0.0", "2.0.0", "10.0.0"]
    assert Catalogue.of(DATA / "shipped", only="vn.nobody").list() == ()
    (tmp_path / "broken.yaml").write_text("ruleset: vn.broken\nversion: [", encoding="utf-8")
    assert Catalogue.of(tmp_path, only="vn.teachers").list() == (), "the mistakes of others are theirs"
    (tmp_path / "nameless.yaml").write_text("version: 1.0.0", encoding="utf-8")
    with pytest.raises(RulesetError, match='lacks "ruleset"'):
        Catalogue.of(tmp_path, only="vn.teachers")
