"""A PostgreSQL that goes away and comes back: calls fail and say so, none is answered that is not in the log."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from postgres import Postgres, started
from serving import serving, settings_for

from clients.client import Client, ServiceError
from server.store import DecisionLog, Entry, LocationError, StoreUnavailableError, open_database, prepare

RULESETS = Path(__file__).parent.parent / "data" / "server" / "rulesets"
DAY = date(2024, 12, 31)


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server that may be stopped: no other test needs it."""
    with started() as server:
        yield server


def ask(client: Client, request_id: str = "") -> str:
    answer = client.evaluate("test.rating", {"months": 7}, evaluated_on=DAY, request_id=request_id)
    return answer.decision_id


def test_calls_fail_while_it_is_away_and_go_through_when_it_is_back(mortal: Postgres) -> None:
    with mortal.database() as url, serving(settings_for(url, RULESETS)) as address, Client(address) as client:
        answered = [ask(client), ask(client)]
        mortal.stop()
        try:
            for call in (lambda: ask(client), lambda: client.get_decision(answered[0])):
                for _ in range(2):
                    with pytest.raises(ServiceError, match="decision log is away") as caught:
                        call()
                    assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "STORE_UNAVAILABLE")
        finally:
            mortal.start()
        answered.append(ask(client))  # the first call finds it
        assert [client.get_decision(each).position for each in answered] == [1, 2, 3]


def test_a_connection_that_died_while_nobody_called_costs_no_call(mortal: Postgres) -> None:
    with mortal.database() as url, serving(settings_for(url, RULESETS)) as address, Client(address) as client:
        first = ask(client)
        mortal.stop()
        mortal.start()
        assert client.get_decision(ask(client)).position == 2
        assert client.get_decision(first).position == 1


def test_what_was_answered_under_load_is_in_the_log_though_it_went_away_in_between(mortal: Postgres) -> None:
    answered: list[str] = []
    failed: list[str] = []
    keys = itertools.count()
    over = threading.Event()

    def call(address: str) -> None:
        with Client(address) as client:
            while not over.is_set():
                try:
                    answered.append(ask(client, f"key-{next(keys)}"))
                except ServiceError as error:
                    failed.append(error.reason)

    with mortal.database() as url, serving(settings_for(url, RULESETS)) as address:
        callers = [threading.Thread(target=call, args=(address,)) for _ in range(4)]
        for caller in callers:
            caller.start()
        for _ in range(2):
            enough = len(answered) + 50
            while len(answered) < enough:
                over.wait(0.01)
            mortal.stop()
            missed = len(failed) + 5
            while len(failed) < missed:
                over.wait(0.01)
            mortal.start()
        enough = len(answered) + 50
        while len(answered) < enough:
            over.wait(0.01)
        over.set()
        for caller in callers:
            caller.join()
        assert set(failed) == {"STORE_UNAVAILABLE"}
        with Client(address) as client:
            logged = [client.get_decision(each).position for each in answered]
    assert len(set(logged)) == len(answered)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def test_a_password_is_in_no_text() -> None:
    url = f"postgresql://chuan:CANARY@127.0.0.1:{free_port()}/chuan"
    settings = settings_for(url)
    assert "CANARY" not in repr(settings)
    assert settings.store.password is not None
    assert settings.store.password.get_secret_value() == "CANARY"
    database = open_database(url)
    assert "CANARY" not in repr(database)
    with pytest.raises(StoreUnavailableError, match="refused") as caught:
        prepare(database)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "password", "location"),
    [
        ("postgresql://lan:p%40ss@h:5/d?x=1", "p@ss", "postgresql://lan@h:5/d?x=1"),
        ("postgresql://lan:p@ss@h/d", "p@ss", "postgresql://lan@h/d"),
        ("postgresql://lan@h/d", None, "postgresql://lan@h/d"),
        ("store:1.sqlite3", None, "store:1.sqlite3"),
    ],
)
def test_a_password_in_the_url_is_taken_out_of_it(given: str, password: str | None, location: str) -> None:
    store = settings_for(given).store
    found = store.password and store.password.get_secret_value()
    assert (found, store.location) == (password, location)


@pytest.mark.parametrize(
    "location", ["mysql://lan:CANARY@h/d", "postgresql://lan:x@h:CANARY/d", "sqlite:///CANARY", "://CANARY"]
)
def test_a_location_that_is_none_is_refused_and_not_repeated(location: str) -> None:
    with pytest.raises(LocationError, match="postgresql://") as caught:
        open_database(location)
    assert "CANARY" not in str(caught.value)


def test_a_commit_is_on_the_disk_whatever_is_usual_there(mortal: Postgres) -> None:
    with mortal.database() as url:
        name = url.partition("?")[0].rpartition("/")[2]
        mortal.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        database = open_database(url)
        with database.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        database.dispose()


def test_whoever_waits_too_long_for_another_writer_is_told(mortal: Postgres) -> None:
    entry = Entry("one", "d" * 64, "", b"{}", b"{}", bytes(16))
    with mortal.database() as url:
        holder, waiting = open_database(url), open_database(url, busy_seconds=0.05)
        prepare(holder)

        async def run() -> None:
            log = DecisionLog(waiting, itertools.count().__next__)
            with pytest.raises(StoreUnavailableError, match="lock timeout"):
                await log.append([entry])
            await log.close()

        from server.store.database import writing

        with writing(holder):
            asyncio.run(run())
        holder.dispose()
        waiting.dispose()
