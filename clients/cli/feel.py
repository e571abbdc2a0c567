"""`chuan feel`: evaluate an expression, or one after the other at a prompt."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from clients.cli.common import EXIT_WRONG_INPUT, exit_with
from engine.feel import (
    FeelError,
    FeelSyntaxError,
    FeelValueError,
    Problem,
    Span,
    Trace,
    Unknown,
    as_value,
    check,
    names_inside,
    text,
    type_of,
)
from engine.feel import compile as compile_expression
from engine.records import RecordTextError, parse_record

_PROMPT: Final = "feel> "
_HELP: Final = "An expression a line; :trace shows how the last value came about; an empty line ends."


def feel(
    expression: Annotated[
        str | None, typer.Argument(help="The expression; without one, a prompt.", metavar="EXPRESSION")
    ] = None,
    context: Annotated[
        Path | None,
        typer.Option(help="A JSON or YAML file of names and their values.", metavar="FILE"),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show how the value came about.")] = False,
) -> None:
    """Evaluate an expression of FEEL, the language of criteria.

    What is wrong in it is underlined, and a null is followed by its cause.
    """
    values = _read(context) if context else {}
    if expression is None:
        _prompt(values)
    elif not _answer(expression, values, trace=trace):
        raise typer.Exit(EXIT_WRONG_INPUT)


def underlined(expression: str, span: Span) -> str:
    """The line of `expression` that `span` begins in, and below it the span underlined."""
    start = expression.rfind("\n", 0, span.start) + 1
    end = expression.find("\n", start)
    line = expression[start : end if end >= 0 else len(expression)]
    marked = line[span.start - start : span.end - start]
    return f"  {line}\n  {' ' * _width(line[: span.start - start])}{'^' * max(1, _width(marked))}"


def _width(shown: str) -> int:
    """The columns that a terminal gives a text: two to a wide letter, none to a mark on another."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in shown
    )


def _prompt(values: Mapping[str, object]) -> None:
    typer.echo(_HELP)
    last: str | None = None
    while line := _line():
        if line != ":trace":
            last = line
            _answer(line, values, trace=False)
        elif last is None:
            typer.echo("nothing was evaluated yet")
        else:
            _answer(last, values, trace=True)


def _line() -> str:
    """The next line; empty at the end of the input."""
    try:
        return input(_PROMPT).strip()
    except EOFError:
        typer.echo()
        return ""


def _answer(expression: str, values: Mapping[str, object], *, trace: bool) -> bool:
    """Print the value of an expression, and what the check says of it; False if it is none."""
    names = (*values, *names_inside(values.values()))
    try:
        compiled = compile_expression(expression, names=names)
        checked = check(compiled.node, {name: type_of(value) for name, value in values.items()})
        for problem in checked.problems:
            _show(expression, problem)
        found = compiled.trace(values, now=datetime.now(UTC).astimezone())
        shown = "\n".join(found.lines()) if trace else _shown(found.value)
    except FeelSyntaxError as error:
        _show(expression, error.problem)
        return False
    except FeelError as error:
        typer.echo(str(error), err=True)
        return False
    typer.echo(shown)
    if found.value is None and not trace:
        for cause in _causes(found):
            typer.echo(f"  {cause}", err=True)
    return True


def _causes(trace: Trace) -> list[str]:
    """Why a value is null: the causes furthest down among the nulls that led to it."""
    if trace.value is not None:
        return []
    below = [cause for child in trace.children for cause in _causes(child)]
    return list(dict.fromkeys(below or map(str, trace.causes)))


def _shown(value: object) -> str:
    if isinstance(value, Unknown):
        return "unknown"
    return text([value])[1:-1]


def _show(expression: str, problem: Problem) -> None:
    typer.echo(underlined(expression, problem.span), err=True)
    typer.echo(f"{problem.message}{f' ({problem.hint})' if problem.hint else ''}", err=True)


class _ExactConstructor(SafeConstructor):
    """Reads numbers as decimals."""


def _decimal(constructor: SafeConstructor, node: Any) -> Decimal:
    return Decimal(constructor.construct_scalar(node).replace("_", ""))


for _tag in ("int", "float"):
    _ExactConstructor.add_constructor(f"tag:yaml.org,2002:{_tag}", _decimal)


def _read(path: Path) -> dict[str, object]:
    """The names and values of a file. Leaves with exit code 2 where it holds none."""
    try:
        written = path.read_bytes()
        if path.suffix not in (".yaml", ".yml"):
            content: object = parse_record(written)
        else:
            yaml = YAML(typ="safe", pure=True)
            yaml.Constructor = _ExactConstructor
            content = yaml.load(written.decode())
    except OSError as error:
        exit_with(EXIT_WRONG_INPUT, f"{path}: {error.strerror}")
    except (RecordTextError, YAMLError, UnicodeDecodeError, InvalidOperation) as error:
        exit_with(EXIT_WRONG_INPUT, f"{path}: {error}")
    if not isinstance(content, dict):
        exit_with(EXIT_WRONG_INPUT, f"{path}: names and their values are expected, such as {{total: 10}}")
    try:
        return {str(name): as_value(value) for name, value in content.items()}
    except FeelValueError as error:
        exit_with(EXIT_WRONG_INPUT, f"{path}: {error}")
