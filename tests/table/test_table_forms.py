"""How a table states facts; the tables are in tests/data/table, what they come to also as records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from ruamel.yaml import YAML
from same_as_rows import check_same

from engine import loads
from engine.table import TableError, evaluate_table, frame_of, score_parquet
from engine.table.layout import record_of

DATA = YAML(typ="safe", pure=True).load(Path(__file__).parents[1] / "data" / "table" / "forms.yaml")
RULESET = loads(DATA["ruleset"])
ON = DATA["on"]
NEVER_COLUMNS = {"early", "clean"}  # a time of day; a list that most of the tables do not have


def series(name: str, type_: str, values: list[Any]) -> pl.Series:
    match type_:
        case "decimal":
            numbers = [None if value is None else Decimal(value) for value in values]
            return pl.Series(name, numbers, dtype=pl.Decimal(38, 17))
        case "text_number":
            return pl.Series(name, [Decimal(value) for value in values], dtype=pl.Decimal(38, 0))
        case "date":
            days = [None if value is None else date.fromisoformat(value) for value in values]
            return pl.Series(name, days, dtype=pl.Date)
        case "lists":
            item = pl.Struct({"year": pl.Int64, "year = null": pl.Boolean})
            return pl.Series(name, values, dtype=pl.List(item))
        case "records":
            return pl.Series(name, values, dtype=pl.Struct({"total": pl.Int64, "done": pl.Int64}))
    return pl.Series(name, values, dtype=_TYPES[type_])


_TYPES: Mapping[str, Any] = {"int": pl.Int64, "float": pl.Float64, "text": pl.String, "boolean": pl.Boolean}


@pytest.mark.parametrize("case", DATA["tables"], ids=lambda case: case["name"])
def test_a_table_is_read_as_the_records_that_it_stands_for(case: dict[str, Any]) -> None:
    frame = pl.DataFrame(
        [series(name, each["type"], each["values"]) for name, each in case["columns"].items()]
    )
    scored = check_same(RULESET, frame, [record_of(row) for row in frame.iter_rows(named=True)], ON)
    findings = scored.findings()
    for criterion, statuses in case.get("findings", {}).items():
        assert findings[criterion].to_list() == statuses
    if "violations" in case:
        wrong = [[[each["path"], each["code"]] for each in row] for row in scored.frame["violations"]]
        assert wrong == case["violations"]
    by_rows = {way.criterion for way in scored.ways if not way.columns}
    assert by_rows - NEVER_COLUMNS == set(case.get("by_rows", [])) - NEVER_COLUMNS
    assert all(way.reason for way in scored.ways if not way.columns)


@pytest.mark.parametrize("case", DATA["refused"], ids=lambda case: case["says"])
def test_a_table_that_cannot_be_read_says_so(case: dict[str, Any]) -> None:
    frame = pl.DataFrame({name: pl.Series([None], dtype=pl.Int64) for name in case["columns"]})
    with pytest.raises(TableError) as error:
        evaluate_table(RULESET, frame, evaluated_on=ON)
    assert case["says"] in str(error.value)


RECORDS: list[dict[str, Any]] = [
    {"months": Decimal("7.5"), "acts": [{"year": 2023}, {"year": None}]},
    {"level": "good", "acts": []},
    {"ended": None, "work": {"total": 10, "done": 7}},
    {},
    {"months": Decimal(3), "acts": [{}]},
]


def test_ids_come_back_and_lists_may_stand_in_a_table_of_their_own() -> None:
    together = frame_of(RULESET, RECORDS).with_columns(id=pl.Series(["a", "b", "c", "d", "e"]))
    rows = together.select("id", "acts").explode("acts").drop_nulls().unnest("acts")
    apart = evaluate_table(RULESET, together.drop("acts"), evaluated_on=ON, id="id", lists={"acts": rows})
    # Who has no rows there has an empty list; in one table nothing was said of it.
    stated = together.with_columns(pl.col("acts").fill_null([]))
    assert apart.frame.equals(evaluate_table(RULESET, stated, evaluated_on=ON, id="id").frame)
    assert apart.frame["id"].to_list() == ["a", "b", "c", "d", "e"]


def test_a_lazy_table_and_some_columns_of_the_result() -> None:
    frame = frame_of(RULESET, RECORDS)
    whole = evaluate_table(RULESET, frame, evaluated_on=ON).frame
    some = evaluate_table(RULESET, frame.lazy(), evaluated_on=ON, columns=["outcome", "status"]).frame
    assert some.equals(whole.select("outcome", "status"))


def test_no_rows_are_no_rows() -> None:
    assert evaluate_table(RULESET, frame_of(RULESET, RECORDS).clear(), evaluated_on=ON).frame.is_empty()


@pytest.mark.parametrize("piece_rows", [2, 100])
def test_a_file_comes_to_what_its_table_comes_to(tmp_path: Path, piece_rows: int) -> None:
    frame = frame_of(RULESET, RECORDS).with_columns(pl.Series("id", range(len(RECORDS))))
    frame = frame.with_columns(months=pl.Series([Decimal(13), *frame["months"][1:]], dtype=pl.Decimal(38, 1)))
    frame.write_parquet(tmp_path / "in.parquet")
    done = score_parquet(
        RULESET,
        tmp_path / "in.parquet",
        tmp_path / "out.parquet",
        evaluated_on=ON,
        id="id",
        piece_rows=piece_rows,
    )
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written.equals(evaluate_table(RULESET, frame, evaluated_on=ON, id="id").frame)
    assert (done.rows, done.refused) == (len(RECORDS), 1)
    assert {way.criterion for way in done.ways} == {criterion.name for criterion in RULESET.criteria}


def test_a_file_that_cannot_be_read_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    source, sink = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pl.DataFrame({"month": [1, 2]}).write_parquet(source)
    with pytest.raises(TableError, match="months"):
        score_parquet(RULESET, source, sink, evaluated_on=ON)
    pl.DataFrame({"months": [1, 2]}).write_parquet(source)
    with pytest.raises(TableError, match="person"):
        score_parquet(RULESET, source, sink, evaluated_on=ON, id="person")
    with pytest.raises(TableError, match="person"):
        evaluate_table(RULESET, pl.read_parquet(source), evaluated_on=ON, id="person")
    source.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(pl.exceptions.PolarsError):
        score_parquet(RULESET, source, sink, evaluated_on=ON)
    assert list(tmp_path.iterdir()) == [source]


def test_a_column_that_there_is_not_is_refused() -> None:
    with pytest.raises(TableError, match="outcom"):
        evaluate_table(RULESET, frame_of(RULESET, RECORDS), evaluated_on=ON, columns=["outcom"])


def test_lists_of_a_file_may_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    together = frame_of(RULESET, RECORDS).with_columns(pl.Series("id", range(len(RECORDS))))
    rows = together.select("id", "acts").explode("acts").drop_nulls().unnest("acts")
    facts = together.drop("acts")
    facts.write_parquet(tmp_path / "in.parquet")
    sink = tmp_path / "out.parquet"
    lists = {"acts": rows}
    score_parquet(RULESET, tmp_path / "in.parquet", sink, evaluated_on=ON, id="id", lists=lists, piece_rows=2)
    assert pl.read_parquet(sink).equals(
        evaluate_table(RULESET, facts, evaluated_on=ON, id="id", lists=lists).frame
    )
