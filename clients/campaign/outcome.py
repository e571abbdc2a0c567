"""What a campaign comes to, ready to be written: tables, the tree, and the counts that summary and report share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

import polars as pl

from clients.campaign.books import Forest
from clients.campaign.results import List
from engine import Catalogue, Ruleset
from engine.ruleset.localized import Language

MOST_LINES: Final = 500
"""Problems that a workbook shows; all of them are in their files."""
OPEN: Final = ""
"""In place of an outcome: there is none in the end."""


class Counted(NamedTuple):
    """How many came to what.

    Attributes:
        name: of whom; of a level or a unit.
        counts: of each outcome, in the order of `Outcome.outcomes`.
        lists: of each list.
    """

    name: str
    counts: tuple[int, ...]
    lists: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class Outcome:
    """What a campaign comes to.

    Attributes:
        on: the date of the evaluation.
        language: of everything in words.
        subjects: a row each; see `tables.SUBJECTS`.
        groups: quota groups; see `tables.GROUPS`.
        problems: see `tables.PROBLEMS`.
        rejects: cells and rows to mend.
        forest: the units.
        names: of units.
        rulesets: those that judged, by id and version.
        files: that were read.
        rows: of them.
        rejected: rows that are neither organisation nor post.
    """

    on: date
    language: Language
    subjects: pl.DataFrame
    groups: pl.DataFrame
    problems: pl.DataFrame
    rejects: pl.DataFrame
    forest: Forest
    names: Mapping[str, str]
    rulesets: Mapping[tuple[str, str], Ruleset]
    files: tuple[str, ...]
    rows: int
    rejected: int

    @property
    def organisations(self) -> pl.DataFrame:
        """The rows of organisations."""
        return self.subjects.filter(pl.col("person") == "")

    @property
    def posts(self) -> pl.DataFrame:
        """The rows of people in their posts."""
        return self.subjects.filter(pl.col("person") != "")

    @cached_property
    def quota_use(self) -> pl.DataFrame:
        """How quotas are used, over all groups of a ruleset and scope; `words` is the outcome that is limited."""
        keys = ("ruleset", "version", "outcome", "scope")
        words = [
            {
                "ruleset": id_,
                "version": version,
                "outcome": outcome.name,
                "words": outcome.label.in_(self.language),
            }
            for (id_, version), ruleset in self.rulesets.items()
            for outcome in ruleset.outcomes
        ]
        labels = pl.DataFrame(words, schema=dict.fromkeys((*keys[:3], "words"), pl.String))
        sums = pl.col("places", "eligible", "awarded", "needs_decision").sum()
        used = self.groups.group_by(keys, maintain_order=True).agg(pl.len().alias("groups"), sums)
        return used.join(labels, on=keys[:3], how="left")

    @cached_property
    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """The outcomes that came, names and words, highest first; `OPEN` last."""
        known: dict[str, tuple[int, str]] = {}
        for ruleset in self.rulesets.values():
            for outcome in ruleset.outcomes:
                rank, _ = known.get(outcome.name, (outcome.rank, ""))
                known[outcome.name] = (max(rank, outcome.rank), outcome.label.in_(self.language))
        came = set(self.subjects["final"].unique())
        ranked = sorted(known, key=lambda name: (-known[name][0], name))
        return (*((name, known[name][1]) for name in ranked if name in came), (OPEN, ""))

    def counted(self, subjects: pl.DataFrame, by: str) -> list[Counted]:
        """How many of `subjects` came to what, by the values of a column, in the order in which they come."""
        order = subjects[by].unique(maintain_order=True).to_list()
        final = _counts(subjects, by, "final")
        lists = _counts(subjects, by, "list")
        return [
            Counted(
                name,
                tuple(final.get((name, outcome), 0) for outcome, _ in self.outcomes),
                {kind: lists.get((name, kind), 0) for kind in List},
            )
            for name in order
        ]


def rulesets_of(catalogue: Catalogue, subjects: pl.DataFrame) -> dict[tuple[str, str], Ruleset]:
    """The rulesets that judged, by id and version."""
    used = (
        subjects.filter(pl.col("ruleset") != "")
        .select("ruleset", "version")
        .unique()
        .sort("ruleset", "version")
    )
    return {(id_, version): catalogue.get(id_, version) for id_, version in used.iter_rows()}


def _counts(subjects: pl.DataFrame, by: str, what: str) -> dict[tuple[str, str], int]:
    return {(one, other): count for one, other, count in subjects.group_by(by, what).len().iter_rows()}


def units_in_order(outcome: Outcome) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each unit that has rows and its rows, in the order of the tree."""
    parts = outcome.subjects.partition_by("organisation", as_dict=True, maintain_order=True)
    for id_ in outcome.forest.walk():
        if (id_,) in parts:
            yield id_, parts[id_,]
