"""Folders of a campaign, case by case: tests/data/campaign_run/folders.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from campaigning import campaign_run, subjects_of, write_folder
from ruamel.yaml import YAML

DATA = Path(__file__).parent.parent / "data" / "campaign_run"
DOCUMENT = YAML(typ="safe", pure=True).load(DATA / "folders.yaml")


def cases() -> Iterator[Any]:
    for case in DOCUMENT["cases"]:
        yield pytest.param(case, id=case["name"])


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    write_folder(tmp_path / "in", case["files"])
    expected = case["expect"]
    result = campaign_run(tmp_path / "in", tmp_path / "out", "--on", "2026-12-20", "--lang", "en")

    assert result.exit_code == expected.get("exit", 0), result.output
    if "error" in expected:
        assert expected["error"] in result.stderr
        assert not (tmp_path / "out").exists()
        return
    subjects = subjects_of(tmp_path / "out")
    who = {row["person"] or row["organisation"]: row for row in subjects.iter_rows(named=True)}
    assert {name: row["list"] for name, row in who.items() if name in expected["lists"]} == expected["lists"]
    assert {name: who[name]["final"] for name in expected.get("finals", {})} == expected.get("finals", {})
    problems = pl.read_csv(tmp_path / "out" / "problems.csv")
    assert problems["code"].to_list() == expected["codes"]
    rejects = pl.read_csv(tmp_path / "out" / "rejects.csv", infer_schema=False).fill_null("")
    assert [
        f"{row['file']} {row['row']} {row['column']}" for row in rejects.iter_rows(named=True)
    ] == expected["mend"]
    for row in rejects.iter_rows(named=True):
        assert row["problem"]
        assert row["mend"]
    assert f"{expected.get('rejected', 0)} rows rejected" in result.stdout
    for row in who.values():
        assert row["because"] or row["list"] in ("rated", "not_eligible", "awarded")
