"""Rows to files: CSV, JSON Lines, XLSX or Parquet, by the name of the file. A file is there whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl
from polars import selectors
from polars.exceptions import PolarsError
from polars.selectors import Selector

from clients.score.problems import ScoreError

MAX_SHEET_ROWS: Final = 1_048_575
"""Rows of a workbook's sheet below its header."""
_SEPARATOR: Final = "; "


def check_output(path: Path, rows: int) -> None:
    """Refuse a file that could not be written in the end.

    Raises:
        ScoreError: its name says no kind, or its kind does not hold so many rows.
    """
    if path.suffix.lower() not in _KINDS:
        raise ScoreError(f"{path}: results are written as {', '.join(_KINDS)}")
    if path.suffix.lower() == ".xlsx" and rows > MAX_SHEET_ROWS:
        raise ScoreError(
            f"{path}: a sheet holds {MAX_SHEET_ROWS:,} rows, and here are {rows:,}: write .csv or .parquet"
        )


def write(path: Path, columns: Sequence[str], rows: pl.LazyFrame) -> None:
    """Write the columns of a table to a file.

    Raises:
        ScoreError: it cannot be written.
    """
    with _whole(path) as half:
        _KINDS[path.suffix.lower()](half, rows.select(columns))


def write_text(path: Path, text: str) -> None:
    """Write a page.

    Raises:
        ScoreError: it cannot be written.
    """
    with _whole(path) as half:
        half.write_text(text, encoding="utf-8")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Another name for a file that gets its own one when all of it is written."""
    half = path.with_name(f"{path.stem}.half{path.suffix}")
    try:
        yield half
        half.replace(path)
    except (OSError, PolarsError) as error:
        half.unlink(missing_ok=True)
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise ScoreError(
            f"{path} cannot be written: {why}; what was done so far is kept, "
            "and the same command goes on from there"
        ) from None


def _csv(path: Path, rows: pl.LazyFrame) -> None:
    # With a byte order mark: spreadsheet programs take the file for UTF-8 by it.
    _flat(rows).sink_csv(path, include_bom=True, line_terminator="\r\n")


def _json_lines(path: Path, rows: pl.LazyFrame) -> None:
    rows.sink_ndjson(path)


def _workbook(path: Path, rows: pl.LazyFrame) -> None:
    frame = _flat(rows).collect()
    widths: dict[str | Selector, tuple[str, ...] | int] = {
        name: 90 if name != "reasons" else 600 for name in frame.columns
    }
    written = io.BytesIO()  # so that a full disk is said as of every other file
    frame.write_excel(written, freeze_panes=(1, 0), column_widths=widths, autofilter=True)
    path.write_bytes(written.getvalue())


def _parquet(path: Path, rows: pl.LazyFrame) -> None:
    rows.sink_parquet(path)


def _flat(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows for cells that hold no lists, and nothing for what is empty."""
    joined = rows.with_columns(selectors.list().list.join(_SEPARATOR))
    return joined.with_columns(pl.when(selectors.string() != "").then(selectors.string()))


_KINDS: Final[Mapping[str, Callable[[Path, pl.LazyFrame], None]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".xlsx": _workbook,
    ".parquet": _parquet,
}
