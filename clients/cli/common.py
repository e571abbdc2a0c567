"""What the commands share: exit codes, options, and how a ruleset is chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

import rulesets as shipped
from engine import Catalogue, ChosenBy, Ruleset, RulesetError, SelectionError, load
from engine.ruleset.localized import Language

EXIT_UNREACHABLE: Final = 1
EXIT_WRONG_INPUT: Final = 2
EXIT_RECORD_REFUSED: Final = 3


RulesetArgument = Annotated[
    str, typer.Argument(help="An id, ID@VERSION, or a ruleset file.", metavar="RULESET", show_default=False)
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


def today() -> date:
    """The date here; the process edge is the one place that reads the clock."""
    return datetime.now(UTC).astimezone().date()


def parse_date(text: str) -> date:
    """The date written in `text`. Leaves with exit code 2 where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        exit_with(EXIT_WRONG_INPUT, f"'{text}' is no date: write it YYYY-MM-DD, such as 2024-12-31")


def catalogue(folder: Path | None) -> Catalogue:
    """The rulesets below `folder`, or the shipped ones. Leaves with exit code 2 where one is wrong."""
    try:
        return Catalogue.of(folder or shipped.FOLDER)
    except RulesetError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))


def choose(name: str, day: date, folder: Path | None) -> tuple[Ruleset, ChosenBy]:
    """The ruleset that `name` means on `day`: a file, ID@VERSION, or the version of an id in effect.

    Leaves with exit code 2 where there is none, saying what was near.
    """
    try:
        if name.endswith((".yaml", ".yml")):
            return load(Path(name)), ChosenBy.VERSION
        id_, _, version = name.partition("@")
        if version:
            return catalogue(folder).get(id_, version), ChosenBy.VERSION
        return catalogue(folder).on(id_, day), ChosenBy.DATE
    except (RulesetError, SelectionError) as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{name}: {error.strerror}")
