"""The worked cases that the shipped rulesets do not show: small rulesets, each with its cases beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from case_check import check

from engine import Catalogue, Ruleset
from engine.ruleset import Case, load_cases

DATA = Path(__file__).parent / "data" / "worked"
CATALOGUE = Catalogue.of(DATA)


class Shown(NamedTuple):
    ruleset: Ruleset
    case: Case


def shown() -> Iterator[Shown]:
    for path in sorted(DATA.rglob("*.cases.yaml")):
        file = load_cases(path)
        ruleset = CATALOGUE.get(file.ruleset, file.version)
        yield from (Shown(ruleset, case) for case in load_cases(path, ruleset).cases)


CASES = tuple(shown())


@pytest.mark.parametrize("item", CASES, ids=[f"{item.ruleset.id}: {item.case.name}" for item in CASES])
def test_case(item: Shown) -> None:
    on = item.case.on or item.ruleset.effective.from_
    assert on is not None
    check(item.ruleset, item.case.record, on, item.case.expect)


@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=repr)
def test_cases_reach_every_outcome_and_every_consequence(ruleset: Ruleset) -> None:
    expectations = [item.case.expect for item in CASES if item.ruleset is ruleset]
    assert {outcome.name for outcome in ruleset.outcomes} <= {expect.outcome for expect in expectations}
    notices = {
        name for e in expectations for names in (e.obligations, e.notes, e.proposals) for name in names or ()
    }
    assert ruleset.labels.keys() <= notices
