"""The commands on the database of a store: `chuan db upgrade` and `chuan db check`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from server.command import ConfigFile

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from server.config import Settings

app = typer.Typer(no_args_is_help=True, help="Look after the database of the store.")

Location = Annotated[
    str | None,
    typer.Option(
        "--store", help="The SQLite file or PostgreSQL URL. [default: as configured]", metavar="PATH|URL"
    ),
]
"""The option that names the store, in every command that works on it without a server."""


@app.command()
def upgrade(store: Location = None, config: ConfigFile = None) -> None:
    """Move a store made by an older version of chuan forward. Back it up first, and stop its servers."""
    from server.store import schema

    with opened(store, config) as (settings, database):
        before = schema.revision(database)
        schema.upgrade(database)
        was = "was empty" if before is None else f"had schema {before}"
        typer.echo(f"{settings.store.location} {was}, and has schema {schema.REVISION}")


@app.command()
def check(store: Location = None, config: ConfigFile = None) -> None:
    """Say whether a server of this version would start on the store. Changes nothing."""
    from server.store import schema

    with opened(store, config) as (settings, database):
        schema.check(database)
        typer.echo(f"{settings.store.location} has schema {schema.REVISION}, all right")


@contextmanager
def opened(store: str | None, config: Path | None) -> Iterator[tuple[Settings, Engine]]:
    """The settings and the database that they, or the option, name; what fails is printed, and leaves with 1 or 2."""
    from server.config import ConfigError, load
    from server.store import StoreError, open_store

    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        options = {} if store is None else {"store": {"location": store}}
        settings = load(config, os.environ, options).settings
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    try:
        database = open_store(settings.store)
        try:
            yield settings, database
        finally:
            database.dispose()
    except StoreError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
