"""The schema: made, moved forward from every one that was released, and refused where it is another."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from serving import serving, settings_for
from sqlalchemy import Engine, MetaData, insert, inspect, text

from clients.client import Client
from server.store import (
    SchemaError,
    StoreUnavailableError,
    open_database,
    prepare,
    schema,
    tables,
    upgrade,
)
from server.store.database import writing

DATA = Path(__file__).parent.parent / "data" / "server"
STORES = sorted((DATA / "stores").glob("*.sql"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"a letter, not a database" * 100)
    database = open_database(path)
    with pytest.raises(StoreUnavailableError, match="not a database"):
        prepare(database)
    database.dispose()


def test_the_migrations_make_the_tables_that_the_code_uses(database: Engine) -> None:
    found = inspect(database)
    for table in tables.metadata.sorted_tables:
        columns = {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in found.get_columns(table.name)
        }
        assert columns == {
            column.name: (
                column.type.compile(database.dialect),
                column.nullable,
            )
            for column in table.columns
        }
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            column.name for column in table.primary_key
        ]


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "server.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


@dataclass(frozen=True)
class OtherSchema:
    """A database that this version must not touch, and what it has to say of it."""

    statements: tuple[str, ...]
    words: str


OTHER_SCHEMAS = {
    "older": OtherSchema(
        (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ),
        "chuan db upgrade",
    ),
    "newer": OtherSchema(
        (
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            "INSERT INTO alembic_version VALUES ('9999')",
        ),
        "newer",
    ),
    "somebody else's": OtherSchema(("CREATE TABLE invoices (id INTEGER)",), "not a store of chuan"),
}


def made(location: str, other: OtherSchema) -> Engine:
    engine = open_database(location)
    with engine.begin() as connection:
        for statement in other.statements:
            connection.exec_driver_sql(statement)
    return engine


@pytest.mark.parametrize("other", OTHER_SCHEMAS.values(), ids=OTHER_SCHEMAS.keys())
def test_another_schema_is_refused_and_left_as_it_is(location: str, other: OtherSchema) -> None:
    database = made(location, other)
    before = inspect(database).get_table_names()
    with pytest.raises(SchemaError, match=other.words):
        prepare(database)
    assert inspect(database).get_table_names() == before
    database.dispose()


@pytest.mark.parametrize("name", ["newer", "somebody else's"])
def test_an_upgrade_refuses_what_it_does_not_know(location: str, name: str) -> None:
    database = made(location, OTHER_SCHEMAS[name])
    with pytest.raises(SchemaError, match=OTHER_SCHEMAS[name].words):
        upgrade(database)
    database.dispose()


def filled(location: str, dump: Path) -> Engine:
    """A store as an older version has left it: its schema and all that was in it."""
    database = open_database(location)
    with sqlite3.connect(":memory:") as older:
        older.executescript(dump.read_text(encoding="utf-8"))
    if database.dialect.name == "sqlite":
        with sqlite3.connect(location) as file:
            older.backup(file)
        file.close()
    else:
        _move(older, database, dump.stem)
    older.close()
    return database


def _move(older: sqlite3.Connection, database: Engine, revision: str) -> None:
    with writing(database) as connection:
        config = Config()
        config.set_main_option("script_location", "server.store:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        reflected = MetaData()
        reflected.reflect(connection)
        for table in reflected.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = [column.name for column in table.columns]
            rows = older.execute(f"SELECT {', '.join(columns)} FROM {table.name}")  # noqa: S608 - our own names
            if found := [dict(zip(columns, row, strict=True)) for row in rows]:
                connection.execute(insert(table), found)


@pytest.mark.parametrize("dump", STORES, ids=lambda dump: dump.stem)
def test_a_store_of_every_older_version_is_moved_forward_and_keeps_what_is_in_it(
    location: str, dump: Path, tmp_path: Path
) -> None:
    database = filled(location, dump)
    with pytest.raises(SchemaError, match=f"has schema {dump.stem}.*chuan db upgrade"):
        prepare(database)
    upgrade(database)
    upgrade(database)  # once more does no harm
    prepare(database)
    with database.connect() as connection:
        decisions = connection.execute(text("SELECT * FROM decisions ORDER BY position")).all()
    database.dispose()
    folder = tmp_path / "rulesets"
    folder.mkdir()
    (folder / "months.yaml").write_bytes((DATA / "life" / "months-1.0.0.yaml").read_bytes())
    with serving(settings_for(location, folder)) as address, Client(address, actor="lan") as client:
        for row in decisions:
            assert client.replay_decision(row.decision_id).identical
        said = [(row.status, row.outcome, row.kind, row.link_form) for row in decisions]
        assert said == EXPECTED[dump.stem]
        assert [each.version for each in client.list_rulesets()] == ["1.0.0"]
        assert client.save_draft("test.months", "2.0.0", "…").revision == 1
        new = client.evaluate("test.months", {"months": 7}, evaluated_on=date(2024, 12, 31))
        assert client.get_decision(new.decision_id).position == len(decisions) + 1


_FIVE = [
    ("decided", "high", "record", 1),
    ("decided", "low", "record", 1),
    ("decided", "high", "record", 1),
    ("decided", "low", "record", 1),
    ("undetermined", "", "record", 1),
]
EXPECTED = {"0001": [], "0002": _FIVE, "0003": _FIVE}
