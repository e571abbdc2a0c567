"""Parquet files scored piece by piece, so that memory does not grow with the file."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from engine.ruleset.ruleset import Ruleset
from engine.table.criteria import Way
from engine.table.evaluation import NO_LISTS, TableEvaluator
from engine.table.ledger import REFUSED

PIECE_ROWS: Final = 250_000  # of a file, evaluated at once


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
    rows = int(scan.select(pl.len()).collect().item())
    wanted = None if columns is None else [*columns, *({"status"} - set(columns))]
    kept = [*([id] if id else []), *evaluator.schema(columns)]
    done = ScoredFile()
    # A sink that is fed from Python gathers all of it first, so the pieces are files until they are put together.
    with TemporaryDirectory(dir=sink.parent, prefix=f".{sink.name}-") as folder:
        for start in range(0, max(rows, 1), piece_rows):
            piece = scan.slice(start, piece_rows).collect()
            scored = evaluator.evaluate(piece, id=id, lists=lists, columns=wanted)
            done.rows += piece.height
            done.refused += int((scored.frame["status"] == REFUSED).sum())
            done.apart += scored.apart
            done.ways = _slower(done.ways, scored.ways)
            part = Path(folder) / f"{start:015}.parquet"
            scored.frame.select(kept).write_parquet(part, compression="uncompressed")
            gc.collect()  # names and rows refer to each other, and the columns of a piece are too large to linger
        pl.scan_parquet(Path(folder) / "*.parquet").sink_parquet(sink, compression="zstd")
    return done


def _slower(ways: tuple[Way, ...], others: tuple[Way, ...]) -> tuple[Way, ...]:
    """Of two ways for each criterion, the slower one."""
    if not ways:
        return others
    return tuple(other if one.columns else one for one, other in zip(ways, others, strict=True))
