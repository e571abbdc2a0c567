"""`chuan ruleset explain`: what a criterion asks, in words, and what hangs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import (
    EXIT_WRONG_INPUT,
    DataFormat,
    FolderOption,
    LanguageOption,
    RulesetArgument,
    choose,
    exit_with,
    print_json,
    today,
)
from clients.cli.ruleset.files import RulesetFile, read_file
from engine.rendering import explain_criterion
from engine.ruleset.problems import RulesetError, suggest
from engine.testing import cases_by_status


def explain(
    ruleset: RulesetArgument,
    criterion: Annotated[str, typer.Argument(help="The name of the criterion.", metavar="CRITERION")],
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """Explain a criterion: what it asks, where the law says so, what it reads and decides, which case shows it."""
    chosen, _ = choose(ruleset, today(), folder)
    names = [each.name for each in chosen.criteria]
    if criterion not in names:
        how = suggest(criterion, names, "criteria")
        exit_with(EXIT_WRONG_INPUT, f'{chosen.id} {chosen.version} has no criterion "{criterion}". {how}')
    note = explain_criterion(chosen, criterion, lang, cases=_shown(ruleset, criterion))
    if format_ is DataFormat.JSON:
        print_json(note.data)
    else:
        typer.echo(note.text())


def _shown(ruleset: str, criterion: str) -> dict[str, str]:
    """By status, the first case of the file beside the ruleset whose finding has it; none where it is no file."""
    if not ruleset.endswith((".yaml", ".yml")):
        return {}
    try:
        return cases_by_status(read_file(RulesetFile(Path(ruleset))).run(), criterion)
    except RulesetError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
