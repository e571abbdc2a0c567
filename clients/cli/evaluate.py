"""`chuan evaluate`: one record, one verdict; in this process, or by a server."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from clients.cli.common import (
    AUTO,
    EXIT_RECORD_REFUSED,
    EXIT_WRONG_INPUT,
    FolderOption,
    LanguageOption,
    RulesetArgument,
    choose,
    exit_with,
    parse_date,
    parse_moment,
    today,
)
from clients.cli.service import client_of, exit_refused
from clients.client import RecordRefused, ServiceError
from clients.verdict_data import Data, verdict_data
from engine import RecordError, canonical, explain
from engine import evaluate as evaluate_here
from engine.explanation.page import page
from engine.feel.errors import FeelLimitError
from engine.records import RecordTextError, parse_record
from engine.ruleset.localized import Language


class Format(StrEnum):
    """What is printed: sentences, the verdict as canonical JSON, or a page to read and print."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True)
class Request:
    """A record as a file holds it: the facts alone, or beside the ruleset and the date they are meant for."""

    facts: dict[str, object]
    evaluated_on: date | None = None
    subject: str = ""


@dataclass(frozen=True)
class _Asked:
    """What is asked, here or of a server."""

    ruleset: str
    facts: dict[str, object]
    day: date
    lang: Language
    form: str
    foresight: bool
    subject: str
    as_known_at: datetime | None


_ENVELOPE = {"ruleset", "evaluated_on", "subject", "facts"}


def evaluate(
    ruleset: RulesetArgument,
    record: Annotated[
        str, typer.Argument(help="A JSON file of facts; - reads standard input.", metavar="RECORD.json")
    ],
    on: Annotated[
        str | None,
        typer.Option("--on", help="Date of the evaluation; default: the record's, or today.", metavar="DATE"),
    ] = None,
    lang: LanguageOption = "vi",
    format_: Annotated[
        Format, typer.Option("--format", help="Text, canonical JSON, or an HTML page.")
    ] = Format.TEXT,
    short: Annotated[bool, typer.Option("--short", help="Three lines of text.")] = False,
    foresight: Annotated[
        bool, typer.Option("--foresight", help="Also say what would move the verdict.")
    ] = False,
    as_known_at: Annotated[
        str | None,
        typer.Option("--as-known-at", help="By the rules as published at this moment.", metavar="MOMENT"),
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="Ask this server instead of evaluating here.", metavar="HOST:PORT")
    ] = None,
    folder: FolderOption = None,
) -> None:
    """Evaluate one record and print its verdict.

    The verdict is the same with and without --server; a server also keeps it in its decision log.
    """
    if server and format_ is Format.HTML:
        exit_with(
            EXIT_WRONG_INPUT, "a page is made where the ruleset is: leave out --server, or --format html"
        )
    if short and format_ is not Format.TEXT:
        exit_with(EXIT_WRONG_INPUT, f"--short is a form of text; it does not go with --format {format_}")
    request = _read(record)
    asked = _Asked(
        ruleset,
        request.facts,
        parse_date(on) if on else request.evaluated_on or today(),
        lang,
        "page" if format_ is Format.HTML else "short" if short else "full",
        foresight,
        request.subject,
        parse_moment(as_known_at) if as_known_at else None,
    )
    data, text = _ask(server, asked) if server else _evaluate(asked, folder)
    if format_ is Format.JSON:
        sys.stdout.write(canonical(data).decode() + "\n")
    elif format_ is Format.HTML:
        typer.echo(text.encode(), nl=False)  # in UTF-8, as the page says, whatever the terminal speaks
    else:
        typer.echo(text)


def _read(name: str) -> Request:
    try:
        content = parse_record(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{name}: {error.strerror}")
    except RecordTextError as error:
        exit_with(EXIT_WRONG_INPUT, f"{name}: {error}")
    facts = content.get("facts")
    if isinstance(facts, dict) and content.keys() <= _ENVELOPE:
        day = content.get("evaluated_on")
        return Request(
            facts, parse_date(str(day)) if day is not None else None, str(content.get("subject") or "")
        )
    return Request(content)


def _evaluate(asked: _Asked, folder: Path | None) -> tuple[Data, str]:
    chosen, chosen_by = choose(
        asked.ruleset, asked.day, folder, record=asked.facts, as_known_at=asked.as_known_at
    )
    try:
        verdict = evaluate_here(
            chosen, asked.facts, evaluated_on=asked.day, chosen_by=chosen_by, foresight=asked.foresight
        )
    except RecordError as error:
        _refuse([(violation.path, violation.text(asked.lang)) for violation in error.violations], asked.lang)
    except FeelLimitError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    if asked.form == "page":
        return verdict.to_data(), page(verdict, asked.lang, subject=asked.subject)
    return verdict.to_data(), explain(verdict, asked.lang, form=asked.form)


def _ask(server: str, asked: _Asked) -> tuple[Data, str]:
    id_, _, version = ("" if asked.ruleset == AUTO else asked.ruleset).partition("@")
    with client_of(server) as client:
        try:
            answer = client.evaluate(
                id_,
                asked.facts,
                version=version or None,
                evaluated_on=asked.day,
                languages=[asked.lang],
                form=asked.form,
                foresight=asked.foresight,
                as_known_at=asked.as_known_at,
            )
        except RecordRefused as error:
            _refuse(error.violations, asked.lang)
        except ServiceError as error:
            exit_refused(server, error)
    return verdict_data(answer.verdict), answer.texts[0]


def _refuse(violations: list[tuple[str, str]], lang: Language) -> NoReturn:
    heading = {
        "vi": "Hồ sơ chưa dùng được, {count} chỗ cần sửa:",
        "en": "The record is not usable, {count} to mend:",
    }
    typer.echo(heading[lang].format(count=len(violations)), err=True)
    for path, text in violations:
        typer.echo(f"  {path}: {text}", err=True)
    raise typer.Exit(EXIT_RECORD_REFUSED)
