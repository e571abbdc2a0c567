"""What the service writes while it runs: one JSON object a line, or text for people; never content of a record."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import orjson
import structlog

from server.running.settings import LogSettings

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the call that is being answered; empty outside of one."""

_HEAD: Final = {"level": "info", "event": "call"}
_FLUSH_SECONDS: Final = 0.05  # lines of calls are written together; one line costs as much as many
_MOST_LINES: Final = 500  # kept before they are written all the same


def set_up_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send what `logging` is told to `stream`, standard error if none is named, as the settings have it."""
    stream = stream or sys.stderr
    renderer: Any = structlog.dev.ConsoleRenderer(colors=stream.isatty())
    if is_json(settings, stream):
        renderer = structlog.processors.JSONRenderer(
            lambda line, **_: orjson.dumps(line, default=str).decode()
        )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_request_id,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for name in ("alembic", "asyncio"):  # what these say at info is of no use to an operator
        logging.getLogger(name).setLevel(logging.WARNING)


def is_json(settings: LogSettings, stream: TextIO) -> bool:
    """Whether lines are objects of JSON."""
    return settings.format == "json" or (settings.format == "auto" and not stream.isatty())


def _with_request_id(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    request_id = REQUEST_ID.get()
    if request_id:
        event["request_id"] = request_id
    return event


class CallLog:
    """A line for every call, at the level `info`.

    Calls come by thousands a second, so the lines are put together without `logging` and are written together, at most
    a twentieth of a second later.
    """

    def __init__(
        self,
        settings: LogSettings,
        later: Callable[[float, Callable[[], None]], object],
        stream: TextIO | None = None,
    ) -> None:
        """Write nothing yet.

        Args:
            settings: of the log.
            later: calls a function after so many seconds.
            stream: where to; standard error if none is named.
        """
        self._later = later
        self._stream = stream or sys.stderr
        self._json = is_json(settings, self._stream)
        self.enabled = settings.level in ("debug", "info")
        self._lines: list[bytes] = []
        self._second = -1
        self._written = ""

    def write(self, at_micros: int, line: dict[str, object]) -> None:
        """Write a line; `line` has the method, the code and whatever else there is to say of a call."""
        if self._json:
            self._lines.append(orjson.dumps({"timestamp": self._moment(at_micros), **_HEAD, **line}))
        else:
            said = " ".join(f"{name}={value}" for name, value in line.items())
            self._lines.append(f"{self._moment(at_micros)} [info     ] call {said}".encode())
        if len(self._lines) == 1:
            self._later(_FLUSH_SECONDS, self.flush)
        elif len(self._lines) >= _MOST_LINES:
            self.flush()

    def _moment(self, at_micros: int) -> str:
        second, micros = divmod(at_micros, 1_000_000)
        if second != self._second:  # all lines of a second begin alike
            self._second, self._written = (
                second,
                datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            )
        return f"{self._written}.{micros // 1_000:03d}Z"

    def flush(self) -> None:
        """Write what waits."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._stream.write(b"\n".join(lines).decode() + "\n")
            self._stream.flush()
