"""Rows evaluated as the records that they stand for, by the same engine as any other record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import polars as pl

from engine.evaluation import Evaluator
from engine.facts import RecordError
from engine.feel.errors import FeelLimitError
from engine.findings import Signature
from engine.table.layout import record_of
from engine.table.ledger import Entry, Ledger

MAX_PARTS: Final = 50_000  # different rows of some facts kept from one piece to the next


def entry_of(evaluator: Evaluator, ledger: Ledger, row: Mapping[str, Any], day: date) -> Entry:
    """What a row comes to by itself."""
    try:
        verdict = evaluator.evaluate(record_of(row), day)
    except RecordError as error:
        return Entry(0, violations=ledger.violations(error.violations))
    except FeelLimitError as error:
        return Entry(0, violations=ledger.limit(str(error)))
    return Entry(
        ledger.signature(verdict.found.signature),
        ledger.missing(verdict.missing),
        ledger.score(verdict.score),
    )


class Distinct(NamedTuple):
    """The different rows of some columns.

    Attributes:
        rows: each once.
        numbers: for each row of the table, which of them it is.
    """

    rows: list[dict[str, Any]]
    numbers: pl.Series

    @classmethod
    def of(cls, frame: pl.DataFrame, columns: Sequence[str]) -> Distinct:
        """The different rows that `frame` has in `columns`."""
        if not columns:
            return cls([{}], pl.zeros(frame.height, dtype=pl.UInt32, eager=True))
        numbered = frame.select(pl.struct(columns).alias("row"), pl.int_range(pl.len()).alias("at"))
        groups = numbered.group_by("row", maintain_order=True).agg("at").with_row_index("number")
        numbers = groups.select("number", "at").explode("at").sort("at")["number"]
        return cls(groups["row"].to_list(), numbers)


class Part(NamedTuple):
    """What rows come to that state some of the facts. The findings that rest on no others are those of whole rows.

    Attributes:
        signature: the statuses of all findings.
        missing: the facts that each finding misses, of those that miss any.
        score: the place of the score in the ledger.
    """

    signature: Signature
    missing: Mapping[int, tuple[str, ...]]
    score: int


class Parts:
    """The rows of a table by some of their columns: each different one evaluated once.

    Attributes:
        numbers: for each row of the piece, which of `found` it is.
        found: what the different rows come to; None where one is wrong, or passes a limit.
    """

    def __init__(self, evaluator: Evaluator, ledger: Ledger, day: date, columns: Sequence[str]) -> None:
        self.numbers = pl.Series(dtype=pl.UInt32)
        self.found: list[Part | None] = []
        self._evaluator, self._ledger, self._day = evaluator, ledger, day
        self._columns = columns
        self._known: dict[str, Part | None] = {}

    def load(self, frame: pl.DataFrame) -> None:
        """Evaluate the different rows of a piece."""
        rows, self.numbers = Distinct.of(frame, self._columns)
        if len(self._known) > MAX_PARTS:
            self._known.clear()
        self.found = [self._of(row) for row in rows]

    def gathered(self, values: pl.Series) -> pl.Series:
        """For each row of the piece its value of `values`, one for each of `found`."""
        return values.gather(self.numbers)

    def _of(self, row: Mapping[str, Any]) -> Part | None:
        key = repr(row)  # rows may hold lists and records, which cannot be keys
        if key not in self._known:
            self._known[key] = self._evaluated(row)
        return self._known[key]

    def _evaluated(self, row: Mapping[str, Any]) -> Part | None:
        try:
            verdict = self._evaluator.evaluate(record_of(row), self._day)
        except (RecordError, FeelLimitError):
            return None
        missing = {at: finding.missing for at, finding in enumerate(verdict.findings) if finding.missing}
        return Part(verdict.found.signature, missing, self._ledger.score(verdict.score))
