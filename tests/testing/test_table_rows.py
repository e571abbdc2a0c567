"""Which rows of a table a result is made of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.feel.parser import parse, parse_unary_tests
from engine.feel.tables import DecisionTable, HitPolicy, Input, Output, Rule
from engine.feel.tree import Name
from engine.feel.unknown import Unknown

ROWS = YAML(typ="safe", pure=True).load(Path(__file__).parents[1] / "data" / "testing" / "table-rows.yaml")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['hit']} of {row['value']}")
def test_rows_behind_a_result(row: Mapping[str, Any]) -> None:
    values = tuple(map(Decimal, row.get("priority", ())))
    table = DecisionTable(
        "t",
        [Input("x", Name("x"), parse_unary_tests(row["allowed"]) if "allowed" in row else None)],
        [Output("y", values=values, default=parse("0"))],
        [Rule((parse_unary_tests(test),), (parse(result),)) for test, result in row["rows"].items()],
        HitPolicy(row["hit"]),
    )
    value = Unknown.fact("x") if row["value"] == "unknown" else Decimal(row["value"])
    used = table.used([value])
    assert (None if used is None else list(used)) == row["used"]
