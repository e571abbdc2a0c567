"""The commands of the server: `chuan serve` and `chuan upgrade-store`.

The command line finds them by the entry points of the group ``chuan.commands``. They read the server itself only when
they run: no other command waits for it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Final

import typer

import rulesets as shipped
from server import limits

_STORE: Final = Path("chuan.sqlite3")


def serve(
    path: Annotated[
        Path,
        typer.Option("--store", envvar="CHUAN_STORE", help="The SQLite file of decisions; made if missing."),
    ] = _STORE,
    rulesets: Annotated[
        Path | None,
        typer.Option(envvar="CHUAN_RULESETS", help="The folder of rulesets. [default: those shipped]"),
    ] = None,
    host: Annotated[
        str, typer.Option(envvar="CHUAN_HOST", help="Address to listen on. Traffic is not encrypted.")
    ] = limits.DEFAULT_HOST,
    port: Annotated[
        int,
        typer.Option(envvar="CHUAN_PORT", min=0, max=65_535, help="Port to listen on; 0 takes a free one."),
    ] = limits.DEFAULT_PORT,
    drain_seconds: Annotated[
        float,
        typer.Option(envvar="CHUAN_DRAIN_SECONDS", min=0, help="Time for calls in flight, when stopping."),
    ] = limits.DRAIN_SECONDS,
) -> None:
    """Serve evaluations over gRPC, until SIGTERM or Ctrl-C. Prints the address it listens on as one line."""
    from engine import RulesetError
    from engine.network import InferenceLimitError
    from server.process import ServerConfig, run
    from server.store import StoreError

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = ServerConfig(
        store=path,
        rulesets=rulesets or shipped.FOLDER,
        host=host,
        port=port,
        drain_seconds=drain_seconds,
    )
    try:
        run(config, lambda address: typer.echo(f"listening on {address}"))
    except (StoreError, RulesetError, InferenceLimitError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def upgrade_store(
    path: Annotated[Path, typer.Argument(envvar="CHUAN_STORE", help="The SQLite file.")] = _STORE,
) -> None:
    """Move a store made by an older version of chuan forward. Back it up first, and stop its servers."""
    from server.store import StoreError, open_database, upgrade

    try:
        upgrade(open_database(path))
    except StoreError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
