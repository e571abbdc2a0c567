"""A made-up district through `chuan campaign run`: to the workbook, the report, and the tables for programs."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from browser import Browser
from campaigning import campaign_run, subjects_of, write_folder
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import rulesets
from clients.campaign.books import Forest, books
from clients.sample import Sample, Tables, columns_of, write_sample
from clients.sample.summary import rulesets_of
from engine import Catalogue
from engine.campaign import Organisation

ROOT: Final = Path(__file__).parent.parent.parent
READINGS: Final = (
    "--reading",
    "vn.nd335.civil-servant=good_only",
    "--reading",
    "vn.nd233.public-employee=good_only",
)
SAMPLE: Final = Sample(people=300, seed=5, on=date(2026, 12, 15), mistakes=0.04, missing=0.04)
PATIENCE_SECONDS: Final = 120  # only so that a test that fails ends


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a made-up district, and what came of it."""
    folder = tmp_path_factory.mktemp("made")
    for ruleset in Catalogue.of(rulesets.FOLDER).list():  # those that are asked for: to read all takes longer
        if ruleset.id in rulesets_of(SAMPLE) and SAMPLE.on in ruleset.effective:
            (folder / "rulesets").mkdir(exist_ok=True)
            (folder / "rulesets" / f"{ruleset.id}.yaml").write_text(ruleset.text, encoding="utf-8")
    write_sample(SAMPLE, folder / "jsonl")
    result = campaign_run(folder / "jsonl" / "state", folder / "out", *READINGS, rulesets=folder / "rulesets")
    assert result.exit_code == 0, result.output
    (folder / "said.txt").write_text(result.stdout, encoding="utf-8")
    return folder


def test_every_record_stands_once_in_the_results_and_in_the_workbooks(made: Path) -> None:
    subjects = subjects_of(made / "out")
    lines = (made / "jsonl" / "state" / "persons.jsonl").read_text("utf-8").count('"role":')
    organisations = (made / "jsonl" / "state" / "organisations.jsonl").read_text("utf-8").count('"facts":{')
    assert len(subjects.filter(pl.col("person") != "")) == lines
    assert len(subjects.filter(pl.col("person") == "")) == organisations
    assert subjects.select("organisation", "person", "role", "number").is_unique().all()

    rows = (row for sheet in _unit_sheets(made / "out") for row in sheet)
    in_books = sorted(str(row[1]) for row in rows if str(row[0]).isdigit())
    people = subjects.filter(pl.col("person") != "")["person"]
    assert in_books == people.sort().to_list()


def test_what_was_planted_is_said_of_whom_it_was_planted_in(made: Path) -> None:
    planted = pl.read_ndjson(made / "jsonl" / "mistakes.jsonl").filter(pl.col("campaign") == "state")
    refused = planted.filter(pl.col("effect") == "refused")
    not_judged = subjects_of(made / "out").filter(pl.col("list") == "not_judged")
    of_people = refused.filter(pl.col("person").is_not_null())
    assert set(of_people["person"]) <= set(not_judged["person"])
    assert len(not_judged) >= len(refused) > 0
    assert not_judged["because"].str.len_chars().min()


