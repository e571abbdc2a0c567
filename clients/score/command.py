"""What `chuan score` does, once its options are read. Apart from them, since it needs what only the extra brings."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from clients.cli.common import EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, choose, exit_with
from clients.cli.service import connected
from clients.client import Client
from clients.score.journal import Journal
from clients.score.judging import Here, Judge, There
from clients.score.mapping import ColumnMapping, read_mapping
from clients.score.problems import ScoreError
from clients.score.reading import files_of, open_table
from clients.score.report import report
from clients.score.results import COLUMNS, REJECT_COLUMNS
from clients.score.suggest import suggest
from clients.score.summary import summary
from clients.score.tally import Tally
from clients.score.work import Choice, Work
from clients.score.writing import check_output, write, write_text
from engine import Catalogue, Ruleset, RulesetError, SelectionError, loads
from engine.ruleset.localized import Language

_EXIT_STOPPED: Final = 130  # as of what Ctrl-C ends
_USUAL_GROUPS: Final = ("unit_id", "peer_group")
_STOPPED: Final[dict[Language, str]] = {
    "vi": "Đã dừng. Phần đã làm được giữ lại; chạy lại cùng lệnh để làm tiếp.",
    "en": "Stopped. What is done is kept; the same command goes on from there.",
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked; see the options of the command.

    Attributes:
        ruleset: an id, ID@VERSION or a file.
        files: of records, and folders of them.
        out: where results go.
        mapping: a file, or None.
        on: the date of evaluation.
        language: of everything that is written.
        choice: which rows.
        by: facts that the report is broken down by; None: the usual ones.
        server: that judges, or None.
        force: write over results.
        rulesets: the folder of rulesets, or None.
    """

    ruleset: str
    files: list[Path]
    out: Path | None
    mapping: Path | None
    on: date
    language: Language
    choice: Choice
    by: list[str] | None
    server: str | None
    force: bool
    rulesets: Path | None


def print_suggestion(order: Order) -> None:
    """Print a mapping for the first file."""
    with _told(order.language), _judge(order) as (ruleset, _):
        file = files_of(order.files)[0]
        table = open_table(file, _mapping(order.mapping).options)
        typer.echo(suggest(ruleset, table, file.name, order.language), nl=False)


def run(order: Order) -> None:
    """Judge, write, and print what came of it. Leaves with exit code 4 where no row could be judged."""
    with _told(order.language), _judge(order) as (ruleset, judge):
        if order.out is None:
            exit_with(EXIT_WRONG_INPUT, "say where results go: --out OUT.xlsx")
        files = files_of(order.files)
        _refuse_overwriting(order.out, order.files, files, force=order.force)
        mapping = _mapping(order.mapping)
        folder = order.mapping.parent if order.mapping else Path()
        groups = _groups(ruleset, order.by)
        work = Work(ruleset, files, mapping, folder, order.choice, order.language, groups)
        check_output(order.out, len(work.chosen))

        def page(found: Tally) -> str:
            return report(ruleset, work, found, order.on, order.language)

        tally = _do(work, judge, order.out, work.about(mapping, order.on), page)
        typer.echo(summary(work, tally, order.out, order.language))
        if not tally.judged:
            raise typer.Exit(EXIT_NOT_PROVEN)


@contextmanager
def _told(language: Language) -> Iterator[None]:
    """What stops the work is printed, and leaves with the exit code that it stands for."""
    try:
        yield
    except ScoreError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except KeyboardInterrupt:
        exit_with(_EXIT_STOPPED, _STOPPED[language])


def _do(work: Work, judge: Judge, out: Path, about: dict[str, object], page: Callable[[Tally], str]) -> Tally:
    """Judge what is not yet judged, and write everything that comes of it."""
    journal = Journal(_beside(out, ".parts"), about)
    with _progress() as progress:
        task = progress.add_task("", total=len(work.chosen))
        work.run(judge, journal, lambda rows: progress.update(task, advance=rows))
    tally = work.tally(journal)
    write(out, COLUMNS, (line["row"] for line in journal.lines() if "row" in line))
    rejects = (each for line in journal.lines() for each in line.get("rejects", ()))
    write(_beside(out, ".rejects.csv"), REJECT_COLUMNS, rejects)
    write_text(_beside(out, ".report.html"), page(tally))
    journal.close()
    return tally


@contextmanager
def _judge(order: Order) -> Iterator[tuple[Ruleset, Judge]]:
    """The ruleset that is meant, and who judges by it."""
    if order.server is None:
        ruleset, _ = choose(order.ruleset, order.on, order.rulesets)
        yield ruleset, Here(ruleset, order.on, order.language)
        return
    with connected(order.server) as client:
        ruleset = _of_server(client, order.ruleset, order.on)
        yield ruleset, There(client, ruleset, order.on, order.language, time.sleep)


def _of_server(client: Client, name: str, day: date) -> Ruleset:
    """The ruleset that `name` means to a server on `day`."""
    id_, _, version = name.partition("@")
    versions = [version] if version else [each.version for each in client.list_rulesets(id_)]
    try:
        found = [loads(client.get_ruleset(id_, each).text, f"{id_} {each}") for each in versions]
        return found[0] if version else Catalogue(found).on(id_, day)
    except (RulesetError, SelectionError) as error:
        raise ScoreError(f"{error}; ID@VERSION names one version") from None


def _mapping(path: Path | None) -> ColumnMapping:
    return read_mapping(path) if path else ColumnMapping()


def _groups(ruleset: Ruleset, by: list[str] | None) -> list[str]:
    """The facts that the report is broken down by: those that are asked for, or those of the quota's scopes."""
    if by is None:
        return [name for name in _USUAL_GROUPS if name in ruleset.facts]
    for path in by:
        if path.partition(".")[0] not in ruleset.facts:
            raise ScoreError(f"--by {path}: {ruleset.id} has no such fact; it has {', '.join(ruleset.facts)}")
    return by


def _refuse_overwriting(out: Path, named: list[Path], files: list[Path], *, force: bool) -> None:
    if out.resolve() in {path.resolve() for path in files}:
        raise ScoreError(f"{out} is a file of records: name another one with --out")
    if out.exists() and not force and not _beside(out, ".parts").exists():
        raise ScoreError(f"{out} is there already: name another one, or write over it with --force")
    if out.parent.resolve() in {path.resolve() for path in named}:
        raise ScoreError(f"{out} would be a file of records the next time: name one outside of {out.parent}")
    if not out.parent.is_dir():
        raise ScoreError(f"{out}: there is no folder {out.parent}")


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(out.stem + ending)


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        """The rate so far."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


def _progress() -> Progress:
    """A bar with rate and time left on standard error, where that is a terminal."""
    columns = (BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
