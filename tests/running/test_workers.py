"""Several workers on one port: they share calls, and what becomes of one does not concern who calls."""

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Self

import psutil
import pytest

from clients.client import Client, Question, ServiceError
from clients.ruleset_calls import Step
from server.running.port import hold_port

Until = Callable[[Callable[[], bool]], None]

DAY = date(2024, 12, 31)
LIFE = Path(__file__).parent.parent / "data" / "server" / "life"
FACTS = {"months": 7, "tasks": {"total": 2, "done": 2}, "acts": [], "remark": "CANARY"}


def evaluate(client: Client) -> str:
    return client.evaluate("test.rating", FACTS, evaluated_on=DAY).decision_id


class Callers:
    """Who calls again and again: over one connection, and over a new one for every call."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stopping = threading.Event()
        self.answered: list[str] = []
        self.failed: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._call, args=(anew,)) for anew in (False, True, True)]

    def _call(self, anew: bool) -> None:
        client = Client(self._address)
        while not self._stopping.is_set():
            if anew:
                client.close()
                client = Client(self._address)
            try:
                self.answered.append(evaluate(client))
            except ServiceError as error:
                self.failed[str(error)] += 1
        client.close()

    def wait_for_more(self, count: int) -> None:
        """Return when as many calls more were answered."""
        seen = len(self.answered)
        end = time.monotonic() + 60
        while len(self.answered) < seen + count:
            assert time.monotonic() < end, self.failed
            time.sleep(0.02)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Call no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()


def logged(service: Any) -> list[str]:
    connection = sqlite3.connect(service.store)
    try:
        return [row[0] for row in connection.execute("SELECT decision_id FROM decisions")]
    finally:
        connection.close()


def replaced(service: Any, times: int) -> bool:
    return bool(service.log.count("all replaced") == times)


def succeeded(service: Any, worker: int) -> bool:
    return worker not in service.workers() and len(service.workers()) == 2


def test_workers_share_the_calls(lasting: Any) -> None:
    first, second = map(psutil.Process, lasting.workers())
    # The kernel spreads connections by their ports: a score of them does not all fall to one.
    clients = [Client(lasting.address) for _ in range(20)]
    before = [sum(each.io_counters()[:2]) for each in (first, second)]
    for client in clients:
        evaluate(client)
    after = [sum(each.io_counters()[:2]) for each in (first, second)]
    for client in clients:
        client.close()
    assert all(then > now for now, then in zip(before, after, strict=True))


def test_no_call_fails_while_the_workers_are_replaced(lasting: Any, until: Until) -> None:
    before, decided = lasting.workers(), logged(lasting)
    with Callers(lasting.address) as callers:
        callers.wait_for_more(20)
        for times in (1, 2, 3):
            lasting.tell(signal.SIGHUP)
            until(partial(replaced, lasting, times))
        callers.wait_for_more(20)
    assert callers.failed == {}
    until(lambda: len(lasting.workers()) == 2)
    assert not set(before) & set(lasting.workers())
    assert sorted(decided + callers.answered) == sorted(logged(lasting)), "each call made one decision"
    assert "CANARY" not in lasting.log


def test_a_worker_that_is_killed_is_replaced_and_its_callers_hear_of_one_decision(
    lasting: Any, until: Until
) -> None:
    decided = logged(lasting)
    with Callers(lasting.address) as callers:
        for _ in range(3):
            callers.wait_for_more(10)
            killed = lasting.workers()[0]
            psutil.Process(killed).kill()
            until(partial(succeeded, lasting, killed))
    assert callers.failed == {}
    assert sorted(decided + callers.answered) == sorted(logged(lasting))
    assert lasting.log.count("is gone (SIGKILL); another starts") == 3


def test_a_publication_reaches_all_workers_within_two_seconds(lasting: Any) -> None:
    with Client(lasting.address, actor="lan") as lan, Client(lasting.address, actor="minh") as minh:
        text, cases = [(LIFE / f"months-1.0.0{suffix}").read_text() for suffix in (".yaml", ".cases.yaml")]
        draft = lan.save_draft("test.months", "1.0.0", text, cases)
        step = Step("test.months", "1.0.0", draft.revision)
        lan.submit_draft(step)
        minh.approve_draft(step)
        minh.publish_draft(step)
        published = time.monotonic()
    watchers = [Client(lasting.address) for _ in range(20)]
    missing = list(watchers)
    while missing:
        missing = [each for each in missing if not each.list_rulesets("test.months")]
        assert time.monotonic() < published + 2 or not missing
    for each in watchers:
        each.close()


def test_the_workers_go_when_the_process_that_watches_them_is_killed(service: Any) -> None:
    workers = [psutil.Process(each) for each in service.workers()]
    service.process.kill()
    service.process.wait()
    assert psutil.wait_procs(workers, timeout=60)[1] == []


def test_a_service_that_is_told_twice_does_not_wait(service: Any, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    threading.Thread(target=quietly, args=(service.address,), daemon=True).start()
    time.sleep(0.5)
    service.tell(signal.SIGTERM)
    time.sleep(0.2)
    service.tell(signal.SIGTERM)
    service.process.wait(8)
    holder.close()


def quietly(address: str) -> None:
    with Client(address) as client, pytest.raises(ServiceError):
        evaluate(client)


def test_a_configuration_that_went_wrong_is_not_taken_up(running: Any, until: Until, tmp_path: Path) -> None:
    file = tmp_path / "chuan.toml"
    file.write_text("[limits]\nbatch_records = 1\n")
    with running(tmp_path, "--config", str(file)) as service:
        before = service.workers()
        file.write_text("[limits]\nbatch_record = 2\n")
        service.tell(signal.SIGHUP)
        until(lambda: "there is no setting 'limits.batch_record'" in service.log)
        assert service.workers() == before
        file.write_text("[limits]\nbatch_records = 2\n")
        service.tell(signal.SIGHUP)
        until(lambda: "all replaced" in service.log)
        until(lambda: not set(before) & set(service.workers()))
        with Client(service.address) as client:
            questions = [question(), question()]
            assert len(client.evaluate_batch(questions)) == 2
            with pytest.raises(ServiceError, match="at most 2 records"):
                client.evaluate_batch([*questions, question()])


def question() -> Question:
    return Question(ruleset="test.rating", facts=FACTS, evaluated_on=DAY)


def test_a_new_version_takes_over_without_a_gap(running: Any, tmp_path: Path) -> None:
    shared = ("--set", "listen.shared=true")
    with running(tmp_path, *shared) as old, Callers(old.address) as callers:
        with running(tmp_path, *shared, "--port", old.address.rpartition(":")[2]) as new:
            assert new.address == old.address
            callers.wait_for_more(10)
            old.process.terminate()
            old.process.wait(60)
            callers.wait_for_more(20)
            callers.stop()
        assert callers.failed == {}
        assert sorted(callers.answered) == sorted(logged(old))


def test_a_port_is_held_and_not_taken_twice() -> None:
    held = hold_port("127.0.0.1", 0, shared=False)
    with pytest.raises(OSError, match="is another server on it"):
        hold_port("127.0.0.1", held.number, shared=False)
    again = hold_port("127.0.0.1", held.number, shared=True)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", held.number)):
        pass
    again.close()
    held.close()


def test_a_worker_that_cannot_start_ends_the_service_with_its_reason(running: Any, tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        with (
            pytest.raises(AssertionError, match="is another server on it"),
            running(tmp_path, "--port", port),
        ):
            pass


def test_what_a_worker_cannot_use_ends_the_service_with_its_reason(running: Any, tmp_path: Path) -> None:
    missing = [f"security.tls.{name}={tmp_path / 'none.pem'}" for name in ("certificate", "key")]
    with (
        pytest.raises(AssertionError, match=r"none\.pem"),
        running(tmp_path, "--workers", "2", "--set", missing[0], "--set", missing[1]),
    ):
        pass
