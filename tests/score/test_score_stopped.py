"""Scoring that is stopped, by a kill, a full disk or a server that is away, goes on and comes to the same rows."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from scoring import RULESET, chuan_score

from clients.score import work

ROOT: Final = Path(__file__).parent.parent.parent
ROWS: Final = 6_000
PATIENCE_SECONDS: Final = 300  # only so that a test that fails ends


def _source(folder: Path) -> Path:
    path = folder / "a.csv"
    rows = (f"P{number},staff,{number % 13},{'có' if number % 7 == 0 else 'không'}" for number in range(ROWS))
    path.write_text("id,group,months,leave\n" + "\n".join(rows) + "\nP1,staff,3,x\n", encoding="utf-8")
    (folder / "map.yaml").write_text("{id: id, columns: {group: group, months: months, leave: leave}}")
    return path


def _arguments(source: Path, out: Path) -> list[str]:
    return [str(source), "--mapping", str(source.parent / "map.yaml"), "--out", str(out)]


def _start(source: Path, out: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    # In small blocks, so that there are many of them.
    script = "import clients.score.work as work; work.BLOCK = 200; from clients.cli import main; main()"
    command = [sys.executable, "-c", script, "score", str(RULESET), *_arguments(source, out)]
    return subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--on", "2024-12-20"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "protos")))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=before,
    )


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process too."""
    monkeypatch.setattr(work, "BLOCK", 200)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the results of work that was not stopped."""
    folder = tmp_path_factory.mktemp("whole")
    assert chuan_score(*_arguments(_source(folder), folder / "out.csv")).exit_code == 0
    return folder


def _assert_same(folder: Path, whole: Path) -> None:
    for name in ("out.csv", "out.rejects.csv", "out.report.html"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    assert not (folder / "out.parts").exists()


def test_a_process_that_is_killed_twice_goes_on_without_losing_or_repeating_a_row(
    whole: Path, tmp_path: Path
) -> None:
    source, out = _source(tmp_path), tmp_path / "out.csv"
    parts = tmp_path / "out.parts"
    for wanted in (1, 3):
        with _start(source, out) as process:
            until = time.monotonic() + PATIENCE_SECONDS
            while len(list(parts.glob("*.results.parquet"))) < wanted and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
        if process.returncode != -signal.SIGKILL:
            pytest.fail("the work was done before it was killed: make it longer")
        assert not out.exists()
        assert parts.exists()
    assert chuan_score(*_arguments(source, out)).exit_code == 0
    _assert_same(tmp_path, whole)


def test_a_disk_that_fills_ends_with_one_clear_error_and_what_was_done_is_kept(
    whole: Path, tmp_path: Path
) -> None:
    source, out = _source(tmp_path), tmp_path / "out.csv"

    def little_room() -> None:
        # The nearest to a full disk that a test may make: no file grows beyond the size of a few chunks.
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    with _start(source, out, little_room) as process:
        _, errors = process.communicate()
    assert process.returncode == 2
    assert errors.decode().count("\n") == 1
    assert "what was done so far is kept" in errors.decode()
    assert not out.exists()
    assert list((tmp_path / "out.parts").glob("*.results.parquet"))
    assert not list(tmp_path.glob("*.half*"))
    assert chuan_score(*_arguments(source, out)).exit_code == 0
    _assert_same(tmp_path, whole)


def test_a_journal_of_other_work_is_refused(tmp_path: Path) -> None:
    source, out = _source(tmp_path), tmp_path / "out.csv"
    journal = tmp_path / "out.parts"
    journal.mkdir()
    (journal / "about.json").write_text("{}")
    refused = chuan_score(*_arguments(source, out))
    assert refused.exit_code == 2
    assert "journal of other work" in refused.stderr
    (journal / "about.json").write_text("no JSON")
    assert "no journal of scoring" in chuan_score(*_arguments(source, out)).stderr


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['polars'] = None; from clients.cli import main; main()"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script, "score", str(RULESET), str(tmp_path), "--out", "out.csv"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "protos")))},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.decode() == "`chuan score` needs polars: pip install 'chuan[score]'\n"
