"""`make demo` from end to end: a real server on a free port, and nothing left running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            [
                "Đề xuất xếp loại",
                "Không xếp loại",
                "Chưa xác định được",
                "giống hệt từng byte",
                "vn.nd335.civil-servant",
            ],
        ),
        (
            "en",
            [
                "Proposed rating",
                "Not rated",
                "cannot be determined yet",
                "the same to the byte",
                "A made-up province",
            ],
        ),
    ],
)
def test_demo(language: str, words: list[str]) -> None:
    shown = subprocess.run(  # noqa: S603 - this interpreter, on our own module
        [sys.executable, "-m", "clients.demo", "--lang", language],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )
    assert shown.returncode == 0, shown.stderr
    assert [word for word in words if word not in shown.stdout] == []
    assert [
        path.stem for path in sorted((ROOT / "examples/records").glob("*")) if path.stem not in shown.stdout
    ] == []
