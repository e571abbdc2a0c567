"""Files of cases: what they share, and the names they expect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.ruleset import RulesetError, load, load_cases, loads_cases

DATA = Path(__file__).parents[1] / "data" / "ruleset"
RULESET = load(DATA / "good" / "every-construct.yaml")


def test_given_is_laid_over_base_and_without_takes_out() -> None:
    cases = {case.name: case for case in load_cases(DATA / "cases" / "over-base.cases.yaml", RULESET).cases}
    records = {name: dict(case.record) for name, case in cases.items()}
    assert records == {
        "base": {"months_worked": 12, "lessons": {"total": 10, "done": 8}, "acts": [{"used_in_year": None}]},
        "a field": {
            "months_worked": 12,
            "lessons": {"total": 10, "done": 7},
            "acts": [{"used_in_year": None}],
        },
        "a list": {"months_worked": 12, "lessons": {"total": 10, "done": 8}, "acts": []},
        "a record by null": {"months_worked": 12, "lessons": None, "acts": [{"used_in_year": None}]},
        "without": {"lessons": {"total": 10}, "acts": [{"used_in_year": None}]},
    }
    assert cases["without"].expect.missing == ["months_worked"]
    assert [case.line for case in cases.values()] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("path", sorted((DATA / "cases").glob("bad-*.yaml")), ids=lambda path: path.stem)
def test_every_mistake_of_a_file_of_cases_is_told(path: Path, golden: Callable[[Path, str], None]) -> None:
    with pytest.raises(RulesetError) as caught:
        loads_cases(path.read_text(encoding="utf-8"), path.name, RULESET)
    golden(path.with_suffix(".expected"), caught.value.report() + "\n")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Công tác".encode("utf-16"))
    with pytest.raises(RulesetError, match="not UTF-8"):
        load(path)
