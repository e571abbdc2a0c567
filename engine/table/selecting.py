"""Which rows of a table a ruleset says that it is for."""

from __future__ import annotations

import polars as pl

from engine.facts import FactsReader, RecordError
from engine.feel.errors import FeelLimitError
from engine.ruleset.ruleset import Ruleset
from engine.table.layout import NULL_MARK, record_of
from engine.table.rowwise import Distinct


def selected(ruleset: Ruleset, frame: pl.DataFrame) -> pl.Series:
    """What the selector of `ruleset` says of each row; null where it is not known, and everywhere if there is none.

    Only the columns that it reads are looked at, as `Catalogue.select` looks at no other facts of a record: a row
    may be for this ruleset and have columns that are not facts of it. What these columns state wrongly says nothing.

    Args:
        ruleset: the ruleset.
        frame: the table, in the form that `engine.table.layout` describes.
    """
    ask = ruleset.selects
    if ask is None:
        return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
    read = FactsReader(ruleset.facts).read
    columns = [
        name
        for name in frame.columns
        if name.removesuffix(NULL_MARK).partition(".")[0] in ruleset.selects_reads
    ]
    distinct = Distinct.of(frame, columns)
    answers: list[bool | None] = []
    for row in distinct.rows:
        try:
            answer = ask(read(record_of(row)))
        except (RecordError, FeelLimitError):
            answer = None
        answers.append(answer if isinstance(answer, bool) else None)
    return pl.Series("selected", answers, dtype=pl.Boolean).gather(distinct.numbers)
