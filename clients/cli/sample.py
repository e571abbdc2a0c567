"""`chuan sample`: a made-up province, written to a folder."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from clients.cli.common import EXIT_WRONG_INPUT, FolderOption, catalogue, exit_with, parse_date
from clients.sample import (
    FEWEST,
    MOST,
    FolderInUseError,
    Format,
    Sample,
    Tables,
    Written,
    columns_of,
    write_sample,
)
from clients.sample.summary import JUDGED, Line, rulesets_of, summarise
from engine import Catalogue

ON: Final = date(2026, 12, 15)
"""The day that is meant if none is given; not today, so that the same command makes the same bytes tomorrow."""


def sample(
    out: Annotated[Path, typer.Argument(help="A folder, new or empty.", metavar="OUT")],
    people: Annotated[
        int, typer.Option("--people", help=f"How many people: {FEWEST} to {MOST:,}.", metavar="N")
    ] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Of all choices.", metavar="S")] = 1,
    on: Annotated[str, typer.Option("--on", help="Day of the evaluation.", metavar="DATE")] = ON.isoformat(),
    mistakes: Annotated[
        float, typer.Option("--mistakes", help="Share of records with a mistake, 0 to 1.", metavar="SHARE")
    ] = 0.01,
    missing: Annotated[
        float, typer.Option("--missing", help="Share of records with a fact left out.", metavar="SHARE")
    ] = 0.02,
    format_: Annotated[
        Format, typer.Option("--format", help="JSON Lines, or tables of one row a record.")
    ] = Format.JSONL,
    summary: Annotated[
        bool,
        typer.Option("--summary", help=f"Also judge the first {JUDGED:,} people and print what comes out."),
    ] = False,
    processes: Annotated[
        int, typer.Option("--processes", help="Made by so many processes; the same comes out.", min=1)
    ] = 1,
    folder: FolderOption = None,
) -> None:
    """Make up a province with its organisations and people, and records of a year to judge.

    The same numbers make the same bytes. What is wrong on purpose is listed beside the data.
    """
    try:
        made = Sample(people, seed, parse_date(on), mistakes, missing)
    except ValueError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    rulesets = _rulesets(made, folder) if summary or format_ is Format.CSV else None
    form = None
    if rulesets is not None and format_ is Format.CSV:
        form = Tables({id_: columns_of(rulesets.on(id_, made.on)) for id_ in rulesets_of(made)})
    try:
        written = write_sample(
            made, out, form=form, processes=processes, tell=_tell if sys.stderr.isatty() else None
        )
    except FolderInUseError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{error.filename or out}: {error.strerror}")
    _print_written(written)
    if summary and rulesets is not None:
        _print_summary(summarise(made, rulesets))


def _rulesets(made: Sample, folder: Path | None) -> Catalogue:
    return Catalogue(ruleset for id_ in rulesets_of(made) for ruleset in catalogue(folder, only=id_).list())


def _tell(people: int) -> None:
    typer.echo(f"\r{people:,} people", err=True, nl=False)


def _print_written(written: Written) -> None:
    width = max(map(len, written.lines))
    for name, lines in sorted(written.lines.items()):
        typer.echo(f"{name:<{width}}  {lines:>10,}")
    planted = ", ".join(f"{kind} {times:,}" for kind, times in sorted(written.planted.items()))
    typer.echo(f"planted: {planted or 'nothing'}")


def _print_summary(lines: list[Line]) -> None:
    for line in lines:
        typer.echo(f"{line.campaign:<5}  {line.ruleset:<32}  {_shares(line.outcomes)}")


def _shares(outcomes: Counter[str]) -> str:
    total = outcomes.total()
    return f"{total:>6,}: " + ", ".join(
        f"{outcome} {times / total:.1%}" for outcome, times in outcomes.most_common()
    )
