"""The commands on API keys: `chuan keys create`, `list`, `show`, `rotate` and `revoke`.

They work on the store itself, as whoever may read and write it: the service has no call that makes keys, so that
nobody who comes in over the network can make themselves another way in.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from server.command import ConfigFile
from server.security.caller import EVERYWHERE, ROOT, Caller, Role, is_name, subtree_of
from server.store.command import Location, opened

if TYPE_CHECKING:
    from server.security.key_book import KeyBook
    from server.security.keys import ApiKey

app = typer.Typer(no_args_is_help=True, help="Make, show, rotate and withdraw the API keys of callers.")

_DAY: Final = 24 * 60 * 60 * 1_000_000  # microseconds
_WRONG: Final = 2
_WITHIN: Final = "within two seconds"

KeyArgument = Annotated[
    str, typer.Argument(help="The id of a key, as `chuan keys list` shows it.", metavar="ID")
]
ExpiresOption = Annotated[
    int, typer.Option("--expires-days", min=0, help="Days that it is taken for; 0: until it is revoked.")
]


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(help="Whom it lets in: the same name for the same person or system.")
    ],
    role: Annotated[list[Role], typer.Option("--role", help="What they are there for; may come many times.")],
    organisation: Annotated[
        list[str],
        typer.Option(
            "--organisation",
            metavar="PATH",
            help="A subtree that they act for, * for all; may come many times.",
        ),
    ],
    expires_days: ExpiresOption = 365,
    store: Location = None,
    config: ConfigFile = None,
) -> None:
    """Make a key and print it, once: what is kept of it does not let anybody in."""
    from server.security.keys import new_key

    if not is_name(name):
        _leave(f"'{name}' is no name: 1 to 200 printable ASCII characters, such as nguyen-van-at")
    try:
        subtrees = tuple(dict.fromkeys(map(subtree_of, organisation)))
    except ValueError as error:
        _leave(str(error))
    caller, now = Caller(name, frozenset(role), subtrees), _now()
    with _book(store, config) as book:
        key, written = new_key(
            caller, now_micros=now, random=os.urandom, expires_at_micros=_in(expires_days, now)
        )
        book.add(key)
    _hand_over(key, written)


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that let nobody in any more.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    store: Location = None,
    config: ConfigFile = None,
) -> None:
    """List the keys: whom each lets in, and until when."""
    now = _now()
    with _book(store, config) as book:
        keys = [key for key in book.all() if everything or key.is_valid(now)]
    if as_json:
        typer.echo(json.dumps([_data(key, now) for key in keys], indent=2))
        return
    for key in keys:
        caller = key.caller
        about = f"{' '.join(sorted(caller.roles))}  {' '.join(_written(caller))}"
        typer.echo(f"{key.key_id}  {caller.name}  {about}  {_state(key, now)}")
    if not keys:
        typer.echo("no key lets anybody in: make one with `chuan keys create`", err=True)


@app.command()
def show(key_id: KeyArgument, store: Location = None, config: ConfigFile = None) -> None:
    """Show everything that is kept about a key."""
    with _book(store, config) as book:
        for name, value in _data(_found(book, key_id), _now()).items():
            typer.echo(f"{name}: {' '.join(value) if isinstance(value, list) else value}")


@app.command()
def rotate(
    key_id: KeyArgument,
    overlap_days: Annotated[
        float, typer.Option("--overlap-days", min=0, help="Days that the old one is still taken for.")
    ] = 7,
    expires_days: ExpiresOption = 365,
    store: Location = None,
    config: ConfigFile = None,
) -> None:
    """Make a key for the same caller, and let the old one expire."""
    from server.security.keys import new_key

    now = _now()
    with _book(store, config) as book:
        old = _found(book, key_id)
        if not old.is_valid(now):
            _leave(f"{key_id} is {_state(old, now)}: make a new key with `chuan keys create`")
        expires = _in(expires_days, now)
        key, written = new_key(
            old.caller, now_micros=now, random=os.urandom, expires_at_micros=expires, replaces=key_id
        )
        old = book.rotate(key, now + int(overlap_days * _DAY))
    _hand_over(key, written)
    typer.echo(f"{key_id} {_state(old, now)}", err=True)


@app.command()
def revoke(key_id: KeyArgument, store: Location = None, config: ConfigFile = None) -> None:
    """Withdraw a key: every server of the store refuses it within two seconds."""
    with _book(store, config) as book:
        _found(book, key_id)
        book.revoke(key_id, _now())
    typer.echo(f"{key_id} is revoked; servers refuse it {_WITHIN}", err=True)


@contextmanager
def _book(store: str | None, config: Path | None) -> Iterator[KeyBook]:
    from server.security.key_book import KeyBook
    from server.store import prepare

    with opened(store, config) as (_, database):
        prepare(database)
        yield KeyBook(database)


def _found(book: KeyBook, key_id: str) -> ApiKey:
    key = book.find(key_id)
    if key is None:
        _leave(f"no key has the id {key_id}; `chuan keys list --all` shows them")
    return key


def _hand_over(key: ApiKey, written: str) -> None:
    """Print the key alone to standard output, so that it can be sent to a file, and the rest beside it."""
    typer.echo(
        f"{key.key_id} for {key.caller.name}. It is shown once; keep it where only they can read it:",
        err=True,
    )
    typer.echo(written)


def _data(key: ApiKey, now: int) -> dict[str, str | list[str]]:
    data: dict[str, str | list[str]] = {
        "id": key.key_id,
        "name": key.caller.name,
        "roles": sorted(key.caller.roles),
        "organisations": _written(key.caller),
        "state": _state(key, now),
        "created": _day(key.created_at_micros),
    }
    moments = {"expires": key.expires_at_micros, "revoked": key.revoked_at_micros}
    data |= {name: _day(moment) for name, moment in moments.items() if moment is not None}
    return data | ({"replaces": key.replaces} if key.replaces else {})


def _written(caller: Caller) -> list[str]:
    return [EVERYWHERE if each == ROOT else each for each in caller.organisations]


def _state(key: ApiKey, now: int) -> str:
    if key.revoked_at_micros is not None:
        return f"revoked {_day(key.revoked_at_micros)}"
    if key.expires_at_micros is None:
        return "does not expire"
    return f"{'expires' if key.is_valid(now) else 'expired'} {_day(key.expires_at_micros)}"


def _day(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _in(days: int, now: int) -> int | None:
    return now + days * _DAY if days else None


def _now() -> int:
    return time.time_ns() // 1_000


def _leave(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(_WRONG)
