"""What the commands share: exit codes, options, and how a ruleset is chosen."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, NoReturn

import typer

import rulesets as shipped
from engine import Catalogue, ChosenBy, Ruleset, RulesetError, SelectionError, load
from engine.ruleset.localized import Language

EXIT_UNREACHABLE: Final = 1
EXIT_WRONG_INPUT: Final = 2
EXIT_RECORD_REFUSED: Final = 3
EXIT_NOT_PROVEN: Final = 4
"""A check found an error, or a case failed."""
AUTO: Final = "auto"
"""In place of a ruleset: the one whose selector is true of the record."""
NO_FACTS: Final[Mapping[str, object]] = MappingProxyType({})


class DataFormat(StrEnum):
    """What a result is printed as: for people, or as plain data."""

    TEXT = "text"
    JSON = "json"


RulesetArgument = Annotated[
    str,
    typer.Argument(
        help="An id, ID@VERSION, a ruleset file, or auto: the one whose selector is true of the record.",
        metavar="RULESET",
        show_default=False,
    ),
]
LanguageOption = Annotated[Language, typer.Option("--lang", help="Language of the text.")]
FolderOption = Annotated[
    Path | None,
    typer.Option("--rulesets", help="Folder of rulesets; default: those that chuan ships.", metavar="FOLDER"),
]


def exit_with(code: int, message: str) -> NoReturn:
    """Print `message` to standard error and leave with `code`."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def print_json(data: object) -> None:
    """Print plain data to standard output as JSON."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def today() -> date:
    """The date here; the process edge is the one place that reads the clock."""
    return datetime.now(UTC).astimezone().date()


def parse_date(text: str) -> date:
    """The date written in `text`. Leaves with exit code 2 where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        exit_with(EXIT_WRONG_INPUT, f"'{text}' is no date: write it YYYY-MM-DD, such as 2024-12-31")


def catalogue(folder: Path | None, *, only: str = "") -> Catalogue:
    """The rulesets below `folder`, or the shipped ones; those of one id. Leaves with exit code 2 where one is wrong."""
    try:
        return Catalogue.of(folder or shipped.FOLDER, only=only)
    except RulesetError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))


def parse_moment(text: str) -> datetime:
    """The moment written in `text`; without a zone, in the zone here. Leaves with exit code 2 where it is none."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        exit_with(
            EXIT_WRONG_INPUT, f"'{text}' is no moment: write it YYYY-MM-DDTHH:MM, such as 2024-12-31T08:00"
        )


def choose(
    name: str,
    day: date,
    folder: Path | None,
    *,
    record: Mapping[str, object] = NO_FACTS,
    as_known_at: datetime | None = None,
) -> tuple[Ruleset, ChosenBy]:
    """The ruleset that `name` means on `day`, as published at `as_known_at`.

    A file, ID@VERSION, the version of an id in effect, or (AUTO) the one whose selector is true of `record`. Leaves
    with exit code 2 where there is none, or more than one, saying what was near.
    """
    try:
        if name.endswith((".yaml", ".yml")):
            return load(Path(name)), ChosenBy.VERSION
        if name == AUTO:
            return catalogue(folder).select(record, day, as_known_at=as_known_at), ChosenBy.SELECTOR
        id_, _, version = name.partition("@")
        # Where there is none of the id, the others tell what was near.
        found = catalogue(folder, only=id_)
        found = found if found.list() else catalogue(folder)
        if version:
            return found.get(id_, version, as_known_at=as_known_at), ChosenBy.VERSION
        return found.on(id_, day, as_known_at=as_known_at), ChosenBy.DATE
    except (RulesetError, SelectionError) as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{name}: {error.strerror}")
