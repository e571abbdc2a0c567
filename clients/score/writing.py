"""Rows to files: CSV, JSON Lines, XLSX or Parquet, by the name of the file. A file is there whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson
import polars as pl
from polars.exceptions import PolarsError
from polars.selectors import Selector

from clients.score.problems import ScoreError
from clients.score.results import Line

MAX_SHEET_ROWS: Final = 1_048_575
"""Rows of a workbook's sheet below its header."""
_SEPARATOR: Final = "; "
_LISTS: Final = frozenset({"reasons", "missing"})


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


def write(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> int:
    """Write rows to a file; how many.

    Raises:
        ScoreError: it cannot be written.
    """
    half = path.with_name(f"{path.stem}.half{path.suffix}")
    counted = _Counted(lines)
    try:
        _WRITERS[path.suffix.lower()](half, columns, counted)
        half.replace(path)
    except (OSError, PolarsError) as error:
        half.unlink(missing_ok=True)
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise ScoreError(
            f"{path} cannot be written: {why}; what was done so far is kept, "
            "and the same command goes on from there"
        ) from None
    return counted.count


def write_text(path: Path, text: str) -> None:
    """Write a page.

    Raises:
        ScoreError: it cannot be written.
    """
    write(path, (), ({"text": text},))


class _Counted:
    """Lines that are counted as they pass."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            self.count += 1
            yield line


def _html(path: Path, _columns: Sequence[str], lines: Iterable[Line]) -> None:
    path.write_text("".join(line["text"] for line in lines), encoding="utf-8")


def _csv(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> None:
    # With a byte order mark: spreadsheet programs take the file for UTF-8 by it.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(map(_flat, lines))


def _json_lines(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> None:
    with path.open("wb") as file:
        for line in lines:
            file.write(orjson.dumps({name: line[name] for name in columns}) + b"\n")


def _workbook(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> None:
    frame = pl.DataFrame(list(map(_flat, lines)), schema=_schema(columns, flat=True))
    widths: dict[str | Selector, tuple[str, ...] | int] = {
        name: 90 if name != "reasons" else 600 for name in columns
    }
    written = io.BytesIO()  # so that a full disk is said as of every other file
    frame.write_excel(written, freeze_panes=(1, 0), column_widths=widths, autofilter=True)
    path.write_bytes(written.getvalue())


def _parquet(path: Path, columns: Sequence[str], lines: Iterable[Line]) -> None:
    # By way of JSON Lines, which Polars streams: the rows need not fit into memory.
    rows = path.with_suffix(".jsonl")
    try:
        _json_lines(rows, columns, lines)
        pl.scan_ndjson(rows, schema=_schema(columns, flat=False)).sink_parquet(path)
    finally:
        rows.unlink(missing_ok=True)


def _schema(columns: Sequence[str], *, flat: bool) -> dict[str, pl.DataType | type[pl.DataType]]:
    return {
        name: pl.Int64 if name == "row" else pl.List(pl.String) if name in _LISTS and not flat else pl.String
        for name in columns
    }


def _flat(line: Line) -> Line:
    """A row for cells that hold no lists."""
    return {
        name: _SEPARATOR.join(value) if isinstance(value, list) else value for name, value in line.items()
    }


_KINDS: Final[Mapping[str, Callable[[Path, Sequence[str], Iterable[Line]], None]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".xlsx": _workbook,
    ".parquet": _parquet,
}
_WRITERS: Final = {**_KINDS, ".html": _html}
