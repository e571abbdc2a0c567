"""What the commands share that speak to a server: where it is, who calls, and what its refusals leave with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from clients.cli.common import EXIT_NOT_PROVEN, EXIT_UNREACHABLE, EXIT_WRONG_INPUT, exit_with
from clients.client import Client
from clients.errors import DraftUnsound, RecordRefused, ServiceError

ServerOption = Annotated[
    str,
    typer.Option(
        "--server", envvar="CHUAN_SERVER", help="The service.", metavar="HOST:PORT", show_default=False
    ),
]
ActorOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="CHUAN_ACTOR",
        help="Who you are, in the audit trail. It is taken as stated: nobody proves it yet.",
        metavar="NAME",
        show_default=False,
    ),
]
VersionArgument = Annotated[
    str, typer.Argument(help="Which version.", metavar="ID@VERSION", show_default=False)
]


@contextmanager
def connected(server: str, actor: str = "") -> Iterator[Client]:
    """A client of the server; what it refuses is printed, and leaves with the exit code that it stands for."""
    if not (actor.isascii() and actor.isprintable()):
        # Nothing else goes into the metadata of a call.
        exit_with(
            EXIT_WRONG_INPUT,
            f"'{actor}' cannot be sent as a name: write it without marks, such as nguyen-van-at",
        )
    with Client(server, actor=actor) as client:
        try:
            yield client
        except DraftUnsound as error:
            typer.echo(f"{error}:", err=True)
            for problem in error.problems:
                typer.echo(f"  {problem.place}: {problem.code}: {problem.text}", err=True)
            raise typer.Exit(EXIT_NOT_PROVEN) from error
        except RecordRefused as error:
            exit_with(EXIT_WRONG_INPUT, "; ".join(text for _, text in error.violations))
        except ServiceError as error:
            if error.code == "UNAVAILABLE" and not error.reason:
                hint = "start one with `chuan serve`, or check the address"
                exit_with(EXIT_UNREACHABLE, f"no server answers at {server}: {hint}")
            exit_with(EXIT_UNREACHABLE if error.unreachable else EXIT_WRONG_INPUT, str(error))


def id_and_version(name: str) -> tuple[str, str]:
    """The parts of ID@VERSION. Leaves with exit code 2 where one is missing."""
    id_, _, version = name.partition("@")
    if not id_ or not version:
        exit_with(EXIT_WRONG_INPUT, f"'{name}' is no version of a ruleset: write ID@VERSION")
    return id_, version
