"""Whatever stands in the cells and wherever the work stops: every row comes out once, as a result or as a reject."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring import RULESET

from clients.score import work as work_module
from clients.score.journal import Journal
from clients.score.judging import Asked, Here, Judge, Judged
from clients.score.mapping import ColumnMapping
from clients.score.problems import ScoreError
from clients.score.results import Line
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


class _Stopping:
    """Judges so many chunks, and then no more."""

    def __init__(self, chunks: int) -> None:
        self._left = chunks
        self._judge: Judge = Here(_ruleset(), DAY, "en")

    def judge(self, chunk: Sequence[Asked]) -> list[Judged]:
        if self._left == 0:
            raise ScoreError("stopped")
        self._left -= 1
        return self._judge.judge(chunk)


def _work(folder: Path, choice: Choice) -> Work:
    return Work(_ruleset(), [folder / "a.csv"], MAPPING, folder, choice, "en", ("group",))


def _write(folder: Path, table: list[tuple[str, ...]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([HEADER, *table])
    (folder / "a.csv").write_text(written.getvalue(), encoding="utf-8", newline="")


def _lines(work: Work, journal: Journal) -> list[Line]:
    tally = work.tally(journal)  # which raises where rows in are not rows out
    lines = list(journal.lines())
    assert tally.judged + tally.rejected == len(work.chosen) == len(lines)
    return lines


@settings(max_examples=60)
@given(TABLES, st.integers(0, 5), st.integers(0, 5), st.data())
def test_every_row_comes_out_once_wherever_the_work_stops(
    table: list[tuple[str, ...]], first: int, second: int, data: st.DataObject
) -> None:
    choice = data.draw(st.sampled_from([Choice(), Choice(limit=4), Choice(sample=5, seed=3)]))
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        patch.setattr(work_module, "CHUNK", 2)
        folder = Path(name)
        _write(folder, table)
        whole = Journal(folder / "whole", {})
        _work(folder, choice).run(_Stopping(1_000), whole, lambda _: None)
        expected = _lines(_work(folder, choice), whole)

        for chunks in (first, second):
            with suppress(ScoreError):  # it may be done before it stops
                _work(folder, choice).run(_Stopping(chunks), Journal(folder / "parts", {}), lambda _: None)
        work, journal = _work(folder, choice), Journal(folder / "parts", {})
        work.run(_Stopping(1_000), journal, lambda _: None)
        assert _lines(work, journal) == expected
        places = [line["row"]["row"] if "row" in line else line["rejects"][0]["row"] for line in expected]
        assert len(set(places)) == len(places)


@given(TABLES)
@settings(max_examples=40)
def test_rows_with_one_id_are_all_rejected(table: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, table)
        work, journal = _work(folder, Choice()), Journal(folder / "parts", {})
        work.run(Here(_ruleset(), DAY, "en"), journal, lambda _: None)
        judged = [line["row"]["id"] for line in journal.lines() if "row" in line]
        assert all(judged)
        assert len(set(judged)) == len(judged)
