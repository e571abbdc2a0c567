"""`chuan ruleset fmt`: the layout of rulesets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.common import EXIT_NOT_PROVEN, EXIT_WRONG_INPUT, exit_with
from clients.cli.ruleset.files import ruleset_files
from engine.drafting import format_text
from engine.ruleset.problems import RulesetError


def fmt(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Ruleset files or files of cases, or folders of them.", metavar="PATH..."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 4 if a file is not laid out so.")
    ] = False,
) -> None:
    """Lay rulesets and their cases out alike: sections in order, tables in columns, no stray blanks.

    Comments stay, and so does what the text says.
    """
    changed = []
    for file in _files(paths):
        try:
            with file.open(encoding="utf-8", newline="") as opened:
                text = opened.read()
            laid_out = format_text(text)
            if laid_out != text:
                changed.append(file)
                if not check:
                    file.write_text(laid_out, encoding="utf-8", newline="")
        except UnicodeDecodeError:
            exit_with(EXIT_WRONG_INPUT, f"{file} is not UTF-8 text: save it as UTF-8")
        except OSError as error:
            exit_with(EXIT_WRONG_INPUT, f"{file}: {error.strerror}")
        except RulesetError as error:
            exit_with(EXIT_WRONG_INPUT, str(error).replace("<text>", str(file)))
    for file in changed:
        typer.echo(f"{file}: would be laid out anew" if check else str(file))
    if check and changed:
        raise typer.Exit(EXIT_NOT_PROVEN)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The YAML files that `paths` mean; of a ruleset named by itself, its cases too."""
    for each in ruleset_files(paths):
        yield each.path
        if each.cases.exists():
            yield each.cases
