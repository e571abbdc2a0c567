"""For one record and one date exactly one of the shipped rulesets is for it: asked of the record of every case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest
from shipped_rulesets import CATALOGUE

from engine import Ruleset, SelectionError
from engine.ruleset import load_cases

RULESETS: Final = Path(__file__).parents[2] / "rulesets"
FILES: Final = {
    (file.ruleset, file.version): file for file in map(load_cases, sorted(RULESETS.rglob("*.cases.yaml")))
}


def chosen(record: object, day: date) -> tuple[Ruleset, ...]:
    assert isinstance(record, dict)
    try:
        return (CATALOGUE.select(record, day),)
    except SelectionError as error:
        return error.found


@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=repr)
def test_every_record_is_for_one_ruleset(ruleset: Ruleset) -> None:
    cases = FILES[ruleset.id, ruleset.version].cases
    whole = cases[0].record["subject"].keys()
    asked = 0
    for case in cases:
        day = case.on or ruleset.effective.from_
        assert day is not None
        # Where a record leaves out what the selector reads, nobody can tell whom it is about, and none is chosen.
        says_whom = ruleset.selects_reads <= case.record.keys() and case.record["subject"].keys() == whole
        assert chosen(case.record, day) in ([(ruleset,)] if says_whom else [(), (ruleset,)]), case.name
        asked += says_whom
    assert asked
