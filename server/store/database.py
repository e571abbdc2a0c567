"""A database that is open: reading from it, writing to it, and what its failures mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError as AnyDatabaseError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server.store.errors import StoreUnavailableError

_WRITES: Final = "chuan_writes"
_READS: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}  # SQLite always reads so


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one consistent view of the database."""
    with unavailable(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(**_READS)
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is committed at the end; nobody else writes to the store until then."""
    with unavailable(), connect_for_writing(engine) as connection, connection.begin():
        yield connection


def connect_for_writing(engine: Engine) -> Connection:
    """A connection each of whose transactions is alone in writing from its start; the caller closes it."""
    return engine.connect().execution_options(**{_WRITES: True})


def writes(connection: Connection) -> bool:
    """Whether the transactions of a connection are to be alone in writing."""
    return bool(connection.get_execution_options().get(_WRITES, False))


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn a failure of the database into `StoreUnavailableError`, without the statement and its values."""
    try:
        yield
    except DBAPIError as error:
        # Other subclasses are mistakes of ours, and stay what they are, unless the connection went away with them.
        if type(error) not in (AnyDatabaseError, OperationalError) and not error.connection_invalidated:
            raise
        # Lines after the first may quote rows.
        said = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
        raise StoreUnavailableError(f"the store is not available: {said}") from None
    except PoolTimeoutError:
        raise StoreUnavailableError("the store is not available: all of its connections are in use") from None
