"""How the process is set up: where it listens, how many work, what it says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from server.section import Section


class ListenSettings(Section):
    """Where calls come in."""

    host: str = "127.0.0.1"
    """The address to listen on: loopback unless told otherwise."""

    port: int = Field(default=50_061, ge=0, le=65_535)
    """The port to listen on; 0 takes a free one."""

    shared: bool = False
    """Whether another `chuan serve` of the same user may listen on the port too: for an upgrade without a gap."""


class WorkerSettings(Section):
    """The processes that answer."""

    count: int = Field(default=1, ge=1, le=64)
    """How many processes answer on the one port; about one for each processor that chuan may use."""

    drain_seconds: float = Field(default=10.0, ge=0)
    """What calls in flight get to finish in when the server stops or a worker is replaced."""


class LogSettings(Section):
    """What is written to standard error while it runs. No line has content of a record."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that a line must matter. A line a call is written at `info`."""

    format: Literal["auto", "json", "text"] = "auto"
    """`json` is one object a line; `text` is for people; `auto` is text on a terminal and JSON elsewhere."""


class MetricsSettings(Section):
    """Figures for Prometheus, over HTTP at `/metrics`."""

    enabled: bool = True
    """Whether figures are kept and served."""

    host: str = "127.0.0.1"
    """The address to serve them on."""

    port: int = Field(default=9_461, ge=0, le=65_535)
    """The port to serve them on; 0 takes a free one, which the log tells."""


class TraceSettings(Section):
    """Traces of OpenTelemetry; they need the extra `telemetry`."""

    otlp_endpoint: str = ""
    """The collector that spans go to over OTLP/gRPC, such as `http://127.0.0.1:4317`; empty: none are made."""

    ca_file: Path | None = None
    """The certificates that the collector's is checked by, in PEM; left out: those of the system."""

    sampled_share: float = Field(default=1.0, ge=0, le=1)
    """Of calls that bring no trace of their own, the share that begins one; one that is brought is taken on."""
