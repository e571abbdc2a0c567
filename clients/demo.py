"""The demonstration behind `make demo`: a server, a dozen and more records, their verdicts, a replay, a province.

It starts the `chuan serve` of this installation on a free loopback port with a store in a temporary folder, and
leaves nothing behind.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from chuan.v1 import verdict_pb2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clients.client import Client, Explained, Question, RecordRefused, ServiceError
from clients.sample import Sample
from clients.sample.given import person_of
from engine.records import parse_record
from engine.ruleset.localized import Language

RECORDS: Final = Path(__file__).parent.parent / "examples" / "records"
STOP_SECONDS: Final = 15
PROVINCE: Final = Sample(people=200, seed=2026, on=date(2026, 12, 15), mistakes=0.05, missing=0.02)

_WORDS: Final = {
    "single": {"vi": "Từng hồ sơ một (Evaluate)", "en": "One record a call (Evaluate)"},
    "batch": {"vi": "Nhiều hồ sơ một lượt (EvaluateBatch)", "en": "Many records a call (EvaluateBatch)"},
    "refused": {"vi": "Hồ sơ chưa dùng được:", "en": "The record is not usable:"},
    "log": {"vi": "Đọc lại một quyết định từ nhật ký", "en": "A decision read back from the log"},
    "replay": {"vi": "Đánh giá lại theo đúng bộ quy tắc đó", "en": "Evaluated again by the same ruleset"},
    "same": {"vi": "giống hệt từng byte", "en": "the same to the byte"},
    "province": {
        "vi": "Một tỉnh hư cấu: {posts} vị trí, có thông tin thiếu và hồ sơ sai (EvaluateBatch)",
        "en": "A made-up province: {posts} posts, with facts missing and records that are wrong (EvaluateBatch)",
    },
    "posts": {"vi": "vị trí", "en": "posts"},
    "results": {"vi": "kết quả", "en": "results"},
    "unusable": {"vi": "hồ sơ chưa dùng được", "en": "record not usable"},
    "different": {"vi": "KHÁC bản đã lưu", "en": "NOT the same"},
}


@dataclass(frozen=True)
class Example:
    """One of the example records."""

    name: str
    subject: str
    question: Question


def main(
    lang: Annotated[Language, typer.Option(help="Language of the explanations.")] = "vi",
) -> None:
    """Show what chuan does, on made-up people."""
    console = Console(highlight=False, soft_wrap=True)
    examples = [_read(path, lang) for path in sorted(RECORDS.glob("*.json"))]
    half = len(examples) // 2
    with _server() as address, Client(address) as client:
        console.print(f"chuan serve: {address}", style="dim")

        console.rule(_WORDS["single"][lang])
        answers = []
        for example in examples[:half]:
            answers.append(_ask(client, example.question))
            _print(console, example, answers[-1], lang)

        console.rule(_WORDS["batch"][lang])
        batch = client.evaluate_batch(example.question for example in examples[half:])
        for example, answer in zip(examples[half:], batch, strict=True):
            _print(console, example, answer, lang)

        logged = next(answer for answer in answers if isinstance(answer, Explained))
        _replay(console, client, logged.decision_id, lang)
        _judge_province(console, client, lang)


def _read(path: Path, lang: Language) -> Example:
    content: dict[str, Any] = parse_record(path.read_bytes())
    question = Question(
        ruleset=content["ruleset"],
        facts=content["facts"],
        evaluated_on=date.fromisoformat(content["evaluated_on"]),
        subject_ref=path.stem,
        languages=[lang],
    )
    return Example(path.stem, content["subject"], question)


def _ask(client: Client, question: Question) -> Explained | ServiceError:
    try:
        return client.evaluate(
            question.ruleset,
            question.facts,
            evaluated_on=question.evaluated_on,
            subject_ref=question.subject_ref,
            languages=question.languages,
        )
    except RecordRefused as refused:
        return refused


def _print(console: Console, example: Example, answer: Explained | ServiceError, lang: Language) -> None:
    console.print(f"\n[bold]{example.name}[/bold] · {escape(example.subject)}")
    match answer:
        case Explained():
            console.print(escape(answer.texts[0]))
        case RecordRefused():
            console.print(_WORDS["refused"][lang])
            for path, text in answer.violations:
                console.print(f"  ✗ {escape(path)}: {escape(text)}")
        case _:
            raise answer


def _replay(console: Console, client: Client, decision_id: str, lang: Language) -> None:
    console.rule(_WORDS["log"][lang])
    decision = client.get_decision(decision_id)
    console.print(
        f"{decision.decision_id} · {decision.logged_at.ToJsonString()} · SHA-256 {decision.verdict_digest}"
    )
    console.print(escape(decision.canonical_verdict.decode()), style="dim")
    replay = client.replay_decision(decision_id)
    console.print(f"{_WORDS['replay'][lang]}: {_WORDS['same' if replay.identical else 'different'][lang]}")
    if not replay.identical:
        raise typer.Exit(1)


def _judge_province(console: Console, client: Client, lang: Language) -> None:
    """Judge everybody's State rating by the ruleset their record names, and count what comes out."""
    posts = [post for person in PROVINCE.persons() for post in person_of(person.state.data).posts]
    questions = [
        Question(ruleset=post.ruleset or "", facts=post.facts, evaluated_on=PROVINCE.on) for post in posts
    ]
    results: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for question, answer in zip(questions, client.evaluate_batch(questions), strict=True):
        results[question.ruleset][_result(answer, lang)] += 1
    console.rule(_WORDS["province"][lang].format(posts=len(posts)))
    table = Table("ruleset", _WORDS["posts"][lang], _WORDS["results"][lang], box=None)
    for ruleset, counted in sorted(results.items()):
        told = " · ".join(f"{name} {count}" for name, count in counted.most_common())
        table.add_row(ruleset, str(counted.total()), told)
    console.print(table)


def _result(answer: Explained | ServiceError, lang: Language) -> str:
    match answer:
        case Explained(verdict=verdict):
            status = verdict_pb2.VerdictStatus.Name(verdict.status)
            return verdict.outcome or status.removeprefix("VERDICT_STATUS_").lower()
        case RecordRefused():
            return _WORDS["unusable"][lang]
        case _:
            raise answer


@contextmanager
def _server() -> Iterator[str]:
    """A server on a free loopback port, stopped at the end; gives its address."""
    with tempfile.TemporaryDirectory(prefix="chuan-demo-") as folder:
        log = Path(folder) / "server.log"
        command = [
            sys.executable,
            "-m",
            "clients.cli",
            "serve",
            "--port",
            "0",
            "--store",
            f"{folder}/demo.sqlite3",
        ]
        with log.open("w") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            line = process.stdout.readline().strip()
            if not line.startswith("listening on "):
                raise typer.BadParameter(f"the server did not start: {line} {log.read_text()}")
            yield line.removeprefix("listening on ")
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


if __name__ == "__main__":
    typer.run(main)
