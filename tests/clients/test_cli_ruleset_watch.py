"""`chuan ruleset watch` as an author meets it: a file is saved, and what that changed is told."""

from __future__ import annotations

import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.cli.ruleset.watch import watching

DATA = Path(__file__).parents[1] / "data" / "testing"
LONG = 120  # seconds until a test that waits in vain gives up; nothing depends on it otherwise


class Watch:
    """A watch over a folder, in a thread, and what it tells."""

    def __init__(self, folder: Path) -> None:
        self._told: queue.Queue[str] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=watching, args=([folder], "en", lambda line: self._told.put(line.plain), self._stop)
        )
        self._thread.start()

    def until(self, begin: str) -> list[str]:
        """All that is told up to the line that begins like this."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith(begin):
            lines.append(self._told.get(timeout=LONG))
        return lines

    def end(self) -> None:
        self._stop.set()
        self._thread.join(LONG)
        assert not self._thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("teachers.yaml", "teachers.cases.yaml"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def watched(folder: Path) -> Iterator[Watch]:
    watch = Watch(folder)
    yield watch
    watch.end()


def save(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_save_tells_the_case_that_fails_now_and_the_next_one_that_it_is_mended(
    folder: Path, watched: Watch
) -> None:
    ruleset = folder / "teachers.yaml"
    first = watched.until("Watching")
    assert first[0].endswith("cases not as expected: 0 of 11")
    save(ruleset, "value: 75%", "value: 76%")
    told = watched.until("✗ ")
    assert told[0].endswith("cases not as expected: 1 of 11")
    assert told[-1].endswith("exactly three quarters in 2024")
    save(ruleset, "value: 76%", "value: 75%")
    told = watched.until("✓ Mended: ")
    assert any(line.endswith("cases not as expected: 0 of 11") for line in told)
    assert told[-1].endswith("exactly three quarters in 2024")


def test_a_file_of_cases_is_watched_too(folder: Path, watched: Watch) -> None:
    watched.until("Watching")
    save(folder / "teachers.cases.yaml", "notes: [look_again]", "notes: []")
    told = watched.until("    Notes")
    assert told[-2].endswith("disciplined")
    assert told[-1].startswith("    Notes: look_again")


def test_what_cannot_be_read_is_told_and_mends_nothing(folder: Path, watched: Watch) -> None:
    watched.until("Watching")
    save(folder / "teachers.cases.yaml", "notes: [look_again]", "notes: []")
    watched.until("    Notes")
    whole = (folder / "teachers.yaml").read_text("utf-8")
    (folder / "teachers.yaml").write_text(whole + "x: [\n", "utf-8")
    told = watched.until("! ")
    assert told[-2].endswith("the cases could not be run")
    assert "yaml-syntax" in told[-1]
    (folder / "teachers.yaml").write_text(whole, "utf-8")
    told = watched.until("✓ Mended: ")
    assert "1 of 11" in told[-2]
    assert "yaml-syntax" in told[-1]


def test_a_file_may_come_and_go(folder: Path, watched: Watch) -> None:
    watched.until("Watching")
    other = (folder / "teachers.yaml").read_text("utf-8").replace("example.teachers", "example.others")
    (folder / "others.yaml").write_text(other, "utf-8")
    assert watched.until("● ")[-1].endswith("cases not as expected: 0 of 0")
    (folder / "others.yaml").unlink()
    assert watched.until("- ")[-1].endswith("others.yaml: the file is gone")


def test_ctrl_c_ends_it(folder: Path) -> None:
    command = [sys.executable, "-m", "clients.cli", "ruleset", "watch", str(folder), "--lang", "en"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")  # noqa: S603 - our own
    with running as process:
        assert process.stdout is not None
        assert any(line.startswith("Watching") for line in iter(process.stdout.readline, ""))
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG) == 0
