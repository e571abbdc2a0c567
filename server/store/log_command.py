"""The commands on the log that need no server: `chuan decisions verify`, `checkpoint` and `make-key`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from server.command import ConfigFile
from server.store.command import Location, opened

if TYPE_CHECKING:
    from server.store.audit import Auditor
    from server.store.notary import Checkpoint, Witnesses

app = typer.Typer()
_NOT_WHOLE = 4
_WRONG_INPUT = 2
_SHOWN = 100  # problems that are printed


@app.command("make-key")
def make_key(
    file: Annotated[
        Path, typer.Argument(help="The private key; the public one goes beside it, in FILE.pub.")
    ],
) -> None:
    """Make the key that signs the log: name it in store.signing_key_file, and give FILE.pub to those who verify."""
    from server.store import StoreError, notary

    try:
        key_id, public = notary.make_key(file)
    except StoreError as error:
        _exit(_WRONG_INPUT, str(error))
    typer.echo(f"{file}: the private key {key_id}, for the service alone\n{public}: its public half")


@app.command()
def checkpoint(store: Location = None, config: ConfigFile = None) -> None:
    """Sign the newest entry of the log, and print the checkpoint: keep it where the log is not."""
    import time

    from server.store import Signing
    from server.store.checkpoints import sign_now
    from server.store.export import checkpoint_data

    with opened(store, config) as (settings, database):
        signing = Signing.of(settings.store)
        if signing.notary is None:
            _exit(
                _WRONG_INPUT,
                "no key signs the log: make one with `chuan decisions make-key FILE`, and name it in "
                "store.signing_key_file",
            )
        signed = sign_now(database, signing.notary, lambda: time.time_ns() // 1_000)
        if signed is None:
            _exit(_WRONG_INPUT, "the log is empty")
        typer.echo(json.dumps({"checkpoint": checkpoint_data(signed)}))


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export. Without it, the log of the store itself is verified.")
    ] = None,
    public_key: Annotated[
        list[Path] | None,
        typer.Option("--public-key", help="A key that signatures are believed by.", metavar="FILE"),
    ] = None,
    checkpoints: Annotated[
        Path | None,
        typer.Option(
            help="Checkpoints that were kept elsewhere: none of what they vouch for may be missing."
        ),
    ] = None,
    store: Location = None,
    config: ConfigFile = None,
) -> None:
    """Say whether the log is what it was: nothing changed, removed, inserted or moved. Exit code 4 where it is not."""
    from server.store import StoreError
    from server.store.notary import Witnesses as Believed

    kept = [] if checkpoints is None else _checkpoints(checkpoints)
    try:
        witnesses = Believed.read(public_key or ())
    except StoreError as error:
        _exit(_WRONG_INPUT, str(error))
    if file is None:
        _tell(_verify_store(store, config, witnesses, kept), signed="")
        return
    from server.store.exported import verify_export

    try:
        with file.open("rb") as lines:
            verified = verify_export(lines, witnesses, kept)
    except OSError as error:
        _exit(_WRONG_INPUT, f"{file}: {error.strerror}")
    signed = (
        f", signed by {verified.signed_by}" if verified.signed_by else ", whose signature nobody has checked"
    )
    _tell(verified.auditor, signed)


def _verify_store(
    store: str | None, config: Path | None, witnesses: Witnesses, kept: list[Checkpoint]
) -> Auditor:
    import os

    from server.personal import open_vault
    from server.store import Signing, schema
    from server.store.inspection import inspect_log

    with opened(store, config) as (settings, database):
        schema.check(database)
        vault = open_vault(settings.personal, database, os.urandom)
        believed = witnesses or Signing.of(settings.store).witnesses
        *_, auditor = inspect_log(database, vault, believed, expected=kept)
        return auditor


def _checkpoints(file: Path) -> list[Checkpoint]:
    from server.store.exported import checkpoints_in

    try:
        with file.open("rb") as lines:
            return checkpoints_in(lines)
    except OSError as error:
        _exit(_WRONG_INPUT, f"{file}: {error.strerror}")
    except ValueError as error:
        _exit(_WRONG_INPUT, f"{file}: {error}")


def _tell(auditor: Auditor, signed: str) -> None:
    unseen = f", {auditor.unseen} of them by their place alone" if auditor.unseen else ""
    seen = f"{auditor.entries} entries up to {auditor.position}{unseen}, {auditor.checkpoints} checkpoints"
    if not auditor.found:
        typer.echo(f"whole: {seen}{signed}\n{auditor.chain_hash.hex()}")
        return
    for problem in auditor.problems[:_SHOWN]:
        typer.echo(f"{problem.flaw}: {problem.text}", err=True)
    _exit(_NOT_WHOLE, f"not whole: {auditor.found} problems in {seen}")


def _exit(code: int, text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
