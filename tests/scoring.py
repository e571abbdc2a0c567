"""What the tests of scoring share: the command on the small ruleset, and files written as the data say."""

from __future__ import annotations

import csv
import json
import unicodedata
from pathlib import Path
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from typer.testing import CliRunner, Result

from clients.cli import app

RULESET: Final = Path(__file__).parent / "data" / "score" / "staff.yaml"


def chuan_score(*arguments: str, ruleset: str = str(RULESET)) -> Result:
    """`chuan score` on the small ruleset, as of a day on which it is in effect."""
    return CliRunner().invoke(app, ["score", ruleset, *arguments, "--on", "2024-12-20"])


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rejects_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of rejects."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_file(path: Path, written: dict[str, Any]) -> None:
    """A file as the data say; see tests/data/score/files.yaml."""
    path.parent.mkdir(exist_ok=True)
    if "rows" in written:
        _write_workbook(path, written)
        content = path.read_bytes()
    else:
        text = written["text"]
        if "columns" in written:
            text = ",".join(f"c{number}" for number in range(written["columns"])) + "\n"
        content = (
            text.encode(written.get("encoding", "utf-8"))
            if written.get("encoding") != "cp1258"
            else _cp1258(text)
        )
    path.write_bytes(content[: len(content) - written.get("cut", 0)])


def _cp1258(text: str) -> bytes:
    """Windows-1258 has the marks of tones apart, as Windows writes them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in text:
        decomposed = unicodedata.normalize("NFD", letter)
        found = [mark for mark in decomposed if mark in tones]
        rest = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in tones))
        parts.append(rest + "".join(found))
    return "".join(parts).encode("cp1258")


def _write_workbook(path: Path, written: dict[str, Any]) -> None:
    width = max(len(row) for row in written["rows"])
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(written["rows"]):
            sheet.write_row(number, 0, row)
        for cell, (formula, value) in written.get("formulas", {}).items():
            sheet.write_formula(cell, formula, None, value)
        for cells in written.get("merge", ()):
            first = cells.partition(":")[0]
            row, column = int(first[1:]) - 1, ord(first[0]) - ord("A")
            value = (written["rows"][row] + [None] * width)[column]
            sheet.merge_range(cells, value)
