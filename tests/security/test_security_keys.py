"""Keys as they are kept, and as a server knows them; the store in SQLite and in PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import os
import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.security import ROOT, Caller, Role
from server.security.key_book import KeyBook
from server.security.keys import ApiKey, KeyRing, new_key
from server.store import StoreUnavailableError, open_database, prepare

CALLER = Caller("hr-system", frozenset({Role.SUBMITTER, Role.AUDITOR}), ("vn/ha-noi", ROOT))
NOW = 1_795_000_000_000_000
DAY = 86_400_000_000


@pytest.fixture
def database(location: str) -> Iterator[Engine]:
    engine = open_database(location)
    prepare(engine)
    yield engine
    engine.dispose()


def made(expires_at_micros: int | None = None) -> tuple[ApiKey, str]:
    return new_key(CALLER, now_micros=NOW, random=os.urandom, expires_at_micros=expires_at_micros)


class Keys:
    """A book in memory, which can be away."""

    def __init__(self, *keys: ApiKey) -> None:
        self.keys = keys
        self.read = 0
        self.away = False

    def changes(self) -> int:
        if self.away:
            raise StoreUnavailableError("away")
        return len(self.keys)

    def all(self) -> tuple[ApiKey, ...]:
        self.read += 1
        return self.keys


def test_what_is_kept_comes_back_as_it_was(database: Engine) -> None:
    book = KeyBook(database)
    assert (book.changes(), book.all(), book.find("none")) == (0, (), None)
    first, _ = made(expires_at_micros=NOW + DAY)
    second = replace(made()[0], created_at_micros=NOW + 1)
    book.add(second)
    book.add(first)
    assert book.all() == (first, second)
    assert book.find(first.key_id) == first
    assert book.changes() == 2


def test_a_key_is_rotated_once_with_an_overlap_that_makes_nothing_longer(database: Engine) -> None:
    book = KeyBook(database)
    lasting, ending = made()[0], made(expires_at_micros=NOW + DAY)[0]
    for key in (lasting, ending):
        book.add(key)
        fresh = made()[0]
        old = book.rotate(replace(fresh, replaces=key.key_id), NOW + 3 * DAY)
        assert old.expires_at_micros == (NOW + 3 * DAY if key is lasting else NOW + DAY)
        assert book.find(key.key_id) == old
        assert book.find(fresh.key_id) == replace(fresh, replaces=key.key_id)
    assert book.changes() == 6


def test_a_key_stays_withdrawn_since_it_was(database: Engine) -> None:
    book = KeyBook(database)
    key, _ = made()
    book.add(key)
    for moment in (NOW + 5, NOW + 9):
        book.revoke(key.key_id, moment)
        found = book.find(key.key_id)
        assert found is not None
        assert found.revoked_at_micros == NOW + 5
    assert book.changes() == 2


def test_no_change_is_missed_where_many_write_at_once(database: Engine) -> None:
    book, ring = KeyBook(database), KeyRing(KeyBook(database), lambda: NOW)
    keys = [made() for _ in range(16)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(book.add, [key for key, _ in keys]))
        ring.refresh()
        assert [ring.find(written) for _, written in keys] == [CALLER] * 16
        list(pool.map(lambda key: book.revoke(key.key_id, NOW), [key for key, _ in keys]))
    ring.refresh()
    assert [ring.find(written) for _, written in keys] == [None] * 16
    assert ring.is_empty


def test_a_key_lets_in_until_it_expires() -> None:
    clock = [NOW]
    key, written = made(expires_at_micros=NOW + DAY)
    ring = KeyRing(Keys(key), lambda: clock[0])
    assert ring.find(written) == CALLER
    clock[0] = NOW + DAY - 1
    assert ring.find(written) == CALLER
    clock[0] += 1
    assert ring.find(written) is None
    assert ring.is_empty


def test_a_book_that_has_not_changed_is_not_read_again() -> None:
    book = Keys(made()[0])
    ring = KeyRing(book, lambda: NOW)
    ring.refresh()
    assert book.read == 1


def test_a_store_that_is_away_leaves_the_keys_there_were(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.security.keys.FOLLOW_SECONDS", 0.01)
    key, written = made()
    book = Keys(key)
    ring = KeyRing(book, lambda: NOW)

    async def scenario() -> None:
        following = asyncio.create_task(ring.follow())
        book.away = True
        async with asyncio.timeout(20):
            while "cannot look for changes of keys" not in caplog.text:  # noqa: ASYNC110 - the log tells nobody
                await asyncio.sleep(0.01)
            assert ring.find(written) == CALLER
            book.keys, book.away = (*book.keys, replace(key, revoked_at_micros=NOW)), False
            while ring.find(written) is not None:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        following.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())


KEY, WRITTEN = made()
RING = KeyRing(Keys(KEY), lambda: NOW)


@given(st.integers(0, len(WRITTEN) - 1), st.sampled_from(string.printable + "éı０"))
def test_no_key_that_was_changed_lets_anybody_in(place: int, letter: str) -> None:
    changed = WRITTEN[:place] + letter + WRITTEN[place + 1 :]
    assert RING.find(changed) == (CALLER if changed == WRITTEN else None)


@given(st.text() | st.sampled_from([WRITTEN + "\n", " " + WRITTEN, WRITTEN * 2, KEY.digest.hex()]))
def test_nothing_else_lets_anybody_in(text: str) -> None:
    assert RING.find(text) is None


def test_keys_differ_and_show_nothing_of_their_secret() -> None:
    written = {made()[1] for _ in range(50)}
    assert len(written) == 50
    key, text = made()
    assert text.rpartition("_")[2] not in repr(key)
