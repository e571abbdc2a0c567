"""What came of many rows, counted: for the lines that are printed in the end, and for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from clients.score.results import Line


class Tally:
    """Counts of results.

    Attributes:
        by: the paths of the facts that groups are told apart by.
        judged: rows with a verdict.
        rejected: rows without.
        results: how many of each result: its words.
        statuses: of each status.
        groups: for each of `by`, of each value and result.
        blocking: of each criterion that keeps a row from the next higher outcome.
        missing: of each fact that is missing and could move the result.
        missing_alone: of those, where it is the only one.
        scores: of each score.
        problems: of each kind of mistake and column.
        codes: of each kind of mistake, rows that have it.
    """

    def __init__(self, by: Sequence[str]) -> None:
        self.by = tuple(by)
        self.judged = 0
        self.rejected = 0
        self.results: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[str] = Counter()
        self.groups: list[Counter[tuple[str, tuple[str, str]]]] = [Counter() for _ in by]
        self.blocking: Counter[str] = Counter()
        self.missing: Counter[str] = Counter()
        self.missing_alone: Counter[str] = Counter()
        self.scores: Counter[Decimal] = Counter()
        self.problems: Counter[tuple[str, str, str]] = Counter()
        self.codes: Counter[str] = Counter()

    def add(self, line: Line) -> None:
        """Count a line of the journal."""
        if "rejects" in line:
            self.rejected += 1
            self.codes.update(set(line["codes"]))
            self.problems.update(
                {(each["column"], each["fact"], each["problem"]) for each in line["rejects"]}
            )
            return
        row = line["row"]
        self.judged += 1
        self.statuses[row["status"]] += 1
        # The words of a range name both ends; for counting, what is undetermined is one thing.
        result = (row["outcome"] or row["status"], row["result"].partition(":")[0])
        self.results[result] += 1
        for group, value in zip(self.groups, line["by"], strict=True):
            group[value, result] += 1
        self.blocking.update(line["blocking"])
        self.missing.update(row["missing"])
        if len(row["missing"]) == 1:
            self.missing_alone.update(row["missing"])
        if row["score"]:
            self.scores[Decimal(row["score"])] += 1
