"""`chuan ruleset impact`: whom a draft would change, from what to what, and by which rule."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clients.cli.common import (
    EXIT_WRONG_INPUT,
    DataFormat,
    FolderOption,
    LanguageOption,
    choose,
    exit_with,
    parse_date,
    print_json,
    today,
)
from clients.cli.ruleset.files import RulesetFile
from clients.cli.ruleset.impact_work import LineError, Work, lines_of, parts_of
from clients.cli.ruleset.journal import Journal, JournalError, Kept
from clients.cli.service import connected, id_and_version
from clients.client import Client
from clients.plain_data import plain_data
from clients.ruleset_calls import DraftOf, PublishedOf, Source, Texts
from engine import Ruleset, RulesetError, loads
from engine.impact import Impact, Part, explain_change, picture
from engine.ruleset.localized import Language

_STOPPED: dict[Language, str] = {
    "vi": "Đã dừng sau {done} hồ sơ.{goes_on}",
    "en": "Stopped after {done} records.{goes_on}",
}
_GOES_ON: dict[Language, str] = {
    "vi": " Chạy lại cùng lệnh để làm tiếp.",
    "en": " The same command goes on from there.",
}
_EXIT_STOPPED = 130  # as of what Ctrl-C ends


def impact(
    draft: Annotated[
        str,
        typer.Argument(
            help="The draft: a file, or an id or ID@VERSION; with --server ID@VERSION of a draft there.",
            metavar="DRAFT",
            show_default=False,
        ),
    ],
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="The rules in force: a file, an id or ID@VERSION; with --server left out: those of each decision.",
            metavar="LIVE",
        ),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            "--records", help="A file of records, one JSON object a line, as `chuan evaluate` takes them."
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            envvar="CHUAN_SERVER",
            help="Judge the decisions that it has logged.",
            metavar="HOST:PORT",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", help="Date of evaluation of records without one; default: today.", metavar="DATE"
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="The fact that tells groups apart, such as unit_id.", metavar="FACT")
    ] = "",
    explain: Annotated[
        str | None,
        typer.Option("--explain", help="Explain this record: its subject, line or decision.", metavar="REF"),
    ] = None,
    changes: Annotated[int, typer.Option("--changes", min=0, help="How many changes are listed.")] = 10,
    journal: Annotated[
        Path | None,
        typer.Option("--journal", help="Keep what is done in this file, and go on with what it has."),
    ] = None,
    processes: Annotated[
        int, typer.Option("--processes", min=0, help="How many share the work on a file; 0: one a core.")
    ] = 1,
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """Judge records by a draft and by the rules in force: who changes, from what to what, by which rule."""
    if records is not None:
        asked: _Here | _There = _Here(
            draft, against, records, on, by, processes or os.cpu_count() or 1, folder
        )
    elif server is not None:
        asked = _There(draft, against, server, by)
    else:
        exit_with(EXIT_WRONG_INPUT, "say whom it is about: --records FILE, or --server for logged decisions")
    if explain is not None:
        typer.echo(asked.explain(explain, lang))
        return
    parts = _work(asked, journal, lang)
    found = Impact.of(asked.draft, asked.against, parts)
    if format_ is DataFormat.JSON:
        print_json(found.data)
    else:
        typer.echo(picture(found, lang, changes=changes))


class _Here:
    """An impact on a file of records."""

    def __init__(
        self,
        draft: str,
        against: str | None,
        records: Path,
        on: str | None,
        by: str,
        processes: int,
        folder: Path | None,
    ) -> None:
        if against is None:
            exit_with(EXIT_WRONG_INPUT, "say what the draft is held against: --against LIVE")
        self.draft, _ = choose(draft, today(), folder)
        self.against: Ruleset | None
        self.against, _ = choose(against, today(), folder)
        fact = by.partition(".")[0]
        if by and fact not in {**self.draft.facts, **self.against.facts}:
            exit_with(EXIT_WRONG_INPUT, f"neither ruleset has a fact {fact} to group by")
        self._records = records
        self._processes = processes
        self._work = Work(self.draft.text, self.against.text, by, parse_date(on) if on else today())

    @property
    def about(self) -> dict[str, object]:
        """What the work is, for its journal."""
        assert self.against is not None  # noqa: S101 - see the constructor
        return {
            "draft": self.draft.digest,
            "against": self.against.digest,
            "by": self._work.by,
            "on": self._work.on.isoformat(),
            "records": str(self._records.resolve()),
        }

    def parts(self, done: int, _position: int) -> Iterator[tuple[Part, int, int | None]]:
        """Each part after the first `done` records."""
        # What is no file, such as the output of another command, can be read only once.
        total = sum(1 for _ in lines_of(self._records)) if self._records.is_file() else None
        for part in parts_of(self._work, lines_of(self._records), done, self._processes):
            yield part, 0, total

    def explain(self, ref: str, lang: Language) -> str:
        """One record in words."""
        try:
            subjects = map(self._work.subject, lines_of(self._records))
            subject = next((each for each in subjects if each.ref == ref), None)
        except LineError as error:
            exit_with(EXIT_WRONG_INPUT, f"{self._records}: {error}")
        except OSError as error:
            exit_with(EXIT_WRONG_INPUT, f"{self._records}: {error.strerror}")
        if subject is None:
            exit_with(EXIT_WRONG_INPUT, f"{self._records} has no record {ref}")
        return explain_change(self._work.foreseer(), subject, lang)


class _There:
    """An impact on the decisions that a server has logged."""

    def __init__(self, draft: str, against: str | None, server: str, by: str) -> None:
        self._server = server
        self._by = by
        with connected(server) as client:
            self._draft, self.draft = _source(client, draft, draft=True)
            self._against: Source | None = None
            self.against: Ruleset | None = None
            if against is not None:
                self._against, self.against = _source(client, against)

    @property
    def about(self) -> dict[str, object]:
        """What the work is, for its journal."""
        against = None if self.against is None else self.against.digest
        return {"draft": self.draft.digest, "against": against, "by": self._by, "server": self._server}

    def parts(self, done: int, position: int) -> Iterator[tuple[Part, int, int | None]]:
        """Each part after a position of the log, where it ends, and how many there are in all."""
        with connected(self._server) as client:
            for each in client.analyze_impact(
                self._draft, self._against, by=self._by, after_position=position, done=done
            ):
                yield Part.of(plain_data(each.part)), each.position, each.total

    def explain(self, ref: str, lang: Language) -> str:
        """One decision in words."""
        with connected(self._server) as client:
            return client.explain_impact(self._draft, ref, self._against, language=lang)


def _source(client: Client, name: str, *, draft: bool = False) -> tuple[Source, Ruleset]:
    """What `name` means to the server, and the ruleset itself."""
    source: Source
    if name.endswith((".yaml", ".yml")):
        text = _text(RulesetFile(Path(name)).path)
        source = Texts(text, "", name)
    elif draft:
        found = client.get_draft(*id_and_version(name))
        text, source = found.text, DraftOf(found.id, found.version, found.revision)
    else:
        id_, version = id_and_version(name)
        text, source = client.get_ruleset(id_, version).text, PublishedOf(id_, version)
    try:
        return source, loads(text, name)
    except RulesetError as error:
        exit_with(EXIT_WRONG_INPUT, error.report())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{path}: {error.strerror}")


def _work(asked: _Here | _There, path: Path | None, lang: Language) -> list[Part]:
    """Do the work that is not yet done, and show how far it is. Leaves with exit code 130 where it is stopped."""
    try:
        with Journal(path, asked.about) if path else Kept() as journal, _progress() as progress:
            task = progress.add_task("", completed=journal.done, total=None)
            try:
                for part, position, total in asked.parts(journal.done, journal.position):
                    journal.add(part, position)
                    progress.update(task, completed=part.done, total=total)
            except KeyboardInterrupt:
                goes_on = _GOES_ON[lang] if path else ""
                exit_with(_EXIT_STOPPED, _STOPPED[lang].format(done=journal.done, goes_on=goes_on))
            return journal.parts
    except (JournalError, LineError) as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{error.filename}: {error.strerror}")


def _progress() -> Progress:
    """A bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty())
