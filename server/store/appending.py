"""Puts many rows into a table in one go, as each kind of database does it fastest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.exc import DatabaseError as AnyDatabaseError
from sqlalchemy.exc import OperationalError

Append = Callable[[Connection, Sequence[Mapping[str, Any]]], None]


def appender(table: Table, dialect: Dialect) -> Append:
    """What puts rows, which have all columns, into a table: its statement is made once."""
    return _copying(table, dialect) if dialect.name == "postgresql" else _inserting(table, dialect)


def _inserting(table: Table, dialect: Dialect) -> Append:
    compiled = insert(table).compile(dialect=dialect)
    statement, values = str(compiled), itemgetter(*(getattr(compiled, "positiontup", None) or ()))

    def append(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        connection.exec_driver_sql(statement, list(map(values, rows)))

    return append


def _copying(table: Table, dialect: Dialect) -> Append:
    columns = [column.name for column in table.columns]
    values = itemgetter(*columns)
    types = [column.type.compile(dialect).split("(")[0].lower() for column in table.columns]
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"

    def append(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        import psycopg

        cursor = connection.connection.cursor()
        try:
            with cursor.copy(statement) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(values(row))
        except psycopg.OperationalError as error:  # as SQLAlchemy would have it
            raise OperationalError(statement, None, error) from error
        except psycopg.Error as error:
            raise AnyDatabaseError(statement, None, error) from error
        finally:
            cursor.close()

    return append
