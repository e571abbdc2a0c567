"""`chuan ruleset list`: which rulesets there are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from clients.cli.common import DataFormat, FolderOption, LanguageOption, catalogue, print_json
from clients.cli.ruleset.data import summary


def list_(
    folder: FolderOption = None,
    lang: LanguageOption = "vi",
    format_: Annotated[DataFormat, typer.Option("--format")] = DataFormat.TEXT,
) -> None:
    """List every version of every ruleset."""
    found = catalogue(folder).list()
    if format_ is DataFormat.JSON:
        print_json([summary(ruleset) for ruleset in found])
        return
    table = Table("id", "version", "kind", "in effect", "title", box=None)
    for ruleset in found:
        until = ruleset.effective.until or "…"
        period = f"{ruleset.effective.from_} - {until}"
        table.add_row(ruleset.id, str(ruleset.version), ruleset.kind, period, ruleset.title.in_(lang))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, soft_wrap=False).print(table)
