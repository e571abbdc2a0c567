"""A made-up province (`chuan sample`): to make it, to judge its records alone, and to judge it as a campaign."""

from __future__ import annotations

from datetime import date
from typing import Final

import rulesets
from bench.effort import Effort
from bench.measure import Side, alternate
from bench.report import Findings, Table
from clients.sample import Campaign, Sample
from clients.sample.given import person_of
from clients.sample.summary import judge
from engine import Catalogue, Evaluator, RecordError

ON: Final = date(2026, 12, 15)
_ROUNDS_SHARE: Final = 3  # a pass takes a second and more: one round in so many of the others' is enough


def measure(effort: Effort) -> Findings:
    """Run the part."""
    sample = Sample(people=effort.records, seed=2026, on=ON, mistakes=0.02, missing=0.02)
    catalogue = Catalogue.of(rulesets.FOLDER)
    evaluators = {ruleset.id: Evaluator(ruleset) for ruleset in catalogue.list() if ON in ruleset.effective}
    posts = [
        (evaluators[post.ruleset], post.facts)
        for person in sample.persons()
        for post in person_of(person.state.data).posts
        if post.ruleset
    ]

    def make(_: object) -> int:
        return sum(1 for _ in sample.persons())

    def alone(_: object) -> int:
        refused = 0
        for evaluator, facts in posts:
            try:
                evaluator.evaluate(facts, ON)
            except RecordError:
                refused += 1
        return refused

    sides = [
        Side("made", make, [None]),
        Side("each record evaluated by itself", alone, [None]),
        Side(
            "the State campaign: tree, feeding, quotas",
            lambda _: judge(sample, Campaign.STATE, catalogue),
            [None],
        ),
    ]
    found = alternate(sides, max(effort.rounds // _ROUNDS_SHARE, 1))
    baseline = found[sides[1].name]
    return Findings(
        title="A made-up province",
        notes=(
            f"{sample.people:,} people with {len(posts):,} posts of `chuan sample` (seed 2026), with 2 % of mistakes "
            "and of facts missing, by the shipped rulesets in effect on 15 December 2026. The campaign also makes the "
            "people and judges their organisations.",
        ),
        tables=(
            Table(
                ("", "µs of CPU a person", "times a record by itself"),
                tuple(
                    (name, f"{cost.micros.median / sample.people:,.0f}", str(cost.over(baseline)))
                    for name, cost in found.items()
                ),
            ),
        ),
    )
