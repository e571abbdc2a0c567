"""What the commands share that speak to a server: where it is, who calls, and what its refusals leave with.

Every command with a parameter `server` gets the options that say how the two prove who they are: see `secured`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, NoReturn

import typer

from clients.cli.common import EXIT_NOT_PROVEN, EXIT_UNREACHABLE, EXIT_WRONG_INPUT, exit_with
from clients.client import Client
from clients.credentials import NO_CREDENTIALS, Credentials, CredentialsError, KeyFile, why_unreachable
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
        help="Who you are, where the service takes callers at their word; elsewhere your key says it.",
        metavar="NAME",
        show_default=False,
    ),
]
VersionArgument = Annotated[
    str, typer.Argument(help="Which version.", metavar="ID@VERSION", show_default=False)
]

API_KEY: Final = "CHUAN_API_KEY"
"""The variable of the environment with an API key or a token. No option: others on the machine see those."""

_PANEL: Final = "The service and you"


def _file(name: str, variable: str, text: str) -> Any:
    return Annotated[
        Path | None,
        typer.Option(
            name, envvar=variable, help=text, metavar="FILE", rich_help_panel=_PANEL, show_default=False
        ),
    ]


_OPTIONS: Final[dict[str, Any]] = {
    "key_file": _file("--key-file", "CHUAN_KEY_FILE", f"Your API key or token; {API_KEY} holds one itself."),
    "ca": _file("--ca", "CHUAN_CA", "The authority's certificate that the service is checked by."),
    "tls": Annotated[
        bool,
        typer.Option(
            "--tls", envvar="CHUAN_TLS", help="Check it by well-known authorities.", rich_help_panel=_PANEL
        ),
    ],
    "cert": _file("--cert", "CHUAN_CERT", "Your certificate, where the service asks for one."),
    "cert_key": _file("--cert-key", "CHUAN_CERT_KEY", "The private key of your certificate."),
    "organisation": Annotated[
        str,
        typer.Option(
            "--organisation",
            envvar="CHUAN_ORGANISATION",
            help="For which organisation you ask, such as vn/ha-noi.",
            metavar="PATH",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ],
}
_DEFAULTS: Final[dict[str, object]] = {"tls": False, "organisation": ""}


class _Standing(NamedTuple):
    credentials: Credentials = NO_CREDENTIALS
    organisation: str = ""


_NO_STANDING: Final = _Standing()
_standing: Final[ContextVar[_Standing]] = ContextVar("standing")


def secured(app: typer.Typer) -> None:
    """Give every command of `app` that speaks to a server the options of credentials."""
    for command in app.registered_commands:
        if command.callback is not None and "server" in inspect.signature(command.callback).parameters:
            command.callback = _secured(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            secured(group.typer_instance)


def _secured(command: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(command, eval_str=True)
    added = {name: option for name, option in _OPTIONS.items() if name not in signature.parameters}

    @wraps(command)
    def run(**options: Any) -> Any:
        given = {name: options.pop(name) for name in added}
        before = _standing.set(_standing_of(**given))
        try:
            return command(**options)
        finally:
            _standing.reset(before)

    parameters = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=option
        )
        for name, option in added.items()
    ]
    own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in signature.parameters.values()]
    run.__signature__ = signature.replace(parameters=[*own, *parameters])  # type: ignore[attr-defined]  # it is read
    return run


def _standing_of(
    *,
    key_file: Path | None,
    ca: Path | None,
    tls: bool,
    cert: Path | None,
    cert_key: Path | None,
    organisation: str = "",
) -> _Standing:
    key = KeyFile(key_file) if key_file else os.environ.get(API_KEY, "").strip()
    credentials = Credentials(key=key, ca=ca, tls=tls, certificate=cert, certificate_key=cert_key)
    return _Standing(credentials, organisation)


@contextmanager
def client_of(server: str, actor: str = "") -> Iterator[Client]:
    """A client of the server with the credentials that the command was given; exit code 2 where they are of no use."""
    if not (actor.isascii() and actor.isprintable()):
        # Nothing else goes into the metadata of a call.
        exit_with(
            EXIT_WRONG_INPUT,
            f"'{actor}' cannot be sent as a name: write it without marks, such as nguyen-van-at",
        )
    standing = _standing.get(_NO_STANDING)
    try:
        with Client(
            server, actor=actor, credentials=standing.credentials, organisation=standing.organisation
        ) as client:
            yield client
    except CredentialsError as error:
        exit_with(EXIT_WRONG_INPUT, str(error))


@contextmanager
def connected(server: str, actor: str = "") -> Iterator[Client]:
    """A client of the server; what it refuses is printed, and leaves with the exit code that it stands for."""
    with client_of(server, actor) as client:
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
            exit_refused(server, error)


def exit_refused(server: str, error: ServiceError) -> NoReturn:
    """Say why a server did not do what it was asked, and leave with the exit code that it stands for."""
    if error.code == "UNAVAILABLE" and not error.reason:
        exit_with(EXIT_UNREACHABLE, why_unreachable(server, error.message))
    text = _ADVICE.get(error.reason, "{error}").format(error=error)
    exit_with(EXIT_UNREACHABLE if error.unreachable else EXIT_WRONG_INPUT, text)


_ADVICE: Final = {
    "ACTOR_MISSING": "{error} (--as)",
    "CREDENTIALS_MISSING": "the service asks who you are: name the file of your key (--key-file), or set "
    + API_KEY,
}


def id_and_version(name: str) -> tuple[str, str]:
    """The parts of ID@VERSION. Leaves with exit code 2 where one is missing."""
    id_, _, version = name.partition("@")
    if not id_ or not version:
        exit_with(EXIT_WRONG_INPUT, f"'{name}' is no version of a ruleset: write ID@VERSION")
    return id_, version
