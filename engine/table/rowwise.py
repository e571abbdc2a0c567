"""Rows evaluated as the records that they stand for, by the same engine as any other record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from engine.evaluation import Evaluator
from engine.facts import RecordError
from engine.feel.errors import FeelLimitError
from engine.table.layout import record_of
from engine.table.ledger import Entry, Ledger
from engine.verdict import Verdict


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


def parts_of(evaluator: Evaluator, rows: Sequence[Mapping[str, Any]], day: date) -> Iterator[Verdict | None]:
    """Verdicts on rows that state some of the facts; None where one is wrong, or passes a limit.

    The findings that rest on no other facts are those of the whole rows.
    """
    for row in rows:
        try:
            yield evaluator.evaluate(record_of(row), day)
        except (RecordError, FeelLimitError):
            yield None
