"""The commands on the configuration: `chuan config check` and `chuan config show`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.command import ConfigFile

if TYPE_CHECKING:
    from pydantic import BaseModel

    from server.config import Loaded

app = typer.Typer(no_args_is_help=True, help="Check and show the configuration of the service.")


@app.command()
def check(
    file: Annotated[
        Path | None,
        typer.Argument(envvar="CHUAN_CONFIG", help="The file; without it, the environment alone."),
    ] = None,
) -> None:
    """Say whether a server would start with this file and this environment: every setting known, every value right."""
    loaded = _loaded(file)
    count = len(loaded.origins)
    typer.echo(f"{file or 'environment'}: {count} {'setting' if count == 1 else 'settings'}, all right")


@app.command()
def show(config: ConfigFile = None) -> None:
    """Print every setting in effect as TOML, with where it was set. Secrets are masked."""
    for line in _lines(_loaded(config)):
        typer.echo(line)


def _loaded(file: Path | None) -> Loaded:
    from server.config import ConfigError, load

    try:
        return load(file, os.environ)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _lines(loaded: Loaded) -> Iterator[str]:
    for name in type(loaded.settings).model_fields:
        yield from _section(getattr(loaded.settings, name), (name,), loaded)


def _section(section: BaseModel, path: tuple[str, ...], loaded: Loaded) -> Iterator[str]:
    from pydantic import BaseModel

    yield f"[{'.'.join(path)}]"
    below = []
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            below.append((value, (*path, name)))
            continue
        own = (*path, name)
        origin = next((place for set_, place in loaded.origins.items() if set_[: len(own)] == own), "default")
        # TOML has no null: what is not set stands as a comment.
        yield f"# {name} is not set" if value is None else f"{name} = {_written(value)}  # {origin}"
    yield ""
    for inner, place in below:
        yield from _section(inner, place, loaded)


def _written(value: object) -> str:
    """A value in TOML, which has JSON's way with text, numbers, booleans and arrays."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)  # a secret writes itself as asterisks
