"""What `chuan campaign run` does, once its options are read; apart from them, since it needs the extra.

Everything is written into a folder beside the one that is asked for, which takes its name in the end: it is there
whole or not at all, and a run that was stopped begins anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
import typer
from polars.exceptions import PolarsError
from xlsxwriter.exceptions import XlsxWriterException  # type: ignore[import-untyped]  # ships no types

from clients.campaign.books import Forest
from clients.campaign.given import Given, read_given
from clients.campaign.outcome import Outcome, rulesets_of
from clients.campaign.papers import MAIN, write_papers
from clients.campaign.plan import plan_of
from clients.campaign.report import report
from clients.campaign.results import List, Rows
from clients.campaign.tables import (
    groups_frame,
    problems_frame,
    rejects_frame,
    subjects_frame,
    write_csv,
)
from clients.campaign.words import phrase
from clients.cli.common import EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, catalogue, exit_with
from clients.sample.writer import MANIFEST
from clients.score.problems import ScoreError
from engine import Catalogue
from engine.campaign import run_campaign
from engine.ruleset.localized import Language

MOST_IN_BOOKS: Final = 100_000
"""Rows of workbooks that are written unasked: some minutes, and more than a committee reads."""
_SHOWN: Final = 5  # kinds of problems on the terminal
_EXIT_STOPPED: Final = 130  # as of what Ctrl-C ends


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked; see the options of the command.

    Attributes:
        folder: of the campaign.
        on: the date of the evaluation; None: as the folder says, else `today`.
        today: the date here.
        out: where results go; None: beside the folder.
        readings: by ruleset, the reading of its quota.
        books: the ids of the units that workbooks are written for, with all below them; empty: all.
        language: of everything that is written.
        force: write over results that are there.
        rulesets: the folder of rulesets, or None.
    """

    folder: Path
    on: date | None
    today: date
    out: Path | None
    readings: Mapping[str, str]
    books: Sequence[str]
    language: Language
    force: bool
    rulesets: Path | None


def run(order: Order) -> None:
    """Judge, write, and print what came of it. Leaves with exit code 4 where nobody could be judged."""
    out = order.out or order.folder.with_name(f"{order.folder.resolve().name}-results")
    try:
        _check(order, out)
        outcome, given = _judged(order, catalogue(order.rulesets))
        written = _write(order, outcome, out)
    except ScoreError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    except (OSError, PolarsError, XlsxWriterException) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        exit_with(
            EXIT_WRONG_INPUT, f"{out} cannot be written: {why}; make room and run again: it begins anew"
        )
    except KeyboardInterrupt:
        exit_with(_EXIT_STOPPED, f"stopped; {out} is as it was")
    typer.echo("\n".join(_told(outcome, given, written, out)))
    if outcome.subjects["ruleset"].eq("").all():
        raise typer.Exit(EXIT_NOT_PROVEN)


def _check(order: Order, out: Path) -> None:
    """Refuse what could not be written in the end."""
    if out.resolve() == order.folder.resolve():
        raise ScoreError(f"{out} is the folder of the campaign: name another one with --out")
    if out.exists() and not order.force:
        raise ScoreError(
            f"{out} is there already: name another folder with --out, or write over it with --force"
        )
    if not out.resolve().parent.is_dir():
        raise ScoreError(f"{out}: there is no folder {out.parent}")


def _judged(order: Order, rulesets: Catalogue) -> tuple[Outcome, Given]:
    plan = plan_of(order.folder, [each.id for each in rulesets.list()])
    on = order.on or plan.on or _of_sample(order.folder) or order.today
    known = {each.id for each in rulesets.list()}
    readings = {**plan.readings, **order.readings}
    for id_ in readings:
        if id_ not in known:
            raise ScoreError(f"--reading {id_}: there is no such ruleset")
    given = read_given(plan, order.folder, rulesets, on, order.language)
    result = run_campaign(rulesets, given.organisations, given.persons, evaluated_on=on, readings=readings)
    subjects = subjects_frame(Rows(result, given, order.language).rows())
    return Outcome(
        on=on,
        language=order.language,
        subjects=subjects,
        groups=groups_frame(result, order.language),
        problems=problems_frame(result, order.language),
        rejects=rejects_frame(given.rejects),
        forest=Forest.of(given.organisations, subjects["organisation"].unique(maintain_order=True)),
        names={each.id: each.name for each in given.organisations},
        rulesets=rulesets_of(rulesets, subjects),
        files=tuple(given.files),
        rows=given.rows,
        rejected=given.rejected,
    ), given


def _of_sample(folder: Path) -> date | None:
    """The date that `chuan sample` made the folder for."""
    manifest = folder.resolve().parent / MANIFEST
    if not manifest.exists():
        return None
    try:
        return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["on"])
    except (ValueError, KeyError, TypeError):
        return None


def _write(order: Order, outcome: Outcome, out: Path) -> int:
    """Write everything; how many workbooks."""
    half, old = out.with_name(f"{out.name}.half"), out.with_name(f"{out.name}.old")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    outcome.subjects.write_parquet(half / "results.parquet")
    write_csv(outcome.subjects, half / "results.csv")
    outcome.groups.write_parquet(half / "quotas.parquet")
    for name in ("quotas", "problems", "rejects"):
        write_csv(
            {"quotas": outcome.groups, "problems": outcome.problems, "rejects": outcome.rejects}[name],
            half / f"{name}.csv",
        )
    (half / "report.html").write_text(report(outcome), encoding="utf-8")
    written = write_papers(outcome, half, _units(order, outcome))
    if out.exists():
        shutil.rmtree(old, ignore_errors=True)
        out.replace(old)
    half.replace(out)
    shutil.rmtree(old, ignore_errors=True)
    return written


def _units(order: Order, outcome: Outcome) -> list[str] | None:
    """The units that workbooks are written for; None: all."""
    for id_ in order.books:
        if id_ not in outcome.forest.below:
            raise ScoreError(f"--books {id_}: there is no such unit")
    if order.books:
        return list(outcome.forest.walk(order.books))
    return None if len(outcome.subjects) <= MOST_IN_BOOKS else []


def _told(outcome: Outcome, given: Given, written: int, out: Path) -> list[str]:
    """The lines that are printed in the end."""
    say = outcome.language
    posts = outcome.posts
    lines = [
        phrase(
            "balance",
            say,
            rows=outcome.rows,
            organisations=len(outcome.organisations),
            posts=len(posts),
            rejected=outcome.rejected,
        )
    ]
    lists = dict(posts.group_by("list").len().iter_rows())
    lines += [f"  {lists[kind]:>9,}  {phrase(kind, say)}" for kind in List if kind in lists]
    if len(outcome.problems):
        lines.append(phrase("problem_count", say, count=len(outcome.problems), file="problems.csv"))
        kinds = outcome.problems.group_by("code", maintain_order=True).agg(pl.len(), pl.col("text").first())
        for code, count, text in kinds.head(_SHOWN).iter_rows():
            lines.append(f"  {count:>9,}  {code}: {text}")
    if len(outcome.rejects):
        lines.append(phrase("reject_count", say, count=len(outcome.rejects), file="rejects.csv"))
    for file, columns in given.left_out.items():
        lines.append(phrase("left_out", say, file=file, columns=", ".join(columns)))
    if len(outcome.subjects) > MOST_IN_BOOKS and written == 1:
        lines.append(phrase("too_many", say, subjects=len(outcome.subjects)))
    lines.append(phrase("books", say, count=written, out=out / MAIN if written == 1 else out))
    return lines
