"""Opens the database of a store: an SQLite file, or a database of a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from server.store.database import writes
from server.store.errors import LocationError, StoreUnavailableError
from server.store.settings import StoreSettings

_PRIVATE: Final = 0o600
_POSTGRES: Final = ("postgresql", "postgres", "postgresql+psycopg")
_WRITE_LOCK: Final = int.from_bytes(b"chuan", "big")  # the advisory lock of who writes
_LEAST_CONNECT_SECONDS: Final = 2  # libpq takes no shorter


def open_store(settings: StoreSettings) -> Engine:
    """Open the database that the settings name; errors as of `open_database`."""
    return open_database(
        settings.location,
        password="" if settings.password is None else settings.password.get_secret_value(),
        busy_seconds=settings.busy_seconds,
        connections=settings.connections,
    )


def open_database(
    location: str | Path,
    *,
    password: str = "",
    busy_seconds: float = StoreSettings().busy_seconds,
    connections: int = StoreSettings().connections,
) -> Engine:
    """Open the database of a store.

    Args:
        location: the path of an SQLite file, whose folder must exist; an empty one is created that only its owner may
            read, since it holds personal data. Or the URL of a PostgreSQL database, ``postgresql://USER@HOST/NAME``;
            nothing is connected to it before it is used.
        password: of PostgreSQL, if its URL has none.
        busy_seconds: how long a write waits for another process that is writing, and any use for a connection.
        connections: to PostgreSQL, at most.

    Raises:
        LocationError: the location is none; the text does not repeat it, for it may hold a password.
        StoreUnavailableError: the file cannot be opened or created.
    """
    if isinstance(location, str) and "://" in location:
        return _open_postgres(_url(location, password), busy_seconds, connections)
    return _open_sqlite(Path(location), busy_seconds)


def _open_sqlite(path: Path, busy_seconds: float) -> Engine:
    try:
        path.touch(mode=_PRIVATE, exist_ok=True)
    except OSError as error:
        raise StoreUnavailableError(f"{path}: {error.strerror}") from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": busy_seconds}, hide_parameters=True
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins and commits; the driver's implicit transactions would begin too late for a write lock.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes would fail if another process wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes(connection) else "BEGIN")


def _url(location: str, password: str) -> URL:
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        raise LocationError("the store's location is no URL: postgresql://USER@HOST:PORT/DATABASE") from None
    if url.drivername not in _POSTGRES:
        raise LocationError("a store is an SQLite file (a path), or in PostgreSQL (postgresql://…)")
    return url.set(drivername="postgresql+psycopg", password=url.password or password or None)


def _open_postgres(url: URL, busy_seconds: float, connections: int) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=max(busy_seconds, _LEAST_CONNECT_SECONDS),
            pool_pre_ping=True,  # a connection that died while nobody used it is replaced, and no call fails of it
            connect_args={
                "application_name": "chuan",
                "connect_timeout": max(round(busy_seconds), _LEAST_CONNECT_SECONDS),
                # A server that vanished without a word is given up within seconds, not after the system's two hours.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 30_000,
            },
        )
    except ModuleNotFoundError:
        raise LocationError("a store in PostgreSQL needs psycopg: pip install 'chuan[postgres]'") from None
    milliseconds = max(round(busy_seconds * 1_000), 1)

    def configure(connection: Any, _record: object) -> None:
        _run(connection, f"SET lock_timeout = {milliseconds}", *_DURABLE)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", _begin_postgres)
    return engine


_DURABLE: Final = (
    # A commit is on the disk when it returns, whatever is usual in this database.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)


def _run(connection: Any, *statements: Sequence[str]) -> None:
    connection.autocommit = True
    for statement in statements:
        connection.execute(statement)
    connection.autocommit = False


def _begin_postgres(connection: Connection) -> None:
    if writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
