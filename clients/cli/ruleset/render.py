"""`chuan ruleset render`: rulesets as pages that an official reads and signs off."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import EXIT_WRONG_INPUT, LanguageOption, exit_with
from clients.cli.ruleset.files import PathsArgument, Tested, read_file, ruleset_files
from engine.rendering import contents, render
from engine.ruleset.localized import Language
from engine.ruleset.problems import RulesetError


def render_rulesets(
    paths: PathsArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the pages, with one that leads to them; made if missing.",
            metavar="FOLDER",
        ),
    ] = None,
    lang: LanguageOption = "vi",
) -> None:
    """Write rulesets as HTML pages to be read and signed off: one to standard output, or all to a folder."""
    files = ruleset_files(paths or ())
    if out is None and len(files) > 1:
        exit_with(
            EXIT_WRONG_INPUT, f"these are {len(files)} rulesets: name a folder for their pages with --out"
        )
    try:
        read = [read_file(file) for file in files]
    except RulesetError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))
    if out is None:
        sys.stdout.write(_page(read[0], lang))
        return
    if out.exists() and not out.is_dir():
        exit_with(
            EXIT_WRONG_INPUT, f"{out} is a file: name a folder for the pages, or print one page without --out"
        )
    try:
        _write(read, out, lang)
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{error.filename or out}: {error.strerror}")
    typer.echo(str(out / f"index.{lang}.html"))


def _write(read: Sequence[Tested], out: Path, lang: Language) -> None:
    out.mkdir(parents=True, exist_ok=True)
    listed = []
    for each in read:
        name = f"{each.ruleset.id}-{each.ruleset.version}.{lang}.html"
        (out / name).write_text(_page(each, lang), encoding="utf-8")
        listed.append((each.ruleset, name))
    (out / f"index.{lang}.html").write_text(contents(listed, lang), encoding="utf-8")


def _page(read: Tested, lang: Language) -> str:
    return render(
        read.ruleset, lang, cases=[case for file in read.case_files.values() for case in file.cases]
    )
