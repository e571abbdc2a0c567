"""Services as `chuan serve` runs them, each a process with workers of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parent.parent.parent
RULESETS = ROOT / "tests" / "data" / "server" / "rulesets"
PATIENCE_SECONDS = 60


def until(what: Callable[[], bool]) -> None:
    """Wait for something that is bound to come."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


class Service:
    """A service that runs."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: Path) -> None:
        self.process = process
        self.address = address
        self.store = log.with_name("store.sqlite3")
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def workers(self) -> list[int]:
        """The ids of the workers that there are, oldest first."""
        children = psutil.Process(self.process.pid).children()
        alive = [each for each in children if each.status() != psutil.STATUS_ZOMBIE]
        return [each.pid for each in sorted(alive, key=lambda each: each.create_time())]

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


@contextmanager
def started(folder: Path, *options: str, env: dict[str, str] | None = None) -> Iterator[Service]:
    """A service with a store in `folder`, killed with its workers in the end if it was not stopped."""
    log = folder / "log"
    arguments = [sys.executable, "-m", "server", "--store", str(folder / "store.sqlite3"), "--port", "0"]
    with ExitStack() as stack:
        said = stack.enter_context(log.open("a"))
        process = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - our own module
                [*arguments, "--rulesets", str(RULESETS), *options],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(folder), "CHUAN_METRICS__ENABLED": "false", **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), log.read_text()
            yield Service(process, line.split()[-1], log)
        finally:
            family = [] if process.poll() is not None else psutil.Process(process.pid).children()
            process.kill()
            for each in family:
                each.kill()
            psutil.wait_procs(family)


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[Service]]:
    """Starts a service with a store in a folder, with options."""
    return started


@pytest.fixture(scope="session", name="until")
def until_() -> Callable[[Callable[[], bool]], None]:
    """`until`."""
    return until


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two workers, for tests that leave it with two."""
    with started(tmp_path_factory.mktemp("lasting"), "--workers", "2") as service:
        yield service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service with two workers, for one test."""
    with started(tmp_path, "--workers", "2") as service:
        yield service
