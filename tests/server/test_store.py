"""The store: decisions stay, in order, chained; another schema is refused; a store that is away says so."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect

from server.store import (
    DecisionLog,
    DecisionNotFoundError,
    Entry,
    Kept,
    RulesetBook,
    SchemaError,
    StoreUnavailableError,
    open_database,
    prepare,
    schema,
    tables,
    upgrade,
)
from server.store.chain import GENESIS, Link, chain_hash, seal_record, seal_request, seal_verdict

SALT = bytes(range(16))


def entry(number: int, record: bytes = b"{}", verdict: bytes = b"{}") -> Entry:
    return Entry(f"decision-{number}", "d" * 64, f"subject-{number}", record, verdict, SALT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Engine]:
    engine = open_database(path, busy_seconds=0.05)
    prepare(engine)
    yield engine
    engine.dispose()


def clock() -> Callable[[], int]:
    return itertools.count(1_000_000).__next__


def append(database: Engine, *calls: Sequence[Entry]) -> None:
    """Append each call's entries, all calls at once."""

    async def run() -> None:
        log = DecisionLog(database, clock())
        await asyncio.gather(*(log.append(entries) for entries in calls))
        await log.close()

    asyncio.run(run())


def links(path: Path) -> list[tuple[bytes, bytes, Link]]:
    """What the file itself has, read without our code: previous hash, hash, and what the hash covers."""
    with sqlite3.connect(path) as connection:
        columns = ", ".join(["previous_hash", "chain_hash", *Link._fields])
        rows = connection.execute(f"SELECT {columns} FROM decisions ORDER BY position").fetchall()  # noqa: S608 - our own names
    connection.close()
    return [(previous, hash_, Link(*covered)) for previous, hash_, *covered in rows]


def test_a_decision_is_read_back_as_it_was_logged(database: Engine) -> None:
    logged = Entry("one", "a" * 64, "chủ thể", '{"tên":"Ngọc"}'.encode(), b'{"status":"decided"}', SALT)
    append(database, [logged])
    read = DecisionLog(database, clock()).read("one")
    assert (read.entry, read.position) == (logged, 1)


def test_an_id_that_was_never_logged_is_not_found(database: Engine) -> None:
    with pytest.raises(DecisionNotFoundError):
        DecisionLog(database, clock()).read("never")


@settings(deadline=None, max_examples=20)  # each example writes to the disk
@given(sizes=st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=12))
def test_the_chain_covers_every_entry_in_the_order_of_the_calls(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("chain") / "store.sqlite3"
    database = open_database(path)
    prepare(database)
    numbers = itertools.count()
    calls = [[entry(next(numbers)) for _ in range(size)] for size in sizes]
    append(database, *calls)
    database.dispose()

    found = links(path)
    assert [link.decision_id for _, _, link in found] == [each.decision_id for call in calls for each in call]
    assert [link.position for _, _, link in found] == list(range(1, sum(sizes) + 1))
    previous = GENESIS
    for before, hash_, link in found:
        assert before == previous
        assert hash_ == chain_hash(previous, link)
        previous = hash_


def test_the_chain_goes_on_where_another_process_left_it(database: Engine, path: Path) -> None:
    append(database, [entry(1)])
    other = open_database(path)
    append(other, [entry(2)])
    other.dispose()
    append(database, [entry(3)])
    found = links(path)
    assert [before for before, _, _ in found] == [GENESIS, *(hash_ for _, hash_, _ in found[:-1])]


OLD_LINK = Link(1, 1, "id", 5, "d" * 64, b"\1" * 32, b"\2" * 32)
LINK = OLD_LINK._replace(
    link_form=2, kind="table", caller="lan", organisation="vn/ha-noi", request_seal=b"\3" * 32
)


@pytest.mark.parametrize("changed", Link._fields[1:])
def test_no_field_of_an_entry_can_change_unnoticed(changed: str) -> None:
    assert chain_hash(GENESIS, LINK) != chain_hash(
        GENESIS, LINK._replace(**{changed: getattr(LINK, changed) * 2})
    )


@pytest.mark.parametrize("changed", Link._fields[1:7])
def test_no_field_of_an_entry_of_an_older_store_can_change_unnoticed(changed: str) -> None:
    other = OLD_LINK._replace(**{changed: getattr(OLD_LINK, changed) * 2})
    assert chain_hash(GENESIS, OLD_LINK) != chain_hash(GENESIS, other)


@pytest.mark.parametrize("changed", Link._fields[7:])
def test_an_entry_of_an_older_store_says_nothing_that_its_hash_does_not_cover(changed: str) -> None:
    with pytest.raises(ValueError, match="form"):
        chain_hash(GENESIS, OLD_LINK._replace(**{changed: getattr(LINK, changed)}))


def test_the_form_of_a_link_cannot_change_unnoticed() -> None:
    assert chain_hash(GENESIS, OLD_LINK) != chain_hash(GENESIS, OLD_LINK._replace(link_form=2))
    with pytest.raises(ValueError, match="form"):
        chain_hash(GENESIS, LINK._replace(link_form=3))


def test_the_chain_of_an_older_store_goes_on_as_it_was() -> None:
    assert chain_hash(GENESIS, OLD_LINK).hex() == (
        "d627169708d211a402c05ce0cc8fbc667ebcf77b670465d4d7b601be83f82718"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (seal_record(SALT, b'{"a":1}', "x"), seal_record(SALT, b'{"a":2}', "x")),
        (seal_record(SALT, b'{"a":1}', "x"), seal_record(SALT, b'{"a":1}', "y")),
        (seal_record(SALT, b'{"a":1}', "x"), seal_record(SALT[::-1], b'{"a":1}', "x")),
        (seal_verdict(SALT, b"{}"), seal_verdict(SALT[::-1], b"{}")),
        (seal_request(SALT, "1", b"{}"), seal_request(SALT, "2", b"{}")),
        (seal_request(SALT, "1", b"{}"), seal_request(SALT, "1", b"[]")),
        (seal_request(SALT, "1", b"{}"), seal_request(SALT[::-1], "1", b"{}")),
    ],
)
def test_a_seal_tells_records_subjects_and_salts_apart(one: bytes, other: bytes) -> None:
    assert one != other


