"""Whole tables: a ruleset over a Parquet file, beside what a person would write for that file by hand."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

import rulesets
from bench import tables_by_hand
from bench.effort import Effort
from bench.measure import figure
from bench.report import Findings, Goal, Table
from bench.table_data import write_table
from engine import Ruleset, evaluate, load
from engine.table import score_parquet
from engine.table.layout import record_of

FILE: Final = rulesets.FOLDER / "vn" / "nd90" / "public-employee-manager" / "2.0.0.yaml"
DAY: Final = date(2024, 12, 31)
ROWS_A_RECORD: Final = 500  # of the effort: a full run measures a million rows, and then ten
GROWTH: Final = 10  # times the rows in the larger file
MOST_ROUNDS: Final = 5  # of the smaller file
LARGE_ROUNDS: Final = 2
ROW_BY_ROW: Final = 5_000  # rows that are evaluated one by one
COMPARED: Final = 500_000  # rows of two results, held against each other at once

_OURS, _POLARS, _DUCKDB = "chuan", "Polars by hand", "DuckDB by hand"
_BY_HAND: Final = (_POLARS, _DUCKDB)

WAYS: Final[dict[str, Callable[[Path, Path], None]]] = {
    _OURS: lambda source, sink: score(load(FILE), source, sink),
    _POLARS: tables_by_hand.by_polars,
    _DUCKDB: tables_by_hand.by_duckdb,
}


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass took, in seconds: by the clock, and of CPU."""

    clock: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured of one file.

    Attributes:
        rows: how many it has.
        first: the first pass of each way.
        passes: those after it, in turn.
        memory: what a process of its own needs at most, in MiB.
    """

    rows: int
    first: dict[str, Pass]
    passes: dict[str, list[Pass]]
    memory: dict[str, float]

    def over(self, name: str) -> float:
        """How many times the seconds of another way we took, in passes that stood beside each other."""
        pairs = zip(self.passes[_OURS], self.passes[name], strict=True)
        return statistics.median(ours.clock / its.clock for ours, its in pairs)

    def median(self, name: str) -> Pass:
        """The middle of the passes of a way."""
        passes = self.passes[name]
        return Pass(
            statistics.median(each.clock for each in passes), statistics.median(each.cpu for each in passes)
        )


def measure(effort: Effort) -> Findings:
    """Run the part."""
    rows, ruleset = effort.records * ROWS_A_RECORD, load(FILE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "in.parquet"
        write_table(source, rows)
        small = _measured(ruleset, rows, source, folder, min(effort.rounds, MOST_ROUNDS))
        one_by_one = _row_by_row(ruleset, source, rows)
        shown = (
            pl.scan_parquet(folder / f"{_OURS}.parquet").select(pl.col("outcome").n_unique()).collect().item()
        )
        write_table(source, rows * GROWTH)
        large = _measured(ruleset, rows * GROWTH, source, folder, min(effort.rounds, LARGE_ROUNDS))
    return _report((small, large), one_by_one, shown)


def score(ruleset: Ruleset, source: Path, sink: Path) -> None:
    """Our way, with the columns that are written by hand too."""
    score_parquet(ruleset, source, sink, evaluated_on=DAY, id="person", columns=["outcome", "failed"])


def _measured(ruleset: Ruleset, rows: int, source: Path, folder: Path, rounds: int) -> Size:
    ways = WAYS | {_OURS: lambda source, sink: score(ruleset, source, sink)}
    sinks = {name: folder / f"{name}.parquet" for name in ways}
    first = {name: _timed(way, source, sinks[name]) for name, way in ways.items()}
    for name in _BY_HAND:
        assert _equal(sinks[_OURS], sinks[name], rows), f"{name} says something else"
    passes: dict[str, list[Pass]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
            passes[name].append(_timed(ways[name], source, sinks[name]))
    memory = {name: _peak_memory(name, source, folder / "memory.parquet") for name in ways}
    return Size(rows, first, passes, memory)


def _timed(way: Callable[[Path, Path], None], source: Path, sink: Path) -> Pass:
    clock, cpu = time.perf_counter(), time.process_time()
    way(source, sink)
    return Pass(time.perf_counter() - clock, time.process_time() - cpu)


def _equal(one: Path, other: Path, rows: int) -> bool:
    """Whether two files hold the same, row for row."""
    files = pl.scan_parquet(one), pl.scan_parquet(other)
    if any(file.select(pl.len()).collect().item() != rows for file in files):
        return False
    starts = range(0, rows, COMPARED)
    pieces = ([file.slice(start, COMPARED).collect() for file in files] for start in starts)
    return all(mine.equals(its) for mine, its in pieces)


def _row_by_row(ruleset: Ruleset, source: Path, rows: int) -> float:
    """The seconds that all rows would take one by one, from as many as are tried."""
    frame = pl.read_parquet(source, n_rows=ROW_BY_ROW).drop("person")
    start = time.perf_counter()
    for row in islice(frame.iter_rows(named=True), ROW_BY_ROW):
        evaluate(ruleset, record_of(row), evaluated_on=DAY)
    return (time.perf_counter() - start) / frame.height * rows


def _peak_memory(name: str, source: Path, sink: Path) -> float:
    """The MiB that a process of its own needs at most to score a file in one of the ways."""
    command = [sys.executable, "-m", "bench.tables_bench", name, str(source), str(sink)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return float(done.stdout)


def _report(sizes: tuple[Size, Size], one_by_one: float, shown: int) -> Findings:
    small, large = sizes
    lines = [line for size in sizes for line in _lines(size)]
    lines.append(
        (
            f"{small.rows:,}: chuan, row by row (from a part)",
            *("", f"{one_by_one:.1f}", "", figure(small.rows / one_by_one), "", ""),
        )
    )
    ours = small.median(_OURS).clock
    return Findings(
        title="Whole tables: Parquet to Parquet",
        notes=(
            f"{small.rows:,} and {large.rows:,} managers (`bench/table_data.py`) by {FILE.parent.name} {FILE.stem}, "
            f"{len(tables_by_hand.CRITERIA)} criteria, to a file with the outcome ({shown} different ones) and the "
            "list of failed criteria; all files first seen to be equal, row for row. Seconds by the clock and of CPU, "
            "in turn, the median; `times` is our time over theirs in passes beside each other. The first time, each "
            "different combination of findings is judged, which is remembered for the ruleset. Memory is the most "
            "that a process of its own has ever held. What is written by hand knows nothing of missing facts, wrong "
            "values or reasons.",
        ),
        tables=(
            Table(
                ("rows: way", "first, s", "then, s", "CPU, s", "rows a second", "times", "memory, MiB"),
                tuple(lines),
            ),
        ),
        goals=(
            *(
                Goal(f"{size.rows:,} rows over {name}", size.over(name), wanted, at_least=False)
                for size in sizes
                for name, wanted in ((_POLARS, 1.5), (_DUCKDB, 1))
            ),
            Goal("faster than row by row", one_by_one / ours, 20),
            Goal(
                f"memory for {GROWTH} times the rows",
                large.memory[_OURS] / small.memory[_OURS],
                1.5,
                at_least=False,
            ),
        ),
    )


def _lines(size: Size) -> list[tuple[str, ...]]:
    return [
        (
            f"{size.rows:,}: {name}",
            f"{size.first[name].clock:.2f}",
            f"{size.median(name).clock:.2f}",
            f"{size.median(name).cpu:.2f}",
            figure(size.rows / size.median(name).clock),
            "" if name == _OURS else f"{size.over(name):.2f}",
            figure(size.memory[name]),
        )
        for name in size.passes
    ]


def _own_peak() -> float:
    """The most memory, in MiB, that this process has used: Linux's own mark, in which no parent is counted."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    print(_own_peak())
