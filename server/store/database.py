"""Opens the database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server.store.errors import StoreUnavailableError
from server.store.settings import StoreSettings

_WRITES: Final = "chuan_writes"
_PRIVATE: Final = 0o600


def open_database(path: Path, *, busy_seconds: float = StoreSettings().busy_seconds) -> Engine:
    """Open an SQLite database, creating an empty one that only its owner may read: it holds personal data.

    Args:
        path: of the file; its folder must exist.
        busy_seconds: how long a write waits for another process that is writing.

    Raises:
        StoreUnavailableError: the file cannot be opened or created.
    """
    try:
        path.touch(mode=_PRIVATE, exist_ok=True)
    except OSError as error:
        raise StoreUnavailableError(f"{path}: {error.strerror}") from error
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": busy_seconds}, hide_parameters=True
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one consistent view of the database."""
    with unavailable(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is committed at the end; it has the write lock from the start."""
    with unavailable(), connect_for_writing(engine) as connection, connection.begin():
        yield connection


def connect_for_writing(engine: Engine) -> Connection:
    """A connection each of whose transactions has the write lock from its start; the caller closes it."""
    return engine.connect().execution_options(**{_WRITES: True})


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn a failure of the database into `StoreUnavailableError`, without the statement and its values."""
    try:
        yield
    except DatabaseError as error:
        # Subclasses other than these two are mistakes of ours, and stay what they are.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        raise StoreUnavailableError(f"the store is not available: {error.orig}") from None
    except PoolTimeoutError:
        raise StoreUnavailableError("the store is not available: all of its connections are in use") from None


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins and commits; the driver's implicit transactions would begin too late for a write lock.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes would fail if another process wrote in between.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
