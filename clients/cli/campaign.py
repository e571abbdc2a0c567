"""`chuan campaign`: a tree of organisations and the people in them, judged together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import (
    EXIT_WRONG_INPUT,
    FolderOption,
    LanguageOption,
    exit_with,
    parse_date,
    today,
)

app = typer.Typer(help="Judge a tree of organisations and the people in them.", no_args_is_help=True)


@app.callback()
def campaign() -> None:
    """Judge a tree of organisations and the people in them."""


@app.command()
def run(
    folder: Annotated[
        Path,
        typer.Argument(help="With the organisations and the records.", metavar="FOLDER", show_default=False),
    ],
    on: Annotated[
        str | None,
        typer.Option(
            "--on", help="Date of the evaluation; default: as the folder says, else today.", metavar="DATE"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where results go; default: FOLDER-results.", metavar="DIR"),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading",
            help="Of a ruleset whose quota the law leaves open, the reading to apply.",
            metavar="ID=NAME",
        ),
    ] = None,
    books: Annotated[
        list[str] | None,
        typer.Option("--books", help="Workbooks for this unit and those below; default: all.", metavar="ID"),
    ] = None,
    lang: LanguageOption = "vi",
    force: Annotated[bool, typer.Option("--force", help="Write over results that are there.")] = False,
    rulesets: FolderOption = None,
) -> None:
    """Judge everybody bottom up, heads last, apply the quotas, and write what a committee decides on.

    DIR gets campaign.xlsx with a sheet a unit, results, quotas, problems and rejects as tables, and report.html.
    """
    readings: dict[str, str] = {}
    for each in reading or ():
        id_, mark, name = each.partition("=")
        if not (id_ and mark and name):
            exit_with(
                EXIT_WRONG_INPUT,
                f"--reading {each}: write it ID=NAME, such as vn.nd335.civil-servant=good_only",
            )
        readings[id_] = name
    try:  # here, since it takes time, and what only the extra `score` brings
        from clients.campaign.command import Order
        from clients.campaign.command import run as run_order
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in ("clients", "engine"):
            raise
        exit_with(EXIT_WRONG_INPUT, f"`chuan campaign` needs {missing.name}: pip install 'chuan[score]'")
    run_order(
        Order(
            folder=folder,
            on=parse_date(on) if on else None,
            today=today(),
            out=out,
            readings=readings,
            books=books or (),
            language=lang,
            force=force,
            rulesets=rulesets,
        )
    )
