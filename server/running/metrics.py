"""The figures of the service, for Prometheus. Names and labels are an interface: alerts are written on them.

Workers keep theirs in files of one folder, from which one process serves them all. No label has anything of a record.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client import values as kept
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from server.running.port import address_of
from server.running.settings import MetricsSettings
from server.running.supervisor import Parent

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_ENTRIES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)

_log: Final = logging.getLogger("chuan.server")


class Metrics:
    """The figures of one worker."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Begin at zero.

        Args:
            registry: of a process by itself; None where `share` has been called.
        """
        self._calls = Counter(
            "chuan_calls", "Calls that were answered, by gRPC code.", ["method", "code"], registry=registry
        )
        self._seconds = Histogram(
            "chuan_call_seconds",
            "From a call's arrival to its answer.",
            ["method"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._records = Counter(
            "chuan_records", "Records that came to be judged.", ["method"], registry=registry
        )
        self._refusals = Counter(
            "chuan_refusals",
            "Calls refused, by the reason that the caller was told.",
            ["reason"],
            registry=registry,
        )
        self._in_flight = _gauge(
            "chuan_calls_in_flight", "Calls that are being answered.", "livesum", registry
        )
        self._commits = Counter("chuan_commits", "Commits of the decision log.", registry=registry)
        self._entries = Histogram(
            "chuan_commit_entries", "Decisions in one commit.", buckets=_ENTRIES, registry=registry
        )
        self._commit_seconds = Histogram(
            "chuan_commit_seconds", "How long a commit took.", buckets=_SECONDS, registry=registry
        )
        self._errors = Counter("chuan_store_errors", "Commits that failed.", registry=registry)
        self._waiting = _gauge(
            "chuan_log_waiting", "Calls that wait for the next commit.", "livesum", registry
        )
        self._rulesets = _gauge("chuan_rulesets_loaded", "Rulesets that are published.", "livemax", registry)
        self._ready = _gauge("chuan_ready", "Workers that are ready, as health tells.", "livesum", registry)
        starts = Counter("chuan_worker_starts", "Workers that were started.", registry=registry)
        starts.inc()
        self._seconds_of: dict[str, Histogram] = {}
        # What is only counted is written once a second: to write it costs as much as all the rest of a call's figures.
        self._answered: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._brought: defaultdict[str, int] = defaultdict(int)

    def ended(self, method: str, code: str, seconds: float, records: int, reason: str) -> None:
        """A call is over."""
        known = self._seconds_of.get(method)
        if known is None:  # looking up a label costs as much as counting
            known = self._seconds_of[method] = self._seconds.labels(method)
        known.observe(seconds)
        self._answered[method, code] += 1
        if records:
            self._brought[method] += records
        if reason:
            self._refusals.labels(reason).inc()

    def committed(self, entries: int, seconds: float, failed: bool) -> None:
        """The log has tried to commit."""
        if failed:
            self._errors.inc()
            return
        self._commits.inc()
        self._entries.observe(entries)
        self._commit_seconds.observe(seconds)

    def standing(self, *, ready: bool, rulesets: int, waiting: int, in_flight: int) -> None:
        """How the worker is just now."""
        self._ready.set(ready)
        self._rulesets.set(rulesets)
        self._waiting.set(waiting)
        self._in_flight.set(in_flight)
        self.write()

    def write(self) -> None:
        """Write what was counted."""
        answered, self._answered = self._answered, defaultdict(int)
        for (method, code), count in answered.items():
            self._calls.labels(method, code).inc(count)
        brought, self._brought = self._brought, defaultdict(int)
        for method, count in brought.items():
            self._records.labels(method).inc(count)


def _gauge(name: str, text: str, mode: str, registry: CollectorRegistry | None) -> Gauge:
    return Gauge(name, text, multiprocess_mode=mode, registry=registry)  # type: ignore[arg-type]  # it wants literals


def share(folder: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Have this process and its children keep their figures in files; until the folder given back is cleaned up."""
    made = tempfile.TemporaryDirectory(prefix="chuan-metrics-", dir=folder)
    os.environ[FOLDER_VARIABLE] = made.name
    # The library decides as it is imported, when the variable is not there yet.
    kept.ValueClass = kept.MultiProcessValue()  # type: ignore[no-untyped-call]  # no types in the library
    return made


def forget(pid: int) -> None:
    """A worker is gone: what it counted stays, how it was just now does not."""
    if FOLDER_VARIABLE in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # as above


def serve_metrics(settings: MetricsSettings, wait: Callable[[Parent], None], parent: Parent) -> None:
    """Answer HTTP with the figures of all workers: the work of a process of its own, until `wait` comes back."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
    try:
        server, thread = start_http_server(settings.port, settings.host, registry)
    except OSError as error:
        # Answering calls matters more than counting them.
        where = address_of(settings.host, settings.port)
        _log.warning("no metrics are served, %s cannot be listened on: %s", where, error.strerror)
        parent.tell("")
        wait(parent)
        return
    where = address_of(settings.host, server.server_port)
    _log.info("metrics at http://%s/metrics", where)
    parent.tell(where)
    wait(parent)
    server.shutdown()
    thread.join()
