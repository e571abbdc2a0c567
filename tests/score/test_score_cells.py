"""Cells, one by one, as the data files say; and what holds for whatever a cell has."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from clients.score.mapping import Writing
from clients.score.values import CellError, date, number, reader_of
from engine.ruleset.localized import Localized
from engine.ruleset.types import DeclaredType, list_of

DATA: Final = Path(__file__).parent.parent / "data" / "score"
TYPES: Final = {
    "numbers": DeclaredType("number"),
    "booleans": DeclaredType("boolean"),
    "dates": DeclaredType("date"),
    "levels": DeclaredType(
        "enum", "level", {"low": Localized("thấp", "low"), "high": Localized("cao", "high")}
    ),
    "lists": list_of(DeclaredType("number")),
    "texts": DeclaredType("text"),
}
CASES: Final[dict[str, list[dict[str, Any]]]] = YAML(typ="safe").load(
    (DATA / "cells.yaml").read_text("utf-8")
)


def _value(kind: str, stated: Any) -> Any:
    if kind == "numbers":
        return Decimal(stated)
    if kind == "lists":
        return [Decimal(each) for each in stated]
    return stated


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{kind}-{i}")
        for kind, cases in CASES.items()
        for i, case in enumerate(cases)
    ],
)
def test_a_cell_is_read_or_refused_as_the_data_say(kind: str, case: dict[str, Any]) -> None:
    read = reader_of(TYPES[kind], Writing.model_validate(case.get("writing", {})), case.get("unit", ""))
    if "wrong" in case:
        with pytest.raises(CellError) as caught:
            read(case["cell"])
        assert caught.value.code == case["wrong"]
    else:
        assert read(case["cell"]) == _value(kind, case["value"])


@given(st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31)))
def test_a_date_is_read_in_the_order_that_is_stated_and_never_guessed(day: dt.date) -> None:
    for order, written in (
        ("dmy", f"{day:%d/%m/%Y}"),
        ("mdy", f"{day:%m/%d/%Y}"),
        ("ymd", f"{day:%Y-%m-%d}"),
    ):
        assert date(written, Writing(date=order)) == day  # type: ignore[arg-type]  # one of the three orders
    if day.day > 12 or day.day == day.month:
        assert date(f"{day:%d/%m/%Y}", Writing()) == day
    else:
        with pytest.raises(CellError, match="ambiguous_date"):
            date(f"{day:%d/%m/%Y}", Writing())


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_a_number_is_read_exactly_in_both_ways_of_writing(value: Decimal) -> None:
    english = f"{value:,.2f}"
    vietnamese = english.translate(str.maketrans(",.", ".,"))
    assert number(english, Writing(decimal=".")) == value
    assert number(vietnamese, Writing(decimal=",")) == value
    assert number(english, Writing()) == number(vietnamese, Writing()) == value


@given(st.text())
def test_no_text_makes_a_reader_fail_otherwise(cell: str) -> None:
    for declared in TYPES.values():
        try:
            reader_of(declared, Writing())(cell)
        except CellError:
            continue
