"""What is wrong with a campaign over tables, found by columns; as `run_campaign` reports it, whom it concerns first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from engine.campaign.columns.feeding import fed_facts
from engine.campaign.columns.tables import NUMBER, ORGANISATION, PERSON, ROLE, SUBJECT
from engine.campaign.model import Role
from engine.campaign.problems import Code
from engine.campaign.tree import Tree
from engine.ruleset.ruleset import Ruleset

_OF_PEOPLE = pl.col(PERSON) != ""


def given_wrong(tree: Tree, subjects: pl.DataFrame, units: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What is wrong with the tree, the posts and the records."""
    for problem in tree.problems:
        first = problem.subjects[0]
        yield {"code": problem.code.value, ORGANISATION: first.organisation, PERSON: "", ROLE: "", NUMBER: 0}
    if subjects.is_empty():
        return
    people = subjects.filter(_OF_PEOPLE)
    elsewhere = people.join(units, on=ORGANISATION, how="anti")
    yield from _each(Code.UNKNOWN_ORGANISATION, elsewhere)
    yield from _each(Code.SAME_POST, people.filter(pl.col(NUMBER) == 1).with_columns(pl.lit(0).alias(NUMBER)))
    heads = people.filter(pl.col(ROLE) == Role.HEAD.value).sort(ORGANISATION, PERSON, NUMBER)
    several = heads.group_by(ORGANISATION, maintain_order=True).agg(
        pl.col(PERSON).n_unique().alias("heads"), pl.col(PERSON, ROLE, NUMBER).first()
    )
    yield from _each(Code.SEVERAL_HEADS, several.filter(pl.col("heads") > 1))
    yield from _each(Code.BAD_RECORD, subjects.filter(pl.col("status") == "refused"))


def overtaken(
    subjects: pl.DataFrame, rulesets: Iterable[Ruleset], parents: pl.DataFrame, units: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """The verdicts that rest on an outcome that a quota then did not leave so, once for each such outcome."""
    if subjects.is_empty():
        return
    changed = subjects.filter(
        pl.col("standing").is_not_null()
        & pl.col("outcome").is_not_null()
        & pl.col("outcome").ne_missing(pl.col("final"))
    )
    changed = changed.join(units, on=ORGANISATION, how="semi")  # nothing is fed elsewhere
    rated = changed.filter(~_OF_PEOPLE).select(ORGANISATION, pl.col("outcome").alias("was"))
    members = changed.filter(_OF_PEOPLE & (pl.col(ROLE) != Role.HEAD.value))
    below = parents.filter(~pl.col("cyclic")).join(
        rated.rename({ORGANISATION: "child"}), on="child", how="inner"
    )
    sources = {
        "unit": rated,
        "children": below.select(ORGANISATION, "was"),
        "members": members.select(ORGANISATION, pl.col("outcome").alias("was")),
    }
    for ruleset in rulesets:
        judged = subjects.filter(pl.col("ruleset") == ruleset.id)
        for fact in fed_facts(ruleset):
            who = judged
            if fact.from_ == "unit":
                who = judged.filter(_OF_PEOPLE)
            elif fact.from_ == "members":
                who = judged.filter(pl.col(ROLE) == Role.HEAD.value)
            item = fact.declared.item if fact.declared.item is not None else fact.declared
            held = sources[str(fact.from_)].filter(pl.col("was").is_in(list(item.values)))
            yield from _each(Code.FED_BEFORE_QUOTA, who.join(held, on=ORGANISATION, how="inner"))


def _each(code: Code, subjects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in subjects.select(*SUBJECT, NUMBER).iter_rows(named=True):
        yield {"code": code.value, **row}
