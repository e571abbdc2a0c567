"""`chuan ruleset test`: cases and goldens run, and what they cover."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import rulesets as shipped
from clients.cli.common import EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, LanguageOption, exit_with, print_json
from clients.cli.ruleset.changed import changed_since
from clients.cli.ruleset.files import PathsArgument, RulesetFile, Tested, read_file, ruleset_files
from clients.cli.ruleset.junit import junit
from clients.cli.ruleset.test_text import BAD, below, report_text
from engine.ruleset.localized import Language
from engine.ruleset.problems import Problem, RulesetError
from engine.testing import Goldens, TestReport, golden_of

_NONE_CHANGED: dict[Language, str] = {
    "vi": "Không có bộ quy tắc nào thay đổi từ {revision}.",
    "en": "No ruleset has changed since {revision}.",
}


class TestFormat(StrEnum):
    """What a test is printed as."""

    __test__ = False  # no test itself, whatever pytest makes of the name

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


def run_tests(
    paths: PathsArgument = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Also tell what no case shows.")] = False,
    at_least: Annotated[
        float | None,
        typer.Option(
            "--at-least", min=0, max=100, help="Fail where less than this is covered.", metavar="PERCENT"
        ),
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            "--changed-since",
            help="Only rulesets that are not as in this git revision, or whose cases are not.",
            metavar="REV",
        ),
    ] = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Keep the goldens anew as they come out now.")
    ] = False,
    golden: Annotated[
        list[str] | None,
        typer.Option(
            "--golden", help="Also keep the whole verdict of the case of this name.", metavar="CASE"
        ),
    ] = None,
    lang: LanguageOption = "vi",
    format_: Annotated[TestFormat, typer.Option("--format")] = TestFormat.TEXT,
) -> None:
    """Run the cases of rulesets, tell what is not as expected, and count what the cases cover.

    Leaves with exit code 4 where a case is not as expected, or less is covered than --at-least asks for.
    """
    files = ruleset_files(paths or ())
    if changed is not None:
        files = tuple(_changed(files, changed, paths or [shipped.FOLDER]))
    read, problems = _read(files)
    if renew or golden:
        read = _with_goldens(read, golden or [], renew=renew)
    reports = []
    for each in read:
        try:
            reports.append(each.run())
        except RulesetError as error:
            problems += error.problems
    lacking = list(_lacking(reports, at_least, lang))
    if changed is not None and not files:
        # On standard error, so that what is read by programs stays as it is.
        typer.echo(_NONE_CHANGED[lang].format(revision=changed), err=True)
    match format_:
        case TestFormat.TEXT:
            _print(reports, problems, lacking, lang, coverage=coverage)
        case TestFormat.JSON:
            told = [{"file": each.file, "line": each.line, "says": str(each)} for each in problems]
            print_json(
                {"rulesets": [report.data for report in reports], "problems": told, "lacking": lacking}
            )
        case TestFormat.JUNIT:
            sys.stdout.write(junit(reports, problems, lacking, lang))
    if problems:
        raise typer.Exit(EXIT_WRONG_INPUT)
    if lacking or any(report.failed for report in reports):
        raise typer.Exit(EXIT_NOT_PROVEN)


def _changed(files: Sequence[RulesetFile], revision: str, paths: Sequence[Path]) -> Iterator[RulesetFile]:
    found: set[Path] = set()
    for folder in {path if path.is_dir() else path.parent for path in paths}:
        found |= changed_since(revision, folder)
    return (file for file in files if not found.isdisjoint(path.resolve() for path in file.all))


def _read(files: Sequence[RulesetFile]) -> tuple[list[Tested], list[Problem]]:
    read: list[Tested] = []
    problems: list[Problem] = []
    for file in files:
        try:
            read.append(read_file(file))
        except RulesetError as error:
            problems += error.problems
    return read, problems


def _with_goldens(read: Sequence[Tested], chosen: Sequence[str], *, renew: bool) -> list[Tested]:
    """Each with its goldens kept anew, and written beside it: those that there are, and those of `chosen` cases."""
    unknown = set(chosen)
    found = []
    for each in read:
        old = dict(each.goldens.verdicts) if each.goldens else {}
        new = {}
        for result in replace(each, goldens=None).run().results:
            unknown.discard(result.name)
            wanted = result.name in chosen or (renew and result.name in old)
            if wanted and result.verdict is not None:
                new[result.name] = golden_of(result.verdict)
            elif not renew and result.name in old:
                new[result.name] = old[result.name]
        kept = Goldens(str(each.file.goldens), each.ruleset.id, each.ruleset.version, new) if new else None
        if kept is not None:
            each.file.goldens.write_text(kept.text, "utf-8")
        else:
            each.file.goldens.unlink(missing_ok=True)
        found.append(replace(each, goldens=kept))
    if unknown:
        exit_with(EXIT_WRONG_INPUT, f"there is no case named '{min(unknown)}'")
    return found


def _lacking(reports: Sequence[TestReport], at_least: float | None, lang: Language) -> Iterator[str]:
    """A sentence for each ruleset of which less is covered than was asked for."""
    least = Decimal(str(at_least or 0))
    return (below(each, f"{least:f}", lang) for each in reports if each.coverage.whole.percent < least)


def _print(
    reports: Sequence[TestReport],
    problems: Sequence[Problem],
    lacking: Sequence[str],
    lang: Language,
    *,
    coverage: bool,
) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for report in reports:
        for line in report_text(report, lang, coverage=coverage):
            console.print(line)
    for sentence in lacking:
        console.print(sentence, style=BAD, markup=False)
    if problems:
        typer.echo(RulesetError(problems).report(), err=True)
