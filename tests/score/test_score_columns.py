"""Files read, judged and counted in columns come to what they come to row by row."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl
import pytest
from crossed_records import crossed, stated
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scoring import RULESET
from shipped_rulesets import BY_FILE

from clients.score.journal import Journal
from clients.score.judging import Here
from clients.score.leaves import leaves_of
from clients.score.mapping import ColumnMapping
from clients.score.reading import Options, Row, open_table
from clients.score.reading.delimited import Delimited
from clients.score.reading.table import SPACES, Block
from clients.score.rulings import OneForAll
from clients.score.work import Choice, Work
from engine import Ruleset, load

ROWS: Final = 40
MOST_DROPPED: Final = 3
JUNK: Final = (
    "x",
    "?",
    "1.234",
    "31/02/2024",
    "5/6/2024",
    " ",
    "-1",
    "99999999999999999999",
    "[1",
    "0,5",
    "có",
)


def _cells(ruleset: Ruleset, record: Mapping[str, Any]) -> dict[str, str]:
    """A record as the cells of a spreadsheet, by the paths of the facts."""
    cells = {}
    for path, leaf in leaves_of(ruleset).items():
        found: Any = record
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        if isinstance(found, list):
            cells[path] = orjson.dumps(found, default=str).decode()
        elif isinstance(found, bool):
            cells[path] = "có" if found else "không"
        elif leaf.declared.kind == "enum" and (label := leaf.declared.values.get(found)):
            cells[path] = label.vi
        else:
            cells[path] = "" if found is None else str(found)
    return cells


def _table(file: str, chance: random.Random) -> list[dict[str, str]]:
    values = stated(file)
    rows = [_cells(BY_FILE[file], crossed(values, chance, MOST_DROPPED)) for _ in range(ROWS)]
    for row in rows[::5]:
        row[chance.choice(list(row))] = chance.choice(JUNK)
    return rows


def _write(folder: Path, rows: list[dict[str, str]], kind: str) -> Path:
    path = folder / f"a.{kind}"
    if kind == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    else:
        written = io.StringIO()
        writer = csv.DictWriter(written, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(written.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("file", BY_FILE)
def test_of_every_ruleset_columns_and_rows_come_to_the_same(file: str, tmp_path: Path) -> None:
    chance = random.Random(file)  # noqa: S311 - the same rows in every run
    ruleset, rows = BY_FILE[file], _table(file, chance)
    day = ruleset.effective.from_ or date(2024, 12, 20)
    path = _write(tmp_path, rows, chance.choice(["csv", "parquet"]))
    kept = []
    for columns in (True, False):
        by = [path for path, leaf in leaves_of(ruleset).items() if leaf.declared.kind != "list"][:2]
        rulings = OneForAll(ruleset, ColumnMapping())
        work = Work(rulings, [path], ColumnMapping(), tmp_path, Choice(), "vi", by)
        journal = Journal(tmp_path / f"{columns}", {})

        def judge(each: Ruleset, _job: str, columns: bool = columns) -> Here:
            return Here(each, day, "vi", columns=columns)

        work.run(judge, journal, lambda _: None)
        work.tally(journal)  # which raises where rows in are not rows out
        kept.append((journal.results().collect(), journal.rejects().collect()))
    for together, apart in zip(*kept, strict=True):
        assert_frame_equal(together, apart)


def test_spaces_are_what_python_takes_for_them() -> None:
    assert sorted(SPACES) == [chr(code) for code in range(0x110000) if chr(code).isspace()]


# Marks that matter to files of cells, and others.
TEXTS = st.text(st.sampled_from('a,;"\n\r\0 ờ\x0b\u2028\u00a0='), max_size=60)


@settings(max_examples=150)
@example(';,"\n"\r;', False)
@given(TEXTS, st.booleans())
def test_a_text_file_is_read_as_python_reads_it(text: str, marked: bool) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        path = Path(name) / "a.csv"
        encoding = "utf-8-sig" if marked else "utf-8"
        path.write_text("a,b\n" + text, encoding=encoding, newline="")
        together = _rows(path, encoding)
        patch.setattr(Delimited, "_plain", lambda *_: None)
        assert together == _rows(path, encoding)
        patch.setattr("clients.score.reading.delimited._AT_ONCE", 3)
        assert together == _rows(path, encoding)


def _rows(path: Path, encoding: str) -> tuple[list[Row], int]:
    table = open_table(path, Options(encoding=encoding))
    return list(table.rows()), table.empty_rows


def test_blocks_are_of_the_size_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n,\n3,4,5\n6,7\n", encoding="utf-8")
    table = open_table(path, Options())
    blocks = list(table.blocks(2))
    assert [block.numbers.to_list() for block in blocks] == [[2, 4], [5]]
    assert [list(block.problems) for block in blocks] == [[1], []]
    assert isinstance(blocks[0], Block)


def test_ids_of_numbers_and_texts_are_the_same(tmp_path: Path) -> None:
    ruleset = load(RULESET)
    mapping = ColumnMapping.model_validate({"id": ["unit", "no"], "columns": {"months": "months"}})
    pl.DataFrame({"unit": [1, 1], "no": ["7", " 7 "], "months": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    rulings = OneForAll(ruleset, mapping)
    work = Work(rulings, [tmp_path / "a.parquet"], mapping, tmp_path, Choice(), "en", ())
    assert work.survey.same == {"1 / 7": (2, "a.parquet:1")}
