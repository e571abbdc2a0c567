"""A service with workers, which can be killed and started again at the same port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from faults import ROOT

RULESETS: Final = ROOT / "tests" / "data" / "server" / "rulesets"
_PATIENCE_SECONDS: Final = 120.0


class Rig:
    """A service that is run as `chuan serve` runs it.

    Attributes:
        address: where it listens, the same whenever it is started.
        location: of its store.
        starts: how often it was started.
    """

    def __init__(
        self, folder: Path, location: str = "", *, workers: int = 2, options: tuple[str, ...] = ()
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self._port}"
        self.location = location or str(folder / "store.sqlite3")
        self.starts = 0
        self._log = folder / "log"
        self._workers = workers
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    def start(self, before: Callable[[], None] | None = None) -> None:
        """Start it, and return when it listens; `before` runs in the new process first."""
        arguments = [sys.executable, "-m", "server", "--store", self.location, "--port", str(self._port)]
        arguments += ["--rulesets", str(RULESETS), "--workers", str(self._workers), *self._options]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                arguments,
                cwd=ROOT,
                env={**os.environ, "CHUAN_METRICS__ENABLED": "false", "CHUAN_LOG__LEVEL": "warning"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=before,
            )
        assert self._process.stdout is not None
        with self._process.stdout as stdout:  # it says one line
            said = stdout.readline()
        assert said.startswith("listening on"), self.log()
        self.starts += 1

    @property
    def pid(self) -> int:
        """Of the process that watches over the workers."""
        assert self._process is not None
        return self._process.pid

    def workers(self) -> list[psutil.Process]:
        """The workers that live, oldest first."""
        children = psutil.Process(self.pid).children()
        alive = [each for each in children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        return sorted(alive, key=lambda each: each.create_time())

    def kill(self) -> None:
        """Kill it with its workers, as the kernel would: no signal that it hears."""
        family = [psutil.Process(self.pid), *self.workers()]
        for each in family:
            each.send_signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()
        psutil.wait_procs(family)

    def stop(self) -> int:
        """Stop it as it is to be stopped; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(_PATIENCE_SECONDS)

    def lives(self) -> bool:
        """Whether the service runs."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """What it has written to standard error."""
        return self._log.read_text("utf-8")

    def bugs(self) -> list[str]:
        """Lines of the log that tell of a mistake of the program."""
        return [
            line for line in self.log().splitlines() if re.search(r"Traceback|INTERNAL|Segmentation", line)
        ]

    def resources(self) -> tuple[float, int]:
        """What the workers have: resident memory in MiB, and open files."""
        found = [(each.memory_info().rss, each.num_fds()) for each in self.workers()]
        return sum(rss for rss, _ in found) / 2**20, sum(files for _, files in found)


@contextmanager
def running(folder: Path, location: str = "", **how: object) -> Iterator[Rig]:
    """A service that runs, and is gone in the end."""
    rig = Rig(folder, location, **how)  # type: ignore[arg-type]  # those of the constructor
    rig.start()
    try:
        yield rig
    finally:
        if rig.lives():
            rig.kill()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for what is bound to come.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {_PATIENCE_SECONDS:g} s in vain for {what}")
        time.sleep(0.05)
