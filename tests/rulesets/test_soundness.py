"""Soundness of Unknown over every shipped ruleset, by number: what is decided with facts missing stays decided.

Records are put together from what the cases state, fact by fact, so that they lie near the lines of the law; then
facts and fields are left out, and filled in again with other values. `make test-all` tries many more.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from shipped_rulesets import BY_FILE, CATALOGUE, cases_of

from engine import Ruleset
from engine.evaluation import Evaluator
from engine.feel.unknown import Unknown
from engine.foresight import Result
from engine.judgement import VerdictStatus
from engine.paths import leaves, parse_path, value_at, with_value

RULESETS = Path(__file__).parents[2] / "rulesets"
SHIPPED = CATALOGUE.list()
FILES = tuple(map(cases_of, BY_FILE))


def lies_within(result: Result, open_: Result, ruleset: Ruleset) -> bool:
    """Whether `result`, of a record that says more, is one that `open_` leaves possible."""
    if open_.status is not VerdictStatus.UNDETERMINED:
        return result == open_
    if result.status in (VerdictStatus.NOT_RATED, VerdictStatus.CANNOT_EVALUATE):
        return result.status.value in open_.possible
    lowest, highest = result.outcome or result.lowest, result.outcome or result.highest
    if lowest is None or highest is None:
        return set(result.possible) <= set(open_.possible)
    return (
        open_.lowest is not None
        and open_.highest is not None
        and ruleset.rank(open_.lowest) <= ruleset.rank(lowest)
        and ruleset.rank(highest) <= ruleset.rank(open_.highest)
        and set(result.possible) <= set(open_.possible)
    )


class Samples:
    """Typed values of the facts of a ruleset, as its cases state them."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.evaluator = Evaluator(ruleset)
        cases = [
            case
            for file in FILES
            for case in file.cases
            if (file.ruleset, file.version) == (ruleset.id, ruleset.version)
            and case.expect.violations is None
        ]
        day = ruleset.effective.from_
        assert day is not None
        self.stated = [dict(self.evaluator.evaluate(case.record, day).values) for case in cases]
        self.paths = [
            path
            for name, fact in ruleset.facts.items()
            for path, _ in leaves(fact.declared, name, changeable=True)
        ]
        self.declared = {path: ruleset.facts[str(parse_path(path)[0])].declared for path in self.paths}

    def record(self, chance: random.Random) -> dict[str, Any]:
        """A record each fact of which one of the cases states."""
        return {name: chance.choice(self.stated)[name] for name in self.stated[0]}

    def masked(self, values: dict[str, Any], chance: random.Random) -> dict[str, Any]:
        """`values` with some facts and fields not stated."""
        for path in chance.sample(self.paths, chance.randint(1, min(6, len(self.paths)))):
            values = with_value(values, path, Unknown(frozenset((path,))), self.declared[path])
        return values

    def completed(self, values: dict[str, Any], chance: random.Random) -> dict[str, Any]:
        """`values` with what is not stated taken from other records."""
        for path in self.paths:
            if isinstance(value_at(values, path), Unknown):
                other = value_at(chance.choice(self.stated), path)
                values = with_value(values, path, other, self.declared[path])
        return values

    def mattering(self, values: dict[str, Any]) -> set[str]:
        """The facts that are said to be missing and to matter."""
        findings, judgement = self.evaluator.judge(values)
        return {missing.fact for missing in judgement.missing(findings) if missing.matters}

    def result(self, values: dict[str, Any]) -> Result:
        return Result.of(self.evaluator.judge(values)[1])


PAIRS = max(40, 2_400 // len(SHIPPED))  # so that the suite does not grow with the law
MANY = max(4_000, 400_000 // len(SHIPPED))


@pytest.mark.parametrize("pairs", [PAIRS, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("ruleset", SHIPPED, ids=str)
def test_what_is_left_open_covers_every_completion(ruleset: Ruleset, pairs: int) -> None:
    samples = Samples(ruleset)
    chance = random.Random(20_261_122)  # noqa: S311 - the same records in every run
    decided = differences = 0
    for _ in range(pairs):
        record = samples.record(chance)
        masked = samples.masked(record, chance)
        left_open = samples.result(masked)
        decided += left_open.status is not VerdictStatus.UNDETERMINED
        for completion in (record, samples.completed(masked, chance)):
            assert lies_within(samples.result(completion), left_open, ruleset), (masked, completion)
        path = chance.choice([path for path in samples.paths if isinstance(value_at(masked, path), Unknown)])
        other = with_value(
            record, path, value_at(chance.choice(samples.stated), path), samples.declared[path]
        )
        if samples.result(other) != samples.result(record):
            differences += 1
            assert path in samples.mattering(masked), f"{path} makes a difference"
    if pairs == MANY:  # of a few, none may happen to
        assert differences > pairs / 100
        assert decided > pairs / 100, "enough of them are settled for this to say something"
