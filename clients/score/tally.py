"""What came of many rows, counted: for the lines that are printed in the end, and for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from clients.score.journal import Part

COLUMNS: Final = ("digest", "status", "outcome", "result", "by", "blocking", "missing", "score")
"""Of results, what is counted."""


class Counts:
    """Counts of the results by one ruleset.

    Attributes:
        judged: rows with a verdict.
        results: how many of each result: the outcome or the status, and its words.
        groups: for each fact that groups are told apart by, of each value and result.
        blocking: of each criterion that keeps a row from the next higher outcome.
        missing: of each fact that is missing and could move the result.
        missing_alone: of those, where it is the only one.
        scores: of each score.
    """

    def __init__(self, by: int) -> None:
        self.judged = 0
        self.results: Counter[tuple[str, str]] = Counter()
        self.groups: list[Counter[tuple[str, tuple[str, str]]]] = [Counter() for _ in range(by)]
        self.blocking: Counter[str] = Counter()
        self.missing: Counter[str] = Counter()
        self.missing_alone: Counter[str] = Counter()
        self.scores: Counter[Decimal] = Counter()

    def add(self, rows: pl.DataFrame) -> None:
        """Count results."""
        self.judged += rows.height
        # The words of a range name both ends; for counting, what is undetermined is one thing.
        rows = rows.select(
            pl.when(pl.col("outcome") == "").then("status").otherwise("outcome").alias("key"),
            pl.col("result").str.splitn(":", 2).struct[0].alias("words"),
            "by",
            "blocking",
            "missing",
            "score",
        )
        for key, words, count in rows.group_by("key", "words").len().iter_rows():
            self.results[key, words] += count
        for place, group in enumerate(self.groups):
            values = pl.col("by").list.get(place).alias("value")
            for value, key, words, count in rows.group_by(values, "key", "words").len().iter_rows():
                group[value, (key, words)] += count
        self.blocking.update(_counted(rows["blocking"].explode()))
        self.missing.update(_counted(rows["missing"].explode()))
        alone = rows["missing"].filter(rows["missing"].list.len() == 1)
        self.missing_alone.update(_counted(alone.explode()))
        for score, count in _counted(rows["score"]).items():
            if score:
                self.scores[Decimal(score)] += count


class Tally:
    """Counts of results and rejected rows.

    Attributes:
        by: the paths of the facts that groups are told apart by.
        counts: of the results by each ruleset, by its digest.
        judged: rows with a verdict.
        rejected: rows without.
        problems: of each kind of mistake: column, fact, what is wrong; rows that have it.
        codes: of each kind of mistake by its code, rows that have it.
    """

    def __init__(self, by: Sequence[str]) -> None:
        self.by = tuple(by)
        self.counts: dict[str, Counts] = {}
        self.rejected = 0
        self.problems: Counter[tuple[str, str, str]] = Counter()
        self.codes: Counter[str] = Counter()

    @property
    def judged(self) -> int:
        """Rows with a verdict."""
        return sum(each.judged for each in self.counts.values())

    @property
    def results(self) -> Counter[tuple[str, str]]:
        """How many of each result, by whatever ruleset."""
        return sum((each.results for each in self.counts.values()), Counter())

    def add(self, part: Part) -> None:
        """Count what came of a block of rows."""
        for (digest,), rows in part.results.group_by("digest"):
            self.counts.setdefault(str(digest), Counts(len(self.by))).add(rows)
        mistakes = part.rejects
        self.rejected += mistakes["row"].n_unique()
        named = mistakes.unique(["row", "column", "fact", "problem"]).group_by("column", "fact", "problem")
        for column, fact, problem, count in named.len().iter_rows():
            self.problems[column, fact, problem] += count
        self.codes.update(_counted(mistakes.unique(["row", "code"])["code"]))


def _counted(values: pl.Series) -> Counter[str]:
    return Counter(dict(values.drop_nulls().value_counts().iter_rows()))
