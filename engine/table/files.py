"""Parquet files scored piece by piece, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from engine.ruleset.ruleset import Ruleset
from engine.table.criteria import Way
from engine.table.evaluation import NO_LISTS, TableEvaluator
from engine.table.layout import check_id

PIECE_ROWS: Final = 125_000  # of a file, evaluated at once


@dataclass(slots=True)
class ScoredFile:
    """What was done with a file.

    Attributes:
        rows: how many rows it has; as many were written.
        refused: how many of them state something wrong.
        apart: how many were evaluated by themselves, whole.
        ways: how each criterion was evaluated; row by row if it was in any piece.
    """

    rows: int = 0
    refused: int = 0
    apart: int = 0
    ways: tuple[Way, ...] = field(default=())


def score_parquet(
    ruleset: Ruleset,
    source: Path,
    sink: Path,
    *,
    evaluated_on: date,
    id: str | None = None,  # noqa: A002 - the word for it
    lists: Mapping[str, pl.DataFrame] = NO_LISTS,
    columns: Sequence[str] | None = None,
    piece_rows: int = PIECE_ROWS,
) -> ScoredFile:
    """Write the verdicts on the rows of a Parquet file to another, a row for each, in order.

    Args:
        ruleset: the ruleset.
        source: the file of the table, in the form that `engine.table.layout` describes.
        sink: the file that is written.
        evaluated_on: the date of the evaluation.
        id: the column that tells the rows apart; it comes back beside the results.
        lists: facts that are lists, each as a table of its items with the column `id`; these stay in memory.
        columns: the columns of the results that are wanted; all without it. See `Scored`.
        piece_rows: how many rows are evaluated at once.

    Raises:
        TableError: a column names no fact, or two state the same.
        InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
        OSError: a file cannot be read or written.
    """
    evaluator = TableEvaluator(ruleset, evaluated_on)
    scan = pl.scan_parquet(source)
    schema = scan.collect_schema()
    if id is not None:
        check_id(schema, id)
    types = {} if id is None else {id: schema[id]}
    done, failures = ScoredFile(), list[Exception]()

    def pieces(*_asked: object) -> Iterator[pl.DataFrame]:
        try:
            for piece in _read_ahead(scan, piece_rows):
                scored = evaluator.evaluate(piece, id=id, lists=lists, columns=columns)
                done.rows += piece.height
                done.refused += scored.refused
                done.apart += scored.apart
                done.ways = _slower(done.ways, scored.ways)
                yield scored.frame
        except Exception as error:  # what goes through Polars comes out as an error of Polars
            failures.append(error)
            raise

    part = sink.with_name(f".{sink.name}.part")
    try:
        scored = register_io_source(pieces, schema=types | evaluator.schema(columns))
        scored.sink_parquet(part, compression="zstd")
        part.replace(sink)
    except pl.exceptions.PolarsError:
        if failures:
            raise failures[0] from None
        raise
    finally:
        part.unlink(missing_ok=True)
    return done


def _read_ahead(scan: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """The pieces of a file, each read while the one before it is evaluated; one without rows of an empty file.

    Polars itself reads so far ahead that memory grows with the file.
    """
    height = int(scan.select(pl.len()).collect().item())

    def read(start: int) -> pl.DataFrame:
        return scan.slice(start, rows).collect(engine="in-memory")

    with ThreadPoolExecutor(1) as reader:
        ahead = reader.submit(read, 0)
        for start in range(rows, height, rows):
            piece, ahead = ahead.result(), reader.submit(read, start)
            yield piece
        yield ahead.result()


def _slower(ways: tuple[Way, ...], others: tuple[Way, ...]) -> tuple[Way, ...]:
    """Of two ways for each criterion, the slower one."""
    if not ways:
        return others
    return tuple(other if one.columns else one for one, other in zip(ways, others, strict=True))