def test_decisions_are_there_after_a_restart(path: Path) -> None:
    first = open_database(path)
    prepare(first)
    append(first, [entry(1), entry(2)])
    first.dispose()
    second = open_database(path)
    prepare(second)
    assert DecisionLog(second, clock()).read("decision-2").position == 2
    second.dispose()


def test_what_is_committed_together_takes_one_time_of_logging(database: Engine) -> None:
    append(database, [entry(1), entry(2)])
    log = DecisionLog(database, clock())
    assert log.read("decision-1").logged_at_micros == log.read("decision-2").logged_at_micros


def test_a_call_that_was_given_up_before_its_commit_logs_nothing(database: Engine) -> None:
    held, release = threading.Event(), threading.Event()

    def slow_clock() -> int:
        held.set()
        release.wait()
        return 0

    async def run() -> None:
        log = DecisionLog(database, slow_clock)
        first = asyncio.ensure_future(log.append([entry(1)]))
        await asyncio.to_thread(held.wait)
        given_up = asyncio.ensure_future(log.append([entry(2)]))
        kept = asyncio.ensure_future(log.append([entry(3)]))
        await asyncio.sleep(0)
        given_up.cancel()
        release.set()
        await asyncio.gather(first, kept)
        await log.close()

    asyncio.run(run())
    log = DecisionLog(database, clock())
    assert (log.read("decision-1").position, log.read("decision-3").position) == (1, 2)
    with pytest.raises(DecisionNotFoundError):
        log.read("decision-2")


def test_closing_commits_what_still_waits(database: Engine) -> None:
    async def run() -> None:
        log = DecisionLog(database, clock())
        waiting = [asyncio.ensure_future(log.append([entry(number)])) for number in range(5)]
        await asyncio.sleep(0)
        await log.close()
        await asyncio.gather(*waiting)

    asyncio.run(run())
    assert DecisionLog(database, clock()).read("decision-4").position == 5


def test_a_store_that_another_process_holds_is_unavailable_and_then_comes_back(
    database: Engine, path: Path
) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        append(database, [entry(1)], [entry(2)])
    holder.execute("ROLLBACK")
    holder.close()
    append(database, [entry(3)])
    assert DecisionLog(database, clock()).read("decision-3").position == 1


def test_a_failure_of_the_store_does_not_say_what_was_to_be_logged(database: Engine) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE decisions")
    with pytest.raises(StoreUnavailableError) as caught:
        append(database, [entry(1, record=b"CANARY", verdict=b"CANARY")])
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_file_is_for_its_owner_alone(database: Engine, path: Path) -> None:
    append(database, [entry(1)])
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="nowhere"):
        open_database(tmp_path / "nowhere" / "store.sqlite3")


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
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
                str(column.type.dialect_impl(database.dialect).compile(database.dialect)),
                column.nullable,
            )
            for column in table.columns
        }
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            column.name for column in table.primary_key
        ]


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "server.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


@dataclass(frozen=True)
class OtherSchema:
    """A database that this version must not touch, and what it has to say of it."""

    statements: tuple[str, ...]
    words: str


VERSION_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
OTHER_SCHEMAS = {
    "older": OtherSchema(
        (VERSION_TABLE, "INSERT INTO alembic_version VALUES ('0001')"), "chuan upgrade-store"
    ),
    "newer": OtherSchema((VERSION_TABLE, "INSERT INTO alembic_version VALUES ('9999')"), "newer"),
    "somebody else's": OtherSchema(("CREATE TABLE invoices (id INTEGER)",), "not a store of chuan"),
}


def made(path: Path, statements: Sequence[str]) -> Engine:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return open_database(path)


@pytest.mark.parametrize("other", OTHER_SCHEMAS.values(), ids=OTHER_SCHEMAS.keys())
def test_another_schema_is_refused_and_left_as_it_is(path: Path, other: OtherSchema) -> None:
    database = made(path, other.statements)
    before = inspect(database).get_table_names()
    with pytest.raises(SchemaError, match=other.words):
        prepare(database)
    assert inspect(database).get_table_names() == before
    database.dispose()


@pytest.mark.parametrize("name", ["newer", "somebody else's"])
def test_an_upgrade_refuses_what_it_does_not_know(path: Path, name: str) -> None:
    database = made(path, OTHER_SCHEMAS[name].statements)
    with pytest.raises(SchemaError, match=OTHER_SCHEMAS[name].words):
        upgrade(database)
    database.dispose()


def test_an_upgrade_moves_an_older_store_forward_and_keeps_what_is_in_it(path: Path) -> None:
    older = (
        "CREATE TABLE rulesets (digest VARCHAR(64) PRIMARY KEY, id VARCHAR(200) NOT NULL, "
        "version VARCHAR(50) NOT NULL, text TEXT NOT NULL, "
        "CONSTRAINT one_text_a_version UNIQUE (id, version))",
        "INSERT INTO rulesets VALUES ('d', 'some.id', '1.0.0', 'the text')",
        *OTHER_SCHEMAS["older"].statements,
    )
    database = made(path, older)
    upgrade(database)
    prepare(database)
    assert RulesetBook(database).kept("d") == Kept("d", "some.id", "1.0.0", "the text")
    append(database, [entry(1)])
    database.dispose()
