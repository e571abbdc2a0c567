"""The command of the server, `chuan serve`, and an older name of another.

The command line finds it by the entry points of the group ``chuan.commands``. It reads the server itself only when it
runs: no other command waits for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", envvar="CHUAN_CONFIG", help="The configuration, in TOML; without it, no file."),
]
"""The option that names the configuration: the same in every command."""


def serve(
    config: ConfigFile = None,
    store: Annotated[
        str | None,
        typer.Option(help="Where decisions are kept, made if missing. [default: chuan.sqlite3]"),
    ] = None,
    rulesets: Annotated[
        str | None, typer.Option(help="The folder that an empty store is seeded with. [default: shipped]")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one. [default: 50061]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that answer on the port. [default: 1]")
    ] = None,
    drain_seconds: Annotated[
        float | None, typer.Option(min=0, help="Time for calls in flight, when stopping. [default: 10]")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.NAME=VALUE", help="Any other setting; may come many times."),
    ] = None,
) -> None:
    """Serve evaluations over gRPC, until SIGTERM or Ctrl-C. Prints the address it listens on as one line.

    What no option says is taken from the environment, then from the configuration file: docs/configuration.md.
    """
    from engine import RulesetError
    from engine.network import InferenceLimitError
    from server.config import ConfigError, Settings, load, parse_changes
    from server.running.logs import set_up_logging
    from server.running.service import run
    from server.running.supervisor import StartError
    from server.security.entrance import SecurityError
    from server.store import StoreError

    def read() -> Settings:
        return load(config, os.environ, options).settings

    try:
        options = parse_changes(changes or ())
        for section, name, value in (
            ("store", "location", store),
            ("store", "rulesets", rulesets),
            ("listen", "host", host),
            ("listen", "port", port),
            ("workers", "count", workers),
            ("workers", "drain_seconds", drain_seconds),
        ):
            if value is not None:
                options.setdefault(section, {})[name] = value
        settings = read()
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    set_up_logging(settings.log)
    try:
        run(settings, read, lambda address: typer.echo(f"listening on {address}"))
    except (StoreError, RulesetError, InferenceLimitError, SecurityError, StartError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def upgrade_store(
    path: Annotated[Path, typer.Argument(envvar="CHUAN_STORE", help="The SQLite file.")] = Path(
        "chuan.sqlite3"
    ),
) -> None:
    """Do what `chuan db upgrade` does: the name that it had before, for scripts that know it."""
    from server.store.command import upgrade

    upgrade(str(path))
