"""A real browser for tests: Chromium without a window, spoken to over a pair of pipes (DevTools protocol)."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS: Final = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)
# The browser reads commands from its file 3 and writes answers to its file 4. Another process puts them there and
# becomes the browser: what subprocess offers for it is not safe where threads run, and here gRPC's may.
PLACE: Final = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for place, end in enumerate(ends, start=3):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
STOP_SECONDS: Final = 20
INSTALL: Final = ("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation")
INSTALL_SECONDS: Final = 300


class BrowserMissingError(Exception):
    """There is no browser, and none could be installed; says why."""


def find_browser() -> str:
    """The path of a Chromium; where there is none and the test may, Debian's package is installed.

    Raises:
        BrowserMissingError: there is none, and none could be installed.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        raise BrowserMissingError("no Chromium here, and only root on Debian installs one")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    limits = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
    try:
        for arguments in (("update",), INSTALL):
            subprocess.run(  # noqa: S603 - Debian's own tool, with arguments of ours
                [apt, "-qq", *limits, *arguments],
                env=environment,
                check=True,
                capture_output=True,
                timeout=INSTALL_SECONDS,
            )
    except (subprocess.SubprocessError, OSError) as error:
        raise BrowserMissingError(
            f"Debian's chromium could not be installed: {type(error).__name__}"
        ) from None
    return shutil.which("chromium") or _gone()


def _gone() -> str:
    raise BrowserMissingError("Debian's chromium was installed and is not to be found")


class Browser:
    """A running browser; as a context manager, stopped at the end."""

    def __init__(self, program: str) -> None:
        """Start `program`."""
        self._profile = tempfile.TemporaryDirectory(prefix="chuan-browser-", ignore_cleanup_errors=True)
        read_commands, self._commands = os.pipe()
        self._answers, write_answers = os.pipe()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        place = [sys.executable, "-c", PLACE, str(read_commands), str(write_answers)]
        self._process = subprocess.Popen(  # noqa: S603 - a browser that was looked for
            [*place, program, *ARGUMENTS, *sandbox, f"--user-data-dir={self._profile.name}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(read_commands, write_answers),
        )
        os.close(read_commands)
        os.close(write_answers)
        self._numbers = itertools.count(1)
        self._read = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, EOFError):
            self.call("Browser.close")
        os.close(self._commands)
        os.close(self._answers)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def open(self, address: str) -> Tab:
        """A new tab that shows `address`, loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Tab(self, session, address)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The answer to one command; events that come before it are kept."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self.events.append(message)

    def wait_for(self, method: str, session: str) -> None:
        """Read events until `method` has come for `session`."""
        while not any(
            event.get("method") == method and event.get("sessionId") == session for event in self.events
        ):
            self.events.append(self._message())

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            read = os.read(self._answers, 1 << 20)
            if not read:
                raise EOFError("the browser is gone")
            self._read += read
        message, _, self._read = self._read.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


class Tab:
    """One page, shown."""

    def __init__(self, browser: Browser, session: str, address: str) -> None:
        """Load `address`."""
        self._browser = browser
        self._session = session
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")
        self._call("Page.navigate", url=address)
        browser.wait_for("Page.loadEventFired", session)

    def evaluate(self, script: str) -> Any:
        """The value of an expression on the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    def set_width(self, pixels: int) -> None:
        """Show it in a window of that width."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=1000, deviceScaleFactor=1, mobile=False
        )

    def emulate_print(self) -> None:
        """Show it as it is printed."""
        self._call("Emulation.setEmulatedMedia", media="print")

    def screenshot(self) -> str:
        """The whole of it as a PNG, in base64."""
        image: str = self._call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        return image

    def print(self) -> str:
        """It printed as it asks to be, as a PDF, in base64."""
        document: str = self._call("Page.printToPDF", preferCSSPageSize=True)["data"]
        return document

    @property
    def requests(self) -> list[str]:
        """The addresses that it asked for, its own first."""
        return [event["params"]["request"]["url"] for event in self._events("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[object]:
        """What the console holds: messages, errors of scripts, refusals of the browser."""
        names = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [event["params"] for name in names for event in self._events(name)]

    def _events(self, method: str) -> list[dict[str, Any]]:
        return [
            event
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)
