"""The schema of the store: made and moved forward by Alembic, checked before a server uses it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from server.store.database import reading, writing
from server.store.errors import SchemaError

REVISION: Final = "0006"  # the schema that this version of chuan works with
_KNOWN: Final = frozenset({"0001", "0002", "0003", "0004", "0005", "0006"})


def prepare(engine: Engine) -> None:
    """Make the tables in an empty database; in any other, check that they are of `REVISION`.

    Raises:
        SchemaError: the database is older, newer, or not a store of chuan; the text says what to do.
        StoreUnavailableError: the database cannot be used.
    """
    with reading(engine) as connection:
        found, empty = _revision(connection), not inspect(connection).get_table_names()
    if empty:
        upgrade(engine)
    elif found != REVISION:
        raise SchemaError(_refusal(found))


def check(engine: Engine) -> None:
    """Check that the tables are of `REVISION`, and change nothing; errors as of `prepare`."""
    with reading(engine) as connection:
        found, empty = _revision(connection), not inspect(connection).get_table_names()
    if empty:
        raise SchemaError("the database is empty: `chuan serve` and `chuan db upgrade` make the tables")
    if found != REVISION:
        raise SchemaError(_refusal(found))


def revision(engine: Engine) -> str | None:
    """Which schema the database has; None where it has none of ours.

    Raises:
        StoreUnavailableError: the database cannot be used.
    """
    with reading(engine) as connection:
        return _revision(connection)


def upgrade(engine: Engine) -> None:
    """Move the tables forward to `REVISION`, in one transaction.

    Raises:
        SchemaError: the database is newer, or not a store of chuan.
        StoreUnavailableError: the database cannot be used.
    """
    # Alembic takes a tenth of a second to import, and a server whose store is current never needs it.
    from alembic import command
    from alembic.config import Config

    with writing(engine) as connection:
        revision = _revision(connection)
        if revision not in _KNOWN and inspect(connection).get_table_names():
            raise SchemaError(_refusal(revision))
        config = Config()
        config.set_main_option("script_location", "server.store:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refusal(revision: str | None) -> str:
    if revision is None:
        return "the database has tables, but is not a store of chuan; name another one"
    if revision in _KNOWN:
        return (
            f"the store has schema {revision}, and this version of chuan needs {REVISION}; "
            "back it up and run `chuan db upgrade`"
        )
    return f"the store has schema {revision}, newer than {REVISION}, which this version of chuan needs"
