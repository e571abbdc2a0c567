"""`chuan ruleset new`: a ruleset to begin with."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import EXIT_WRONG_INPUT, exit_with, parse_date, today
from engine.catalogue import CASES_SUFFIX
from engine.drafting import new_ruleset
from engine.ruleset.entries import RULESET_ID


class Kind(StrEnum):
    """What a ruleset judges."""

    EVALUATION = "evaluation"
    TITLE_STANDARD = "title-standard"
    ORGANIZATION = "organization"


def new(
    ruleset_id: Annotated[str, typer.Argument(help="The id, such as hanoi.school.teachers.", metavar="ID")],
    kind: Annotated[Kind, typer.Option("--kind", help="What it judges.")] = Kind.EVALUATION,
    start: Annotated[
        str | None,
        typer.Option("--from", help="First day on which it applies; default: today.", metavar="DATE"),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the two files; made if missing.", metavar="FOLDER")
    ] = Path(),
) -> None:
    """Begin a ruleset: a small one that passes its check, and cases that cover it, to be replaced by the law."""
    if re.fullmatch(RULESET_ID, ruleset_id) is None:
        exit_with(
            EXIT_WRONG_INPUT,
            f"'{ruleset_id}' is not the id of a ruleset: write lower-case words (letters, digits and -) with dots "
            "between them, such as hanoi.school.teachers",
        )
    made = new_ruleset(kind.value, ruleset_id, parse_date(start) if start else today())
    files = {out / f"{ruleset_id}.yaml": made.ruleset, out / f"{ruleset_id}{CASES_SUFFIX}": made.cases}
    for file in files:
        if file.exists():
            exit_with(EXIT_WRONG_INPUT, f"{file} is there already: take another id or --out")
    if out.exists() and not out.is_dir():
        exit_with(EXIT_WRONG_INPUT, f"{out} is a file: name a folder with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{error.filename or out}: {error.strerror}")
    for file in files:
        typer.echo(str(file))
