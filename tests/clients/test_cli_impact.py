"""`chuan ruleset impact`: on a file, by several processes, stopped and gone on with; on the log of a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from serving import serving, settings_for
from typer.testing import CliRunner, Result

from clients.cli import app
from clients.cli.ruleset import impact_work
from clients.cli.ruleset.journal import Journal
from clients.client import Client, Question
from engine import load
from engine.impact import Foreseer, Part, Subject, impact
from server.publishing import workbench

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
LIVE, DRAFT = (DATA / f"months-{version}.yaml" for version in ("1.0.0", "2.0.0"))
FEW = DATA.parent / "rulesets"
DAY = date(2025, 12, 31)
COUNT, CHUNK = 250, 100


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (impact_work, workbench):
        monkeypatch.setattr(module, "CHUNK", CHUNK)


def facts(number: int) -> dict[str, object]:
    return {"months": number % 13, "group": f"unit {number % 4}"}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    lines = [json.dumps(facts(number)) for number in range(COUNT - 1)]
    last = {"subject": "the last", "evaluated_on": "2025-06-30", "facts": facts(7)}
    path.write_text("\n\n".join([*lines, json.dumps(last)]) + "\n", encoding="utf-8")
    return path


def run(*arguments: str | Path, draft: str | Path = DRAFT) -> Result:
    return CliRunner().invoke(app, ["ruleset", "impact", str(draft), *map(str, arguments)])


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def about(records: Path) -> list[str | Path]:
    return [
        "--against",
        LIVE,
        "--records",
        records,
        "--on",
        DAY.isoformat(),
        "--by",
        "group",
        "--format",
        "json",
    ]


def test_it_prints_what_the_engine_says(records: Path) -> None:
    subjects = [
        Subject(str(number + 1), {**facts(number), "months": Decimal(number % 13)}, DAY)
        for number in range(COUNT - 1)
    ]
    subjects.append(Subject("the last", {**facts(7), "months": Decimal(7)}, date(2025, 6, 30)))
    here = impact(load(DRAFT), load(LIVE), subjects, by="group")
    assert data(run(*about(records))) == here.data
    assert here.changes[-1].ref == "the last"
    text = run(*about(records)[:-2], "--lang", "en", "--changes", "3")
    assert f"{here.tally.changed} of {COUNT} records change" in text.stdout
    assert "unit 3" in text.stdout


def test_several_processes_come_to_the_same(records: Path) -> None:
    assert data(run(*about(records), "--processes", "2")) == data(run(*about(records)))


def test_work_that_is_stopped_goes_on_from_its_journal(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = data(run(*about(records)))
    journal = tmp_path / "journal.jsonl"
    add = Journal.add

    def stop(*arguments: Any) -> None:
        add(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "add", stop)
        stopped = run(*about(records), "--journal", journal, "--lang", "en")
    assert stopped.exit_code == 130
    assert f"after {CHUNK} records" in stopped.stderr
    assert len(journal.read_text(encoding="utf-8").splitlines()) == 2
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"done": 200, "tal')  # cut off in the middle, as by a power cut

    judged: list[int] = []
    part = Foreseer.part

    def counted(foreseer: Foreseer, chunk: Sequence[Subject], done: int) -> Part:
        judged.append(len(chunk))
        return part(foreseer, chunk, done)

    monkeypatch.setattr(Foreseer, "part", counted)
    assert data(run(*about(records), "--journal", journal)) == whole
    assert sum(judged) == COUNT - CHUNK
    judged.clear()
    assert data(run(*about(records), "--journal", journal)) == whole
    assert not judged


def children(pid: int) -> list[int]:
    """The processes that a process has started, but for the one that tracks its resources."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    started = [int(child) for child in listed.read_text().split()]
    return [child for child in started if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux tells of processes in /proc")
def test_no_process_outlives_one_that_is_killed(tmp_path: Path) -> None:
    records = tmp_path / "records"
    os.mkfifo(records)
    arguments = ["impact", DRAFT, "--against", LIVE, "--records", records, "--processes", "2"]
    command = [sys.executable, "-m", "clients.cli", "ruleset", *map(str, arguments)]
    with subprocess.Popen(command, cwd=DATA.parents[3]) as running, records.open("w") as lines:  # noqa: S603 - our own
        lines.write("{}\n" * 3 * 1_000)
        lines.flush()
        while len(started := children(running.pid)) < 2:
            assert running.poll() is None
            time.sleep(0.05)
        running.kill()
        running.wait()
        while any(Path(f"/proc/{child}").exists() for child in started):
            time.sleep(0.05)


def test_a_journal_of_other_work_is_refused_and_stays(records: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    assert run(*about(records), "--journal", journal).exit_code == 0
    before = journal.read_bytes()
    other = run("--against", DRAFT, "--records", records, "--journal", journal)
    assert (other.exit_code, "other work" in other.stderr) == (2, True)
    assert journal.read_bytes() == before
    no_journal = run(*about(records), "--journal", records)
    assert (no_journal.exit_code, "no journal" in no_journal.stderr) == (2, True)


@pytest.mark.parametrize(
    ("line", "words", "processes"),
    [
        ("{", "not JSON", "1"),
        ("{", "not JSON", "2"),
        ("[]", "JSON object", "1"),
        ('{"facts": {}, "evaluated_on": "soon"}', "evaluated_on is no date", "1"),
        ('{"months": NaN}', "NaN", "1"),
    ],
)
def test_a_line_that_is_no_record_is_said_by_its_number(
    tmp_path: Path, line: str, words: str, processes: str
) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(f"{{}}\n{line}\n", encoding="utf-8")
    result = run("--against", LIVE, "--records", path, "--processes", processes)
    assert result.exit_code == 2
    assert "record 2" in result.stderr
    assert words in result.stderr


def test_a_group_that_no_ruleset_knows_is_said(records: Path) -> None:
    result = run("--against", LIVE, "--records", records, "--by", "grupp")
    assert result.exit_code == 2
    assert "neither ruleset has a fact grupp" in result.stderr


def test_one_record_is_explained(records: Path) -> None:
    told = run(*about(records), "--explain", "the last", "--lang", "en")
    assert "By the draft (test.months 2.0.0)" in told.stdout
    assert "served" in told.stdout
    nobody = run(*about(records), "--explain", "nobody")
    assert (nobody.exit_code, "no record nobody" in nobody.stderr) == (2, True)


WRONG = {
    "no records": ([], "--records FILE"),
    "no rules": (["--records", "records.jsonl"], "--against"),
    "no file": (["--records", "nowhere.jsonl", "--against", str(LIVE)], "nowhere.jsonl"),
    "no such ruleset": (
        ["--records", "records.jsonl", "--against", "test.none", "--rulesets", str(FEW)],
        "test.none",
    ),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_what_is_not_said_or_not_there_is_told(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "seed"
    folder.mkdir()
    (folder / LIVE.name).write_bytes(LIVE.read_bytes())
    with serving(settings_for(tmp_path / "store.sqlite3", folder)) as listening_on:
        with Client(listening_on, actor="lan") as client:
            questions = [
                Question(ruleset="test.months", facts=facts(number), evaluated_on=DAY)
                for number in range(COUNT)
            ]
            client.evaluate_batch(questions)
            client.save_draft("test.months", "2.0.0", DRAFT.read_text(encoding="utf-8"))
        yield listening_on


def test_the_log_of_a_server_comes_to_the_same(address: str, tmp_path: Path) -> None:
    records = tmp_path / "same.jsonl"
    records.write_text("\n".join(json.dumps(facts(number)) for number in range(COUNT)), encoding="utf-8")
    here = data(run(*about(records)))
    there = ["--server", address, "--by", "group", "--format", "json"]
    journal = tmp_path / "journal.jsonl"
    answers = [data(run(*there, draft=draft)) for draft in (DRAFT, "test.months@2.0.0")]
    answers.append(data(run(*there, "--against", "test.months@1.0.0", "--journal", journal)))
    for answer in answers:
        assert [{**each, "ref": ""} for each in answer["changes"]] == [
            {**each, "ref": ""} for each in here["changes"]
        ]
        assert {name: answer[name] for name in ("records", "changed", "moves", "rules", "groups")} == {
            name: here[name] for name in ("records", "changed", "moves", "rules", "groups")
        }
    # With the last part gone from the journal, it is asked for again, and no other.
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) == 4
    journal.write_text("".join(lines[:-1]), encoding="utf-8")
    assert data(run(*there, "--against", "test.months@1.0.0", "--journal", journal)) == answers[-1]

    told = run("--server", address, "--explain", answers[0]["changes"][0]["ref"], "--lang", "en")
    assert "By the draft (test.months 2.0.0)" in told.stdout
    missing = run("--server", address, draft="test.months@9.0.0")
    assert (missing.exit_code, "no draft" in missing.stderr) == (2, True)
