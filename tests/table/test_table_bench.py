"""What is measured of tables gives the same answers, or its ratios would mean nothing. Nothing is timed here."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from bench.table_data import write_table

ROWS = 1_500


def test_what_is_written_by_hand_says_what_the_ruleset_says(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="installed by `make bench` alone")
    from bench import tables_bench, tables_by_hand
    from engine import load

    source, sink = tmp_path / "in.parquet", tmp_path / "out.parquet"
    write_table(source, ROWS)
    tables_bench.score(load(tables_bench.FILE), source, sink)
    ours = pl.read_parquet(sink).sort("person")
    assert ours["outcome"].n_unique() == 5  # the outcomes, and none
    for by_hand in (tables_by_hand.by_polars, tables_by_hand.by_duckdb):
        by_hand(source, sink)
        assert pl.read_parquet(sink).sort("person").equals(ours)
