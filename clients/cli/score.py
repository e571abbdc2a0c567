"""`chuan score`: whole files of records judged, with results, rejects and a report."""

from __future__ import annotations

from enum import StrEnum
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


class Engine(StrEnum):
    """Where rows are judged."""

    HERE = "here"
    SPARK = "spark"


def score(
    ruleset: Annotated[
        str,
        typer.Argument(
            help="An id, ID@VERSION, a ruleset file, or auto: of each row the one whose selector is true of it.",
            metavar="RULESET",
            show_default=False,
        ),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV, XLSX, Parquet or JSON Lines, or folders of them.",
            metavar="FILE...",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where results go: .csv, .xlsx, .parquet or .jsonl.",
            metavar="OUT",
            show_default=False,
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            help="Which column states which fact; default: columns called as facts are.",
            metavar="MAP.yaml",
        ),
    ] = None,
    suggest_mapping: Annotated[
        bool, typer.Option("--suggest-mapping", help="Print a mapping for the first file, and judge nothing.")
    ] = False,
    on: Annotated[
        str | None, typer.Option("--on", help="Date of the evaluation; default: today.", metavar="DATE")
    ] = None,
    lang: LanguageOption = "vi",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Judge the first so many rows.")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Judge so many rows, drawn from all.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw: the same one draws the same rows.")] = 0,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="A fact that the report is broken down by; default: those of the quota.",
            metavar="FACT",
        ),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading",
            help="Of a quota that the law leaves open: the one to apply; ID=NAME where rulesets are several.",
            metavar="NAME",
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            envvar="CHUAN_SERVER",
            help="Let this server judge; it logs every decision.",
            metavar="HOST:PORT",
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option("--engine", help="Where rows are judged: on this machine, or on a cluster of Spark."),
    ] = Engine.HERE,
    master: Annotated[
        str, typer.Option("--master", help="Of the cluster, for --engine spark.", metavar="URL")
    ] = "local[*]",
    force: Annotated[bool, typer.Option("--force", help="Write over results that are there.")] = False,
    folder: FolderOption = None,
) -> None:
    """Judge every row of spreadsheets by published standards, and write results, rejects and a report.

    Beside OUT stand OUT.rejects.csv, with every cell that has to be mended, and OUT.report.html. A row that cannot be
    read with certainty is rejected and never guessed. What was stopped goes on with the same command.
    """
    try:  # here, since it takes time, and what only the extra `score` brings
        from clients.score.command import Order, print_suggestion, run
        from clients.score.work import Choice
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in ("clients", "engine"):
            raise
        exit_with(EXIT_WRONG_INPUT, f"`chuan score` needs {missing.name}: pip install 'chuan[score]'")
    if engine is Engine.SPARK and server is not None:
        exit_with(
            EXIT_WRONG_INPUT, "rows are judged on Spark or by a server: leave out --engine spark or --server"
        )
    order = Order(
        ruleset=ruleset,
        files=files,
        out=out,
        mapping=mapping,
        on=parse_date(on) if on else today(),
        language=lang,
        choice=Choice(limit, sample, seed),
        by=by,
        readings=reading or [],
        server=server,
        spark=master if engine is Engine.SPARK else None,
        force=force,
        rulesets=folder,
    )
    (print_suggestion if suggest_mapping else run)(order)
