"""A line of a decision that no record shows is dead: without it, every record comes to the same."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date

from generated_rulesets import Generated, rulesets
from hypothesis import given

from engine import Verdict, evaluate
from engine.testing.lines import decision_lines

DAY = date(2024, 1, 1)


def without(generated: Generated, line: str) -> Generated:
    """The decision without a line, by the line's name."""
    match line.split():
        case ["cannot_evaluate", "unless", _]:
            return dataclasses.replace(generated, cannot_evaluate=())  # there is at most one
        case ["not_rated", "unless", _]:
            return dataclasses.replace(generated, not_rated=())
        case ["ground", _, "unless", criterion]:
            return dataclasses.replace(
                generated, grounds=tuple(i for i in generated.grounds if f"c{i}" != criterion)
            )
        case ["ladder", outcome]:
            left = tuple(rung for rung in generated.ladder if rung[0] != outcome)
            return dataclasses.replace(generated, ladder=left)
        case ["ladder", outcome, "without", criterion]:
            left = tuple(
                (name, tuple(i for i in criteria if name != outcome or f"c{i}" != criterion))
                for name, criteria in generated.ladder
            )
            return dataclasses.replace(generated, ladder=left)
        case ["at", "most", outcome, "unless", criterion]:
            others = tuple(each for each in generated.ceilings if each != (int(criterion[1:]), outcome))
            return dataclasses.replace(generated, ceilings=others)
    raise AssertionError(line)


@given(rulesets())
def test_a_line_that_no_record_shows_changes_nothing(generated: Generated) -> None:
    facts = generated.facts
    every = [
        dict(zip(facts, values, strict=True))
        for values in itertools.product((True, False), repeat=len(facts))
    ]
    verdicts: list[Verdict] = [evaluate(generated.ruleset, record, evaluated_on=DAY) for record in every]
    for line in decision_lines(generated.ruleset):
        if any(map(line.shown_by, verdicts)):
            continue
        if line.name == "otherwise":
            assert all(generated.result(record) is not None for record in every)
            continue
        if line.name.startswith("ladder") and generated.otherwise == "undetermined" and generated.ceilings:
            continue  # rungs bound what a gap leaves open too, and a ceiling may close that to one outcome
        less = without(generated, line.name)
        if less.ladder:  # the last rung is a line of its own, and a decision has one
            assert [less.result(record) for record in every] == [generated.result(record) for record in every]
