"""Whole files through `chuan score`, as the data files say; the same results in every kind of file."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from ruamel.yaml import YAML
from scoring import chuan_score, lines_of, rejects_of, write_file

DATA: Final = Path(__file__).parent.parent / "data" / "score"
CASES: Final[list[dict[str, Any]]] = YAML(typ="safe").load((DATA / "files.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_a_file_comes_to_what_the_data_say(case: dict[str, Any], tmp_path: Path) -> None:
    for name, file in case["files"].items():
        write_file(tmp_path / name, file)
    arguments = [str(tmp_path / each) if index == 0 else each for index, each in enumerate(case["arguments"])]
    if "mapping" in case:
        (tmp_path / "map.yaml").write_text(json.dumps(case["mapping"]), encoding="utf-8")
        arguments += ["--mapping", str(tmp_path / "map.yaml")]
    out = tmp_path / "out.jsonl"
    result = chuan_score(*arguments, "--out", str(out), "--lang", "en")
    assert result.exit_code == case.get("exit", 0), result.stderr
    for words in case.get("error", ()):
        assert words in result.stderr
    for words in case.get("says", ()):
        assert words in result.stdout
    if result.exit_code == 2:
        assert not out.exists()
        return
    _agree(lines_of(out), case.get("results", []))
    _agree(rejects_of(tmp_path / "out.rejects.csv"), case.get("rejects", []))
    assert not (tmp_path / "out.parts").exists()


def _agree(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Each row has what is expected of it; of a reject, words of its texts."""
    assert len(found) == len(expected), found
    for row, wanted in zip(found, expected, strict=True):
        for name, value in wanted.items():
            if name in ("problem", "mend"):
                assert value in row[name]
            else:
                assert str(row[name]) == str(value), name


def test_every_kind_of_file_has_the_same_rows(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("group,months,leave\nstaff,3,no\nstaff,12,no\nstaff,x,no\n", encoding="utf-8")
    outs = {kind: tmp_path / f"out.{kind}" for kind in ("csv", "jsonl", "xlsx", "parquet")}
    for out in outs.values():
        assert chuan_score(str(source), "--out", str(out)).exit_code == 0
    expected = lines_of(outs["jsonl"])
    assert len(expected) == 2
    assert pl.read_parquet(outs["parquet"]).to_dicts() == expected
    flat = [{name: _flat(value) for name, value in row.items()} for row in expected]
    with outs["csv"].open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == flat
    header, *rows = CalamineWorkbook.from_path(outs["xlsx"]).get_sheet_by_index(0).to_python()
    sheet = [dict(zip(header, [_flat(cell) for cell in row], strict=True)) for row in rows]
    assert sheet == flat


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return str(int(value)) if isinstance(value, float) else str(value)


def test_the_same_rows_from_every_kind_of_file(tmp_path: Path) -> None:
    header = ["group", "months", "leave"]
    rows = [("staff", 3, "no"), ("staff", 12, "yes")]
    write_file(tmp_path / "a.xlsx", {"rows": [header, *rows]})
    lines = [",".join(header), *(f"{group},{months},{leave}" for group, months, leave in rows)]
    write_file(tmp_path / "a.csv", {"text": "\n".join(lines)})
    pl.DataFrame(rows, schema=header, orient="row").write_parquet(tmp_path / "a.parquet")
    found = []
    for kind in ("xlsx", "csv", "parquet"):
        out = tmp_path / f"{kind}.jsonl"
        assert chuan_score(str(tmp_path / f"a.{kind}"), "--out", str(out)).exit_code == 0
        found.append([{**row, "file": "", "row": 0} for row in lines_of(out)])
    assert found[0] == found[1] == found[2]


def test_a_formula_in_an_id_is_no_formula_in_the_results(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("id,group,months,leave\n=1+1,staff,3,no\n", encoding="utf-8")
    (tmp_path / "m.yaml").write_text("{id: id, columns: {group: group, months: months, leave: leave}}")
    out = tmp_path / "out.xlsx"
    result = chuan_score(str(source), "--mapping", str(tmp_path / "m.yaml"), "--out", str(out))
    assert result.exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_results_are_not_written_over_without_being_asked(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("group,months,leave\nstaff,3,no\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    assert chuan_score(str(source), "--out", str(out)).exit_code == 0
    before = out.read_bytes()
    refused = chuan_score(str(source), "--out", str(out))
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert chuan_score(str(source), "--out", str(source)).exit_code == 2
    inside = chuan_score(str(tmp_path), "--out", str(tmp_path / "new.csv"))
    assert "would be a file of records the next time" in inside.stderr
    assert chuan_score(str(source), "--out", str(out), "--force").exit_code == 0
    assert out.read_bytes() == before


def test_no_cell_stands_in_what_is_printed_rejected_or_reported(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text(
        "id,group,months,joined\nSECRET1,staff,SECRET2,SECRET3\nSECRET1,staff,3,\n", encoding="utf-8"
    )
    (tmp_path / "m.yaml").write_text("{id: id, columns: {group: group, months: months, joined: joined}}")
    out = tmp_path / "out.csv"
    result = chuan_score(str(source), "--mapping", str(tmp_path / "m.yaml"), "--out", str(out))
    written = (tmp_path / "out.rejects.csv").read_text("utf-8") + (tmp_path / "out.report.html").read_text(
        "utf-8"
    )
    assert "SECRET" not in result.output + written
