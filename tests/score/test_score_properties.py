"""Whatever stands in the cells and wherever the work stops: every row comes out once, as a result or as a reject."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scoring import RULESET

from clients.score import work as work_module
from clients.score.journal import Journal, Part
from clients.score.judging import Here
from clients.score.mapping import ColumnMapping
from clients.score.problems import ScoreError
from clients.score.rulings import OneForAll
from clients.score.work import Choice, Work
from engine import Ruleset, load

DAY = date(2024, 12, 20)
MAPPING = ColumnMapping.model_validate(
    {
        "id": "id",
        "columns": {name: name for name in ("group", "months", "leave", "level", "joined", "marks")},
    }
)
HEADER = ("id", *MAPPING.columns)
# What people write, and anything else.
CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "staff",
            "nhân viên",
            "chief",
            "12",
            "5,5",
            "1.234",
            "x",
            "không",
            "cao",
            "5/3/2024",
            "7; 8",
            "2020-01-31",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
)
TABLES = st.lists(st.tuples(*[CELLS] * len(HEADER)), max_size=12)


@cache
def _ruleset() -> Ruleset:
    return load(RULESET)


class _Stopping(Journal):
    """Keeps so many blocks, and then no more."""

    def __init__(self, folder: Path, blocks: int) -> None:
        super().__init__(folder, {})
        self._left = blocks

    def add(self, part: Part) -> None:
        if self._left == 0:
            raise ScoreError("stopped")
        self._left -= 1
        super().add(part)


def _here(ruleset: Ruleset, _job: str) -> Here:
    return Here(ruleset, DAY, "en")


def _row_by_row(ruleset: Ruleset, _job: str) -> Here:
    return Here(ruleset, DAY, "en", columns=False)


def _work(folder: Path, choice: Choice) -> Work:
    rulings = OneForAll(_ruleset(), MAPPING)
    return Work(rulings, [folder / "a.csv"], MAPPING, folder, choice, "en", ("group", "months"))


def _write(folder: Path, table: list[tuple[str, ...]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([HEADER, *table])
    (folder / "a.csv").write_text(written.getvalue(), encoding="utf-8", newline="")


def _kept(work: Work, journal: Journal) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All results and rejects."""
    work.tally(journal)  # which raises where rows in are not rows out
    return journal.results().collect(), journal.rejects().collect()


@settings(max_examples=25)
@given(TABLES, st.integers(0, 5), st.integers(0, 5), st.data())
def test_every_row_comes_out_once_wherever_the_work_stops(
    table: list[tuple[str, ...]], first: int, second: int, data: st.DataObject
) -> None:
    choice = data.draw(st.sampled_from([Choice(), Choice(limit=4), Choice(sample=5, seed=3)]))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(work_module, "BLOCK", 2)
        folder = Path(name)
        _write(folder, table)
        whole = Journal(folder / "whole", {})
        _work(folder, choice).run(_here, whole, lambda _: None)
        results, rejects = _kept(_work(folder, choice), whole)

        for blocks in (first, second):
            with suppress(ScoreError):  # it may be done before it stops
                _work(folder, choice).run(_here, _Stopping(folder / "parts", blocks), lambda _: None)
        work, journal = _work(folder, choice), Journal(folder / "parts", {})
        work.run(_here, journal, lambda _: None)
        for found, expected in zip(_kept(work, journal), (results, rejects), strict=True):
            assert_frame_equal(found, expected)
        places = [*results["row"], *rejects["row"].unique()]
        assert len(set(places)) == len(places) == len(work.chosen)


@given(TABLES)
@settings(max_examples=50)
def test_columns_and_rows_come_to_the_same(table: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, table)
        kept = []
        for judges, journal in ((_here, "together"), (_row_by_row, "apart")):
            work = _work(folder, Choice())
            work.run(judges, Journal(folder / journal, {}), lambda _: None)
            kept.append(_kept(work, Journal(folder / journal, {})))
        for together, apart in zip(*kept, strict=True):
            assert_frame_equal(together, apart)


@given(TABLES)
@settings(max_examples=20)
def test_rows_with_one_id_are_all_rejected(table: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, table)
        work, journal = _work(folder, Choice()), Journal(folder / "parts", {})
        work.run(_here, journal, lambda _: None)
        judged = journal.results().collect()["id"]
        assert all(judged)
        assert judged.is_unique().all()
