"""The log: decisions stay, in order, chained, in either kind of database; one that is away says so."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from server.store import (
    DecisionLog,
    DecisionNotFoundError,
    Entry,
    StoreUnavailableError,
    open_database,
    prepare,
)
from server.store.chain import GENESIS, Link, chain_hash, seal_record, seal_request, seal_verdict
from server.store.database import writing

SALT = bytes(range(16))


def entry(number: int, record: bytes = b"{}", verdict: bytes = b"{}") -> Entry:
    return Entry(f"decision-{number}", "d" * 64, f"subject-{number}", record, verdict, SALT)


def clock() -> Callable[[], int]:
    return itertools.count(1_000_000).__next__


def append(database: Engine, *calls: Sequence[Entry]) -> None:
    """Append each call's entries, all calls at once."""

    async def run() -> None:
        log = DecisionLog(database, clock())
        await asyncio.gather(*(log.append(entries) for entries in calls))
        await log.close()

    asyncio.run(run())


def links(database: Engine) -> list[tuple[bytes, bytes, Link]]:
    """What the database itself has, read without our code: previous hash, hash, and what the hash covers."""
    columns = ", ".join(["previous_hash", "chain_hash", *Link._fields])
    with database.connect() as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM decisions ORDER BY position")).all()  # noqa: S608 - our own names
    return [(previous, hash_, Link(*covered)) for previous, hash_, *covered in rows]


def test_a_decision_is_read_back_as_it_was_logged(database: Engine) -> None:
    logged = Entry("one", "a" * 64, "chủ thể", '{"tên":"Ngọc"}'.encode(), b'{"status":"decided"}', SALT)
    append(database, [logged])
    read = DecisionLog(database, clock()).read("one")
    assert (read.entry, read.position) == (logged, 1)


@pytest.mark.parametrize("never", ["never", "nev\0er"], ids=["never", "NUL"])
def test_an_id_that_was_never_logged_is_not_found(database: Engine, never: str) -> None:
    with pytest.raises(DecisionNotFoundError):
        DecisionLog(database, clock()).read(never)


def test_what_is_wrong_with_one_call_takes_nothing_from_those_committed_with_it(database: Engine) -> None:
    async def run() -> list[object]:
        log = DecisionLog(database, clock())
        calls = [[entry(1)], [entry(2)], [entry(3)._replace(record=None)], [entry(4)]]  # type: ignore[arg-type]  # that is what is wrong
        found = await asyncio.gather(*map(log.append, calls), return_exceptions=True)
        await log.close()
        return list(found)

    *good, wrong, last = asyncio.run(run())
    assert [*good, last] == [["decision-1"], ["decision-2"], ["decision-4"]]
    assert isinstance(wrong, TypeError)
    assert DecisionLog(database, clock()).read("decision-4").position == 3


@settings(deadline=None, max_examples=20)  # each example writes to the disk
@given(sizes=st.lists(st.integers(min_value=0, max_value=4), min_size=1, max_size=12))
def test_the_chain_covers_every_entry_in_the_order_of_the_calls(
    tmp_path_factory: pytest.TempPathFactory, ready_file: Path, sizes: list[int]
) -> None:
    database = open_database(shutil.copy(ready_file, tmp_path_factory.mktemp("chain")))
    numbers = itertools.count()
    calls = [[entry(next(numbers)) for _ in range(size)] for size in sizes]
    append(database, *calls)

    found = links(database)
    database.dispose()
    assert [link.decision_id for _, _, link in found] == [each.decision_id for call in calls for each in call]
    assert [link.position for _, _, link in found] == list(range(1, sum(sizes) + 1))
    previous = GENESIS
    for before, hash_, link in found:
        assert before == previous
        assert hash_ == chain_hash(previous, link)
        previous = hash_


def test_the_chain_goes_on_where_another_process_left_it(database: Engine, location: str) -> None:
    append(database, [entry(1)])
    other = open_database(location)
    append(other, [entry(2)])
    other.dispose()
    append(database, [entry(3)])
    found = links(database)
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


def test_decisions_are_there_after_a_restart(location: str) -> None:
    first = open_database(location)
    prepare(first)
    append(first, [entry(1), entry(2)])
    first.dispose()
    second = open_database(location)
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
    database: Engine, location: str
) -> None:
    other = open_database(location)
    with writing(other), pytest.raises(StoreUnavailableError):
        append(database, [entry(1)], [entry(2)])
    other.dispose()
    append(database, [entry(3)])
    assert DecisionLog(database, clock()).read("decision-3").position == 1


BROKEN = {
    "sqlite": "DROP TABLE decisions",
    "postgresql": "ALTER TABLE decisions ADD CHECK (length(verdict) < 3)",
}


def test_a_failure_of_the_store_does_not_say_what_was_to_be_logged(database: Engine) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql(BROKEN[database.dialect.name])
    with pytest.raises(StoreUnavailableError) as caught:
        append(database, [entry(1, record=b"CANARY", verdict=b"CANARY")])
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_many_processes_make_one_chain(location: str) -> None:
    """Each with an engine of its own, as processes have; the calls of each come in groups."""
    made = open_database(location)
    prepare(made)
    made.dispose()
    ready = threading.Barrier(3)

    def work(name: int) -> None:
        database = open_database(location)

        async def run() -> None:
            log = DecisionLog(database, clock())
            for number in range(20):
                calls = range(number % 4 + 1)
                await asyncio.gather(
                    *(log.append([entry(1000 * name + 10 * number + each)]) for each in calls)
                )
            await log.close()

        ready.wait()
        asyncio.run(run())
        database.dispose()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = open_database(location)
    found = links(database)
    database.dispose()
    assert [link.position for _, _, link in found] == list(range(1, 151))
    assert [before for before, _, _ in found] == [GENESIS, *(hash_ for _, hash_, _ in found[:-1])]
    assert all(hash_ == chain_hash(before, link) for before, hash_, link in found)


def test_a_clock_that_is_set_back_sets_no_decision_before_another(database: Engine) -> None:
    async def run() -> list[int]:
        log = DecisionLog(database, iter([50, 20, 70]).__next__)
        for number in range(3):
            await log.append([entry(number)])
        await log.close()
        return [log.read(f"decision-{number}").logged_at_micros for number in range(3)]

    assert asyncio.run(run()) == [50, 50, 70]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = open_database(tmp_path / "store.sqlite3")
    prepare(database)
    append(database, [entry(1)])
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    database.dispose()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="nowhere"):
        open_database(tmp_path / "nowhere" / "store.sqlite3")
