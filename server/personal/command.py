"""The commands on the encryption of a store: `chuan personal key`, `encrypt` and `rewrap`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from server.command import ConfigFile
from server.store.command import Location, opened

app = typer.Typer(no_args_is_help=True, help="Look after the encryption of what is personal in the store.")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="The file of master keys; made if missing.", metavar="FILE")],
) -> None:
    """Put a new master key first in a file. The ones before it stay, to unwrap what they wrap."""
    from server.personal.masters import add_key
    from server.store import MasterKeyError

    try:
        made = add_key(file, os.urandom)
    except MasterKeyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{file} begins with master key {made}; keep a copy where no backup of the store is")


@app.command()
def encrypt(store: Location = None, config: ConfigFile = None) -> None:
    """Encrypt the decisions that an older version of chuan has logged as they are. Servers may run meanwhile."""
    from server.personal import open_vault
    from server.personal.upkeep import encrypt_plain

    with opened(store, config) as (settings, database):
        done = encrypt_plain(database, open_vault(settings.personal, database, os.urandom), _told)
        typer.echo(f"{done} decisions encrypted")


@app.command()
def rewrap(store: Location = None, config: ConfigFile = None) -> None:
    """Wrap every key by the first master key of the file; afterwards the others can go from it."""
    from server.personal import open_vault
    from server.personal.upkeep import wrap_anew

    with opened(store, config) as (settings, database):
        vault = open_vault(settings.personal, database, os.urandom)
        if not vault.current_master:
            typer.echo("there is no master key: set personal.master_key_file", err=True)
            raise typer.Exit(2)
        done = wrap_anew(database, vault, _told)
        typer.echo(f"{done} keys wrapped by master key {vault.current_master}")


def _told(done: int) -> None:
    typer.echo(f"\r{done}", nl=False, err=True)
