"""Files whose rows are each judged by the ruleset that is for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from scoring import RULESET, chuan_score, lines_of, rejects_of, write_file


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    """Two rulesets, each for a group, and one that is for the second group as well, from a later day on."""
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = RULESET.read_text("utf-8")
    (folder / "staff.yaml").write_text(text, encoding="utf-8")
    chief = text.replace("test.score.staff", "test.score.chief").replace('group = "staff"', 'group = "chief"')
    (folder / "chief.yaml").write_text(chief.replace("months >= 6", "months >= 9"), encoding="utf-8")
    both = chief.replace("test.score.chief", "test.score.both").replace(
        "2020-01-01}\nselects", "2025-01-01}\nselects"
    )
    (folder / "both.yaml").write_text(both, encoding="utf-8")
    return folder


ROWS: list[tuple[Any, ...]] = [
    ("group", "months", "leave"),
    ("staff", 7, "no"),
    ("lãnh đạo", 7, "no"),
    (None, 7, "no"),
    ("nobody", 7, "no"),
    ("chief", 13, "no"),
    ("staff", 3, "no"),
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_row_is_judged_by_the_ruleset_that_is_for_it(kind: str, rulesets: Path, tmp_path: Path) -> None:
    source = tmp_path / f"a.{kind}"
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in ROWS)
    write_file(source, {"rows": ROWS} if kind == "xlsx" else {"text": text})
    out = tmp_path / "out.jsonl"
    arguments = (str(source), "--out", str(out), "--lang", "en", "--rulesets", str(rulesets))
    result = chuan_score(*arguments, ruleset="auto")
    assert result.exit_code == 0, result.stderr
    found = [(row["row"], row["ruleset"], row["status"]) for row in lines_of(out)]
    assert found == [
        (2, "test.score.staff", "undetermined"),
        (3, "test.score.chief", "not_rated"),
        (7, "test.score.staff", "not_rated"),
    ]
    rejects = [
        (row["row"], row["column"], row["problem"]) for row in rejects_of(tmp_path / "out.rejects.csv")
    ]
    assert [(row, column) for row, column, _ in rejects] == [("4", ""), ("5", "group"), ("6", "months")]
    assert "No ruleset is for this record" in rejects[0][2]
    assert "none of the words" in rejects[1][2]
    assert "outside what is allowed" in rejects[2][2]
    assert "6 rows in = 3 results + 3 rejected" in result.stdout
    page = (tmp_path / "out.report.html").read_text("utf-8")
    assert page.count('<h2 class="chapter">') == 2


def test_a_row_that_several_rulesets_are_for_is_rejected(rulesets: Path, tmp_path: Path) -> None:
    text = (rulesets / "both.yaml").read_text("utf-8").replace("2025-01-01}\nselects", "2020-01-01}\nselects")
    (rulesets / "both.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(
        '{"group": "chief", "months": 3, "leave": false}\n{"group": "staff", "months": 3, "leave": false}\n'
    )
    out = tmp_path / "out.jsonl"
    result = chuan_score(
        str(tmp_path / "a.jsonl"),
        "--out",
        str(out),
        "--lang",
        "en",
        "--rulesets",
        str(rulesets),
        ruleset="auto",
    )
    assert result.exit_code == 0, result.stderr
    assert [row["row"] for row in lines_of(out)] == [2]
    (reject,) = rejects_of(tmp_path / "out.rejects.csv")
    assert "test.score.both 1.0.0, test.score.chief 1.0.0" in reject["problem"]


def test_the_mapping_is_used_of_each_ruleset_as_far_as_it_goes(rulesets: Path, tmp_path: Path) -> None:
    chief = YAML(typ="safe").load((rulesets / "chief.yaml").read_text("utf-8"))
    assert "level" in chief["facts"]
    text = (rulesets / "chief.yaml").read_text("utf-8")
    dropped = "\n".join(
        line for line in text.splitlines() if not line.startswith("  level: {type: level, label")
    )
    (rulesets / "chief.yaml").write_text(dropped, encoding="utf-8")
    (tmp_path / "a.csv").write_text("g,m,l,c\nstaff,3,no,cao\nchief,3,no,cao\n", encoding="utf-8")
    columns = "columns: {g: group, m: months, l: leave, c: level}"
    out = tmp_path / "out.jsonl"
    arguments = (
        str(tmp_path / "a.csv"),
        "--mapping",
        str(tmp_path / "m.yaml"),
        "--out",
        str(out),
        "--rulesets",
        str(rulesets),
    )
    (tmp_path / "m.yaml").write_text(columns)
    assert chuan_score(*arguments, ruleset="auto").exit_code == 0
    assert [row["ruleset"] for row in lines_of(out)] == ["test.score.staff", "test.score.chief"]
    (tmp_path / "m.yaml").write_text(columns.replace("months", "monthz"))
    refused = chuan_score(*arguments, "--force", ruleset="auto")
    assert refused.exit_code == 2
    assert "none of the 2 rulesets on 2024-12-20 has a fact 'monthz'" in refused.stderr
    (tmp_path / "m.yaml").write_text("ruleset: test.score.staff")
    assert "name that ruleset" in chuan_score(*arguments, "--force", ruleset="auto").stderr