def test_the_workbook_leads_to_every_unit_and_back(made: Path) -> None:
    book = CalamineWorkbook.from_path(made / "out" / "campaign.xlsx")
    assert book.sheet_names[:2] == ["Tổng hợp", "Danh mục đơn vị"]
    index = book.get_sheet_by_name("Danh mục đơn vị").to_python()
    units = [row[0] for row in index[2:]]
    assert units == book.sheet_names[2:]  # so few units stand in one workbook
    with zipfile.ZipFile(made / "out" / "campaign.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
        assert sheet.count("<hyperlink ") == len(units)
        unit = parts.read("xl/worksheets/sheet3.xml").decode()
    for expected in (
        'state="frozen"',
        'orientation="landscape"',
        'fitToHeight="0"',
        "<hyperlink ",
        "<oddFooter>",
    ):
        assert expected in unit


def test_reasons_name_the_articles_in_the_language_that_is_asked_for(made: Path, tmp_path: Path) -> None:
    write = campaign_run(
        made / "jsonl" / "state", tmp_path / "en", *READINGS, "--lang", "en", rulesets=made / "rulesets"
    )
    assert write.exit_code == 0
    for folder, article in ((made / "out", "Nghị định|Quy định"), (tmp_path / "en", "Decree|Regulation")):
        subjects = subjects_of(folder)
        said = subjects.filter(pl.col("list").is_in(["awarded", "not_awarded"]))["because"]
        assert len(said) > 5
        assert said.str.contains(article).all()
        kept = subjects.filter((pl.col("list") == "not_eligible") & (pl.col("reasons").list.len() > 0))
        assert kept["because"].str.contains(article).all()


def test_tables_come_to_the_same_as_lines(made: Path, tmp_path: Path) -> None:
    catalogue = Catalogue.of(made / "rulesets")
    columns = {id_: columns_of(catalogue.on(id_, SAMPLE.on)) for id_ in rulesets_of(SAMPLE)}
    write_sample(SAMPLE, tmp_path / "csv", form=Tables(columns))
    result = campaign_run(tmp_path / "csv" / "state", tmp_path / "out", *READINGS, rulesets=made / "rulesets")
    assert result.exit_code == 0, result.output
    order = ("organisation", "person", "role", "number")
    where = ("file", "row", "because")  # which tells a bad record by its column
    lines, tables = (subjects_of(each).drop(where).sort(order) for each in (made / "out", tmp_path / "out"))
    # A cell that cannot be read is refused before the campaign chooses: nothing else differs.
    assert lines.equals(tables)


def test_one_reading_left_out_is_said_and_nobody_awarded(made: Path, tmp_path: Path) -> None:
    result = campaign_run(
        made / "jsonl" / "state", tmp_path / "out", *READINGS[:2], rulesets=made / "rulesets"
    )
    assert "bad_quota" in result.stdout
    subjects = subjects_of(tmp_path / "out").filter(pl.col("ruleset") == "vn.nd233.public-employee")
    assert set(subjects["list"]) <= {"eligible", "not_eligible", "needs_decision", "not_judged"}
    assert "eligible" in set(subjects["list"])


def test_names_that_would_be_formulas_stay_texts(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.org","x")'
    quoted = formula.replace('"', '""')
    write_folder(
        tmp_path / "in",
        {
            "organisations.csv": f'id,parent,name\nA,,"{quoted}"\n',
            "test.person.csv": "person,name,organisation,role,kind,rating,is_head,peer_group,score\n"
            f'+1,"{quoted}",A,member,person,good,false,P,1\n',
        },
    )
    result = campaign_run(tmp_path / "in", tmp_path / "out", "--on", "2026-12-20")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / "out" / "campaign.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
        assert not any("<f>" in sheet for sheet in sheets)
        assert "=HYPERLINK" in parts.read("xl/sharedStrings.xml").decode()
    written = (tmp_path / "out" / "results.csv").read_text("utf-8-sig")
    assert "'+1" in written
    assert "'=HYPERLINK" in written
    assert subjects_of(tmp_path / "out")["name"].to_list() == [formula]


def test_the_same_campaign_is_the_same_files(made: Path, tmp_path: Path) -> None:
    result = campaign_run(made / "jsonl" / "state", tmp_path / "out", *READINGS, rulesets=made / "rulesets")
    assert result.exit_code == 0
    files = sorted(path.name for path in (made / "out").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name in files:
        assert (made / "out" / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


def test_results_that_are_there_are_not_written_over_unasked(made: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    refused = campaign_run(made / "jsonl" / "state", tmp_path / "out", *READINGS, rulesets=made / "rulesets")
    assert refused.exit_code == 2
    assert "is there already" in refused.stderr
    assert (tmp_path / "out" / "mine.txt").exists()
    forced = campaign_run(
        made / "jsonl" / "state", tmp_path / "out", *READINGS, "--force", rulesets=made / "rulesets"
    )
    assert forced.exit_code == 0
    assert not (tmp_path / "out" / "mine.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_that_was_killed_begins_anew(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "clients.cli",
        "campaign",
        "run",
        str(made / "jsonl" / "state"),
        "--out",
        str(out),
        "--rulesets",
        str(made / "rulesets"),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "protos")))}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, *READINGS], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    half = tmp_path / "out.half"
    end = time.monotonic() + PATIENCE_SECONDS
    while not half.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == -signal.SIGKILL
    assert not out.exists(), "nothing has the name before it is whole"
    again = campaign_run(made / "jsonl" / "state", out, *READINGS, rulesets=made / "rulesets")
    assert again.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (out / "results.csv").read_bytes() == (made / "out" / "results.csv").read_bytes()


def test_a_browser_shows_the_report_without_a_network(made: Path, browser: Browser, tmp_path: Path) -> None:
    tab = browser.open((made / "out" / "report.html").as_uri())
    visible = " ".join(str(tab.evaluate("document.body.innerText")).split())
    for words in ("Sử dụng tỷ lệ", "Được đề xuất", "Hoàn thành xuất sắc nhiệm vụ", "bad_record"):
        assert words in visible
    drawn = "[...document.images].map(each => each.complete && each.naturalWidth > 0 && each.alt.length > 0)"
    assert tab.evaluate("document.images.length") >= 4
    assert tab.evaluate(f"{drawn}.every(Boolean)")
    for width in (400, 1000):
        tab.set_width(width)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    (tmp_path / "campaign.png").write_bytes(base64.b64decode(tab.screenshot()))
    assert [each for each in tab.requests if not each.startswith("data:image/svg")] == [
        (made / "out" / "report.html").as_uri()
    ]
    assert tab.complaints == []


@given(
    st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 60)), max_size=60),
    st.integers(1, 9),
)
def test_every_unit_has_one_sheet_and_no_workbook_too_many(
    tree: list[tuple[int, int | None]], most: int
) -> None:
    """Whatever the tree is, circles and all."""
    given_ = [Organisation(f"U/{id_}", None if parent is None else f"U/{parent}") for id_, parent in tree]
    forest = Forest.of(given_)
    assert sorted(forest.walk()) == sorted({each.id for each in given_})
    packed = books(forest, forest.walk(), most)
    assert [id_ for book in packed for id_ in book.sheets] == list(forest.walk())
    for book in packed:
        assert len(book.sheets) <= most
        names = [name.casefold() for name in book.sheets.values()]
        assert len(set(names)) == len(names)
        assert all(0 < len(name) <= 31 and "/" not in name for name in names)


def _unit_sheets(out: Path) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_path(out / "campaign.xlsx")
    sheets = []
    for name in book.sheet_names[2:]:
        rows = [[_whole(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        ends = [number for number, row in enumerate(rows) if row[0] == "Sử dụng tỷ lệ"]
        sheets.append(rows[: ends[0]] if ends else rows)
    return sheets


def _whole(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
