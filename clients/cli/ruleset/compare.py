"""`chuan ruleset compare`: what changed in the rules from one ruleset to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from clients.cli.common import (
    EXIT_WRONG_INPUT,
    DataFormat,
    FolderOption,
    LanguageOption,
    choose,
    exit_with,
    print_json,
    today,
)
from clients.cli.ruleset.changed import text_at
from engine import Ruleset, RulesetError, loads
from engine.comparison import Action, Comparison, compare
from engine.ruleset.localized import Language

_MARKS = {
    Action.ADDED: ("+ ", "green"),
    Action.REMOVED: ("- ", "red"),
    Action.RENAMED: ("= ", "cyan"),
    Action.CHANGED: ("~ ", "yellow"),
}
_WHICH = typer.Argument(
    help="A ruleset file, REV:FILE (the file as of a git revision), an id, or ID@VERSION.",
    show_default=False,
)


def compare_rulesets(
    old: Annotated[str, _WHICH],
    new: Annotated[str, _WHICH],
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """Tell in words what changed in the rules: criteria, parameters, tables, decision, sources; not in the text."""
    comparison = compare(_ruleset(old, folder), _ruleset(new, folder))
    if format_ is DataFormat.JSON:
        print_json(comparison.data)
        return
    console = Console(soft_wrap=True, highlight=False)
    for line in _lines(comparison, lang):
        console.print(line)


def _ruleset(which: str, folder: Path | None) -> Ruleset:
    """The ruleset that an argument means. Leaves with exit code 2 where there is none."""
    revision, colon, name = which.partition(":")
    if colon and not Path(which).exists():
        try:
            return loads(text_at(revision, Path(name)), which)
        except RulesetError as error:
            exit_with(EXIT_WRONG_INPUT, error.report())
    return choose(which, today(), folder)[0]


def _lines(comparison: Comparison, lang: Language) -> Iterator[Text]:
    old, new = comparison.old, comparison.new
    heading = (
        f"{old.id} {old.version} → {new.id} {new.version}"
        if old.id != new.id
        else (f"{old.id} {old.version} → {new.version}")
    )
    yield Text.assemble((heading, "bold"), f"  {comparison.says.in_(lang)}")
    for change in comparison.changes:
        yield Text.assemble(_MARKS[change.action], change.says.in_(lang))
