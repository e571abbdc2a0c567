"""Whole tables: a ruleset over a Parquet file, beside what a person would write for that file by hand."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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
ROWS_A_RECORD: Final = 500  # of the effort: a full run measures a million rows
MOST_ROUNDS: Final = 5
GROWTH: Final = 10  # times the rows, for memory
ROW_BY_ROW: Final = 5_000  # rows that are evaluated one by one

_OURS, _POLARS, _DUCKDB = "chuan", "Polars by hand", "DuckDB by hand"


def measure(effort: Effort) -> Findings:
    """Run the part."""
    rows, ruleset = effort.records * ROWS_A_RECORD, load(FILE)
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        write_table(source, rows)
        ways: dict[str, Callable[[], object]] = {
            _OURS: lambda: score(ruleset, source, sink),
            _POLARS: lambda: tables_by_hand.by_polars(source, sink),
            _DUCKDB: lambda: tables_by_hand.by_duckdb(source, sink),
        }
        results, first = [], {}
        for name, way in ways.items():
            first[name] = _seconds(way)
            results.append(pl.read_parquet(sink).select("person", "outcome", "failed"))
        assert results[0].equals(results[1]), "the hand says something else"
        assert results[0].equals(results[2].sort(pl.col("person").str.slice(1).cast(pl.Int64))), (
            "SQL says otherwise"
        )
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(min(effort.rounds, MOST_ROUNDS)):
            for name, way in ways.items():
                seconds[name].append(_seconds(way))
        one_by_one = _row_by_row(ruleset, source, rows)
        large = Path(folder) / "large.parquet"
        write_table(large, rows * GROWTH)
        memory = [_peak_memory(each, sink) for each in (source, large)]
    return _report(rows, first, seconds, one_by_one, memory, results[0])


def score(ruleset: Ruleset, source: Path, sink: Path) -> None:
    """Our way, with the columns that are written by hand too."""
    score_parquet(ruleset, source, sink, evaluated_on=DAY, id="person", columns=["outcome", "failed"])


def _seconds(way: Callable[[], object]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def _row_by_row(ruleset: Ruleset, source: Path, rows: int) -> float:
    """The seconds that all rows would take one by one, from as many as are tried."""
    frame = pl.read_parquet(source, n_rows=ROW_BY_ROW).drop("person")
    start = time.perf_counter()
    for row in islice(frame.iter_rows(named=True), ROW_BY_ROW):
        evaluate(ruleset, record_of(row), evaluated_on=DAY)
    return (time.perf_counter() - start) / frame.height * rows


def _peak_memory(source: Path, sink: Path) -> float:
    """The MiB that a process of its own needs at most to score a file."""
    command = [sys.executable, "-m", "bench.tables_bench", str(source), str(sink)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return float(done.stdout)


def _report(
    rows: int,
    first: dict[str, float],
    seconds: dict[str, list[float]],
    one_by_one: float,
    memory: list[float],
    result: pl.DataFrame,
) -> Findings:
    ours = seconds[_OURS]

    def over(name: str) -> float:
        """How many times the seconds of another way, of passes that stood beside each other."""
        return statistics.median(mine / its for mine, its in zip(ours, seconds[name], strict=True))

    lines = [
        (
            name,
            f"{first[name]:.2f}",
            f"{statistics.median(each):.2f}",
            f"{min(each):.2f}",
            figure(rows / statistics.median(each)),
        )
        for name, each in seconds.items()
    ]
    lines.append(("chuan, row by row (from a part)", "", f"{one_by_one:.1f}", "", figure(rows / one_by_one)))
    shown = result["outcome"].value_counts().height
    return Findings(
        title="Whole tables: Parquet to Parquet",
        notes=(
            f"{rows:,} managers (`bench/table_data.py`) by {FILE.parent.name} {FILE.stem}, "
            f"{len(tables_by_hand.CRITERIA)} criteria, to a file with the outcome ({shown} different ones) and the "
            "list of failed criteria; all three files first seen to be equal. Seconds by the clock, in turn. "
            "What is written by hand knows nothing of missing facts, wrong values or reasons. The first time, each "
            "different combination of findings is judged by forward chaining; that is remembered for the ruleset.",
        ),
        tables=(
            Table(("way", "first, s", "then, s", "fastest, s", "rows a second"), tuple(lines)),
            Table(
                ("rows", "peak memory, MiB"),
                tuple((f"{n:,}", figure(mib)) for n, mib in zip((rows, rows * GROWTH), memory, strict=True)),
            ),
        ),
        goals=(
            Goal("over Polars by hand", over(_POLARS), 1.5, at_least=False),
            Goal("over DuckDB by hand", over(_DUCKDB), 1, at_least=False),
            Goal("faster than row by row", one_by_one / statistics.median(ours), 20),
            Goal(f"memory for {GROWTH} times the rows", memory[1] / memory[0], 1.5, at_least=False),
        ),
    )


def _own_peak() -> float:
    """The most memory, in MiB, that this process has used: Linux's own mark, in which no parent is counted."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    score(load(FILE), Path(sys.argv[1]), Path(sys.argv[2]))
    print(_own_peak())
