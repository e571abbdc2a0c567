"""Files judged on Spark come to the same results, rejects and report as on one machine, row by row."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from scoring import RULESET, chuan_score, lines_of, rejects_of, write_file

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")


def on_spark(ruleset: str, *arguments: str) -> str:
    """`chuan score --engine spark`, in a process of its own: Spark's virtual machine outlives its session."""
    command = [sys.executable, "-m", "clients.cli", "score", ruleset, *arguments, "--on", "2024-12-20"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--engine", "spark", "--master", "local[2]"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def rulesets(tmp_path: Path) -> Path:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = RULESET.read_text("utf-8")
    (folder / "staff.yaml").write_text(text, encoding="utf-8")
    chief = text.replace("test.score.staff", "test.score.chief").replace('group = "staff"', 'group = "chief"')
    (folder / "chief.yaml").write_text(chief.replace("months >= 6", "months >= 9"), encoding="utf-8")
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files of three kinds; an id stands in two of them, some cells are wrong, one file has no rows."""
    folder = tmp_path / "files"
    folder.mkdir()
    rows = [
        (f"N{number}", ("staff", "chief", "nobody")[number % 3], number % 15, "no" if number % 2 else "yes")
        for number in range(40)
    ]
    header = ("person", "group", "months", "leave")
    for name, part in (("a", rows[:15]), ("b", [*rows[15:30], rows[3]]), ("empty", [])):
        write_file(
            folder / f"{name}.csv", {"text": "\n".join(",".join(map(str, row)) for row in [header, *part])}
        )
    frame = pl.DataFrame(rows[30:], schema=["person", "group", "months", "leave"], orient="row")
    frame.with_columns(pl.col("leave") == "yes").write_parquet(folder / "c.parquet")
    return folder


def test_a_folder_of_files_comes_to_the_same_on_spark(rulesets: Path, files: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text("id: [person]\n", encoding="utf-8")
    outs = []
    said = []
    for name in ("here", "spark"):
        out = tmp_path / name / "out.jsonl"
        out.parent.mkdir()
        arguments = [
            "--out",
            str(out),
            "--mapping",
            str(mapping),
            "--rulesets",
            str(rulesets),
            "--sample",
            "38",
        ]
        if name == "here":
            result = chuan_score(str(files), *arguments, ruleset="auto")
            assert result.exit_code == 0, result.stderr
            said.append(result.stdout)
        else:
            said.append(on_spark("auto", str(files), *arguments))
        outs.append(out)
    here, spark = outs
    assert lines_of(spark) == lines_of(here)
    assert {row["file"] for row in lines_of(here)} == {"a.csv", "b.csv", "c.parquet"}
    rejects = [rejects_of(out.with_name("out.rejects.csv")) for out in outs]
    assert rejects[0] == rejects[1] != []
    reports = [out.with_name("out.report.html").read_text("utf-8") for out in outs]
    assert reports[0] == reports[1]
    # What is equally frequent stands in any order in what is printed.
    assert sorted(said[1].replace(str(spark.parent), str(here.parent)).split("\n")) == sorted(
        said[0].split("\n")
    )
    assert not spark.with_name("out.parts").exists()


def test_a_server_and_spark_do_not_go_together(tmp_path: Path) -> None:
    arguments = ("--engine", "spark", "--server", "127.0.0.1:1", "--out", str(tmp_path / "o.jsonl"))
    result = chuan_score(str(tmp_path), *arguments)
    assert result.exit_code == 2
    assert "--engine spark" in result.stderr
