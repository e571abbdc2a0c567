"""`chuan health`: whether a service can do its work; for containers and scripts."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.common import EXIT_UNREACHABLE
from clients.cli.service import ServerOption, connected


def health(
    server: ServerOption,
    live: Annotated[
        bool, typer.Option("--live", help="Only whether its process answers, not whether its store does.")
    ] = False,
) -> None:
    """Ask a service whether it can do its work: prints `serving` and leaves with 0, or `not serving` with 1."""
    with connected(server) as client:
        serving = client.is_serving("live" if live else "")
    typer.echo("serving" if serving else "not serving")
    if not serving:
        raise typer.Exit(EXIT_UNREACHABLE)
