"""What `chuan score` does, once its options are read. Apart from them, since it needs what only the extra brings."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TimeRemainingColumn,
)
from rich.text import Text

from clients.cli.common import AUTO, EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, catalogue, choose, exit_with
from clients.cli.service import connected
from clients.score.catalogues import catalogue_of, ruleset_of
from clients.score.journal import Journal
from clients.score.judging import Here, There
from clients.score.leaves import leaf_at, leaves_of
from clients.score.mapping import ColumnMapping, read_mapping
from clients.score.problems import ScoreError
from clients.score.reading import files_of, open_table
from clients.score.report import report
from clients.score.results import COLUMNS, REJECT_COLUMNS
from clients.score.rulings import BySelector, OneForAll, Rulings
from clients.score.suggest import suggest
from clients.score.summary import summary
from clients.score.tally import Tally
from clients.score.work import Choice, Judges, Work
from clients.score.writing import check_output, write, write_text
from engine import Catalogue, Ruleset, RulesetError
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
        readings: of quotas, each as ``NAME`` or ``ID=NAME``.
        server: that judges, or None.
        spark: the master of a cluster that judges, or None.
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
    readings: list[str]
    server: str | None
    spark: str | None
    force: bool
    rulesets: Path | None


def print_suggestion(order: Order) -> None:
    """Print a mapping for the first file."""
    if order.ruleset == AUTO:
        exit_with(EXIT_WRONG_INPUT, "a mapping is suggested for one ruleset: name it")
    mapping = _mapping(order.mapping)
    with _told(order.language), _judging(order, ColumnMapping()) as (rulings, _):
        file = files_of(order.files)[0]
        table = open_table(file, mapping.options)
        typer.echo(suggest(rulings.rulesets[0], table, file.name, order.language), nl=False)


def run(order: Order) -> None:
    """Judge, write, and print what came of it. Leaves with exit code 4 where no row could be judged."""
    with _told(order.language):
        if order.out is None:
            exit_with(EXIT_WRONG_INPUT, "say where results go: --out OUT.xlsx")
        files = files_of(order.files)
        _refuse_overwriting(order.out, order.files, files, force=order.force)
        mapping = _mapping(order.mapping)
        folder = order.mapping.parent if order.mapping else Path()
        with _judging(order, mapping) as (rulings, judges):
            readings = _readings(order.readings)
            groups = _groups(rulings.rulesets, order.by)
            work = Work(rulings, files, mapping, folder, order.choice, order.language, groups, readings)
            check_output(order.out, len(work.chosen))
            journal = Journal(_beside(order.out, ".parts"), work.about(mapping, order.on))
            with _progress() as progress:
                task = progress.add_task("", total=len(work.chosen))
                if order.spark is None:
                    work.run(judges, journal, lambda rows: progress.update(task, advance=rows))
                else:
                    _run_on_spark(order, order.spark, work, mapping, journal, progress, task)
        tally = _write(order, work, journal, order.out)
        typer.echo(summary(work, tally, order.out, order.language))
        if not tally.judged:
            raise typer.Exit(EXIT_NOT_PROVEN)


def _run_on_spark(
    order: Order,
    master: str,
    work: Work,
    mapping: ColumnMapping,
    journal: Journal,
    progress: Progress,
    task: TaskID,
) -> None:
    from clients.score.spark import Plan, cluster, run_on

    plan = Plan(
        texts=tuple((f"{each.id} {each.version}", each.text) for each in work.rulesets),
        auto=order.ruleset == AUTO,
        day=order.on,
        language=order.language,
        files=tuple(str(path.absolute()) for path in files_of(order.files)),
        mapping=mapping.model_dump_json(),
        folder=str((order.mapping.parent if order.mapping else Path()).absolute()),
        choice=order.choice,
        by=work.by,
        readings=_readings(order.readings),
        surveyed=work.survey.plain,
    )
    with cluster(master) as spark:
        run_on(spark, plan, work, journal, lambda rows: progress.update(task, advance=rows))


def _write(order: Order, work: Work, journal: Journal, out: Path) -> Tally:
    """Write everything that came of the work."""
    tally = work.tally(journal)
    uses = work.quota_use(journal, order.on)
    write(out, COLUMNS, journal.results())
    write(_beside(out, ".rejects.csv"), REJECT_COLUMNS, journal.rejects())
    write_text(_beside(out, ".report.html"), report(work, tally, uses, order.on, order.language))
    journal.close()
    return tally


@contextmanager
def _told(language: Language) -> Iterator[None]:
    """What stops the work is printed, and leaves with the exit code that it stands for."""
    try:
        yield
    except ScoreError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except KeyboardInterrupt:
        exit_with(_EXIT_STOPPED, _STOPPED[language])


@contextmanager
def _judging(order: Order, mapping: ColumnMapping) -> Iterator[tuple[Rulings, Judges]]:
    """By which ruleset rows are judged, and who judges."""
    day, language = order.on, order.language
    if order.server is None:
        if order.ruleset == AUTO:
            rulings: Rulings = BySelector(_catalogue(order.rulesets), day, mapping)
        else:
            rulings = OneForAll(choose(order.ruleset, day, order.rulesets)[0], mapping)
        yield rulings, lambda ruleset, _: Here(ruleset, day, language)
        return
    with connected(order.server) as client:
        if order.ruleset == AUTO:
            rulings = BySelector(catalogue_of(client), day, mapping)
        else:
            rulings = OneForAll(ruleset_of(client, order.ruleset, day), mapping)
        yield rulings, lambda ruleset, job: There(client, ruleset, day, language, job)


def _catalogue(folder: Path | None) -> Catalogue:
    try:
        return catalogue(folder)
    except RulesetError as error:
        raise ScoreError(str(error)) from None


def _mapping(path: Path | None) -> ColumnMapping:
    return read_mapping(path) if path else ColumnMapping()


def _readings(stated: list[str]) -> dict[str, str]:
    """By the id of a ruleset, which reading of its quota is applied; under an empty id, where no ruleset is named."""
    return {id_: reading for each in stated for id_, _, reading in [each.rpartition("=")]}


def _groups(rulesets: Sequence[Ruleset], by: list[str] | None) -> list[str]:
    """The facts that the report is broken down by: those that are asked for, or those of the quota's scopes."""
    leaves = {path: leaf for each in rulesets for path, leaf in leaves_of(each).items()}
    if by is None:
        return [name for name in _USUAL_GROUPS if name in leaves]
    for path in by:
        if leaf_at(leaves, path, f"--by {path}").declared.kind == "list":
            raise ScoreError(f"--by {path}: a list tells no groups apart")
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
