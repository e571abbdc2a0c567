"""The report and the suggested mapping, on the example that people are shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from browser import Browser
from scoring import RULESET, chuan_score, lines_of

ROOT: Final = Path(__file__).parent.parent.parent
EXAMPLE: Final = ROOT / "examples" / "score"
DATA: Final = Path(__file__).parent.parent / "data" / "score"
EMPLOYEE: Final = "vn.nd90.public-employee@2.0.0"
A4_POINTS: Final = (595, 842)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what comes of the example."""
    folder = tmp_path_factory.mktemp("scored")
    source, mapping = str(EXAMPLE / "vien-chuc-2024.csv"), str(EXAMPLE / "vien-chuc.yaml")
    for lang in ("vi", "en"):
        out = folder / f"{lang}.jsonl"
        result = chuan_score(
            source, "--mapping", mapping, "--out", str(out), "--lang", lang, ruleset=EMPLOYEE
        )
        assert result.exit_code == 0
    return folder


def test_the_example_comes_to_the_results_that_its_rows_call_for(scored: Path) -> None:
    rows = {row["id"]: row for row in lines_of(scored / "vi.jsonl")}
    assert len(rows) == 20
    assert rows["VC002"]["result"] == "Hoàn thành xuất sắc nhiệm vụ"
    assert rows["VC005"]["missing"] == ["months_worked"]  # the cell is blank
    assert rows["VC001"]["reasons"] == [
        "có ít nhất 50% nhiệm vụ hoàn thành vượt mức (khoản 1 Điều 12 Nghị định số 90/2020/NĐ-CP)"
    ]
    assert {row["version"] for row in rows.values()} == {"2.0.0"}


def test_a_browser_shows_and_prints_the_report_without_a_network(
    scored: Path, browser: Browser, tmp_path: Path
) -> None:
    shows = {
        "vi": (
            "24 dòng vào = 20 kết quả + 4 dòng bị loại",
            "Phòng Kế hoạch - Tài chính",
            "khoản 1 Điều 12 Nghị định",
        ),
        "en": (
            "24 rows in = 20 results + 4 rejected",
            "Excellent completion of tasks",
            "Article 12(1)",
            "This is no number.",
        ),
    }
    for lang, words in shows.items():
        file = scored / f"{lang}.report.html"
        tab = browser.open(file.as_uri())
        visible = " ".join(str(tab.evaluate("document.body.innerText")).split())
        for each in words:
            assert each in visible
        # Every chart is a picture that was drawn, with words for who cannot see it.
        drawn = (
            "[...document.images].map(each => each.complete && each.naturalWidth > 0 && each.alt.length > 0)"
        )
        assert tab.evaluate(f"{drawn}.every(Boolean)")
        assert tab.evaluate("document.images.length") == 4
        for width in (400, 1000):
            tab.set_width(width)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
        (tmp_path / f"{lang}.png").write_bytes(base64.b64decode(tab.screenshot()))
        tab.emulate_print()
        pdf = base64.b64decode(tab.print())
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert {(round(float(w)), round(float(h))) for w, h in sizes} == {A4_POINTS}
        assert [each for each in tab.requests if not each.startswith("data:image/svg")] == [file.as_uri()]
        assert tab.complaints == []


def test_scores_are_drawn_where_the_ruleset_has_them(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("".join(f'{{"points": {points}}}\n' for points in (55, 71, 88, 88)), encoding="utf-8")
    ruleset = DATA / "points.yaml"
    out = tmp_path / "out.jsonl"
    result = chuan_score(str(source), "--out", str(out), "--lang", "en", ruleset=str(ruleset))
    assert result.exit_code == 0, result.stderr
    assert [row["score"] for row in lines_of(out)] == ["55", "71", "88", "88"]
    assert "Scores" in (tmp_path / "out.report.html").read_text("utf-8")


def test_the_mapping_that_is_suggested_can_be_used_as_it_is(
    golden: Callable[[Path, str], None], tmp_path: Path
) -> None:
    source = EXAMPLE / "vien-chuc-2024.csv"
    suggested = chuan_score(str(source), "--suggest-mapping", ruleset=EMPLOYEE)
    assert suggested.exit_code == 0
    golden(DATA / "suggested.txt", suggested.stdout)
    mapping = tmp_path / "m.yaml"
    mapping.write_text(suggested.stdout, encoding="utf-8")
    result = chuan_score(
        str(source), "--mapping", str(mapping), "--out", str(tmp_path / "out.csv"), ruleset=EMPLOYEE
    )
    assert result.exit_code == 0


def test_the_cells_say_how_dates_and_numbers_are_written_or_nobody_does(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("Joined on;Months\n05/03/2024;1.234\n25/03/2024;2,5\n", encoding="utf-8")
    told = chuan_score(str(source), "--suggest-mapping", ruleset=str(RULESET)).stdout
    assert "date: dmy" in told
    source.write_text("Joined on;Months\n05/03/2024;7\n06/03/2024;8\n", encoding="utf-8")
    untold = chuan_score(str(source), "--suggest-mapping", ruleset=str(RULESET)).stdout
    assert "date:" not in untold
    assert "2 ô không đọc được như vậy" in untold
