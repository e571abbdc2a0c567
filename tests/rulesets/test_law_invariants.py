"""What must hold of every shipped ruleset, whatever the record. Records are crossed from those of the cases."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from crossed_records import crossed, places, stated, without
from shipped_rulesets import BY_FILE, CATALOGUE

from engine import Ruleset, Verdict, evaluate

EXAMPLES = max(10, 3_000 // len(BY_FILE))  # of each ruleset, so that the suite does not grow with the law


def judged(ruleset: Ruleset, record: Mapping[str, Any]) -> Verdict:
    day = ruleset.effective.from_
    assert day is not None
    return evaluate(ruleset, record, evaluated_on=day)


def possible(ruleset: Ruleset, verdict: Verdict) -> set[str]:
    """Everything that the verdict leaves possible: outcomes, and statuses without one."""
    judgement = verdict.judgement
    if verdict.status in ("not_rated", "cannot_evaluate"):
        return {verdict.status}
    lowest, highest = judgement.outcome or judgement.lowest, judgement.outcome or judgement.highest
    if lowest is None or highest is None:
        return set(judgement.possible)
    ranks = range(ruleset.rank(lowest), ruleset.rank(highest) + 1)
    return {ruleset.outcomes[rank].name for rank in ranks} | set(judgement.possible)


@pytest.mark.parametrize("file", BY_FILE)
def test_knowing_less_never_rules_out_what_knowing_more_says(file: str) -> None:
    ruleset = BY_FILE[file]
    chance = random.Random(ruleset.id)  # noqa: S311 - the same records in every run
    values = stated(file)
    for _ in range(EXAMPLES):
        record = crossed(values, chance, 0)
        there = list(places(record))
        dropped = set(chance.sample(there, min(len(there), chance.randint(0, 3))))
        more, less = judged(ruleset, record), judged(ruleset, without(record, dropped))
        assert possible(ruleset, more) <= possible(ruleset, less), (record, dropped)
        assert less.status != "decided" or more.status == "decided", (record, dropped)


@pytest.mark.parametrize("ruleset_id", ["vn.nd90.public-employee", "vn.nd90.public-employee.manager"])
def test_decree_48_changed_nothing_but_discipline(ruleset_id: str) -> None:
    chance = random.Random(ruleset_id)  # noqa: S311 - as above
    before, after = (CATALOGUE.get(ruleset_id, version) for version in ("1.0.0", "2.0.0"))
    values = stated(next(file for file, each in BY_FILE.items() if each is before))
    for _ in range(100):
        record = crossed(values, chance, 0) | {"discipline": []}
        old, new = judged(before, record), judged(after, record)
        assert (old.status, possible(before, old)) == (new.status, possible(after, new))
        assert [(f.criterion.name, f.status) for f in old.findings] == [
            (f.criterion.name, f.status) for f in new.findings
        ]
