"""What must hold of every shipped ruleset, whatever the record. Records are crossed from those of the cases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from shipped_rulesets import BY_FILE, CATALOGUE, cases_of

from engine import Ruleset, Verdict, evaluate

RULESETS = Path(__file__).parents[2] / "rulesets"
SHIPPED = CATALOGUE.list()
EXAMPLES = max(10, 3_000 // len(SHIPPED))  # of each ruleset, so that the suite does not grow with the law
FILES = tuple(map(cases_of, BY_FILE))

Place = tuple[str | int, ...]


def stated(ruleset: Ruleset) -> dict[str, list[Any]]:
    """What the cases of a ruleset state of each fact."""
    usable = [
        case.record
        for file in FILES
        for case in file.cases
        if (file.ruleset, file.version) == (ruleset.id, ruleset.version) and case.expect.violations is None
    ]
    return {name: [record[name] for record in usable if name in record] for name in ruleset.facts}


def crossed(values: Mapping[str, list[Any]], chance: random.Random) -> dict[str, Any]:
    """A usable record: each fact as one of the cases states it, so that it lies near the lines of the law."""
    return {name: chance.choice(choices) for name, choices in values.items() if choices}


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Where a record may leave something out: its facts, and the fields of records in it."""
    if isinstance(value, dict):
        for name, field in value.items():
            yield (*above, name)
            yield from places(field, (*above, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*above, index))


def without(value: Any, dropped: set[Place], above: Place = ()) -> Any:
    """`value` with everything at the dropped places left out."""
    if isinstance(value, dict):
        kept = {name: field for name, field in value.items() if (*above, name) not in dropped}
        return {name: without(field, dropped, (*above, name)) for name, field in kept.items()}
    if isinstance(value, list):
        return [without(item, dropped, (*above, index)) for index, item in enumerate(value)]
    return value


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


@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_knowing_less_never_rules_out_what_knowing_more_says(ruleset: Ruleset) -> None:
    chance = random.Random(ruleset.id)  # noqa: S311 - the same records in every run
    values = stated(ruleset)
    for _ in range(EXAMPLES):
        record = crossed(values, chance)
        there = list(places(record))
        dropped = set(chance.sample(there, min(len(there), chance.randint(0, 3))))
        more, less = judged(ruleset, record), judged(ruleset, without(record, dropped))
        assert possible(ruleset, more) <= possible(ruleset, less), (record, dropped)
        assert less.status != "decided" or more.status == "decided", (record, dropped)


@pytest.mark.parametrize("ruleset_id", ["vn.nd90.public-employee", "vn.nd90.public-employee.manager"])
def test_decree_48_changed_nothing_but_discipline(ruleset_id: str) -> None:
    chance = random.Random(ruleset_id)  # noqa: S311 - as above
    before, after = (CATALOGUE.get(ruleset_id, version) for version in ("1.0.0", "2.0.0"))
    values = stated(before)
    for _ in range(100):
        record = crossed(values, chance) | {"discipline": []}
        old, new = judged(before, record), judged(after, record)
        assert (old.status, possible(before, old)) == (new.status, possible(after, new))
        assert [(f.criterion.name, f.status) for f in old.findings] == [
            (f.criterion.name, f.status) for f in new.findings
        ]
