"""Traces of OpenTelemetry: a span for each call, within it what evaluating and the commit took.

They need the extra ``telemetry``. Attributes are the method, the code, counts and ids of requests: nothing of a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Final, Protocol

from server.running.settings import TraceSettings

_MISSING: Final = (
    "traces.otlp_endpoint is set, and OpenTelemetry is not installed: "
    "pip install 'chuan[telemetry]', or leave the setting out"
)


class TracingError(Exception):
    """Traces cannot be made as the settings have it; the text says what to do."""


class Span(Protocol):
    """The span of a call."""

    @property
    def trace_id(self) -> str:
        """Of the trace that it belongs to: 32 hexadecimal digits."""

    def end(self, code: str, records: int) -> None:
        """The call is over."""


_current: Final[ContextVar[_Call | None]] = ContextVar("call_span", default=None)


def step(name: str) -> AbstractContextManager[None]:
    """A span within the call that is being answered, if that is traced."""
    call = _current.get()
    return _NOTHING if call is None else call.step(name)


_NOTHING: Final = nullcontext()


class Tracing:
    """Makes spans and sends them to a collector."""

    def __init__(self, provider: Any) -> None:
        """Make spans.

        Args:
            provider: of OpenTelemetry, where spans go.
        """
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("chuan")
        self._extract = TraceContextTextMapPropagator().extract

    def call(self, method: str, parent: str, request_id: str) -> Span | None:
        """Begin the span of a call; None if it is not sampled.

        Args:
            method: its full name.
            parent: the caller's ``traceparent`` (W3C), or empty.
            request_id: of the call.
        """
        from opentelemetry.trace import SpanKind

        around = self._extract({"traceparent": parent}) if parent else None
        service, _, name = method.rpartition(".")
        attributes = {
            "rpc.system": "grpc",
            "rpc.service": service,
            "rpc.method": name,
            "chuan.request_id": request_id,
        }
        span = self._tracer.start_span(method, around, kind=SpanKind.SERVER, attributes=attributes)
        if not span.is_recording():
            return None
        call = _Call(self._tracer, span)
        _current.set(call)
        return call

    def close(self) -> None:
        """Send what waits, and stop."""
        self._provider.shutdown()


class _Call:
    def __init__(self, tracer: Any, span: Any) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def trace_id(self) -> str:
        return f"{self._span.get_span_context().trace_id:032x}"

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        from opentelemetry.trace import set_span_in_context

        span = self._tracer.start_span(name, set_span_in_context(self._span))
        try:
            yield
        finally:
            span.end()

    def end(self, code: str, records: int) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("rpc.grpc.status", code)
        self._span.set_attribute("chuan.records", records)
        if code in ("INTERNAL", "UNAVAILABLE", "UNKNOWN", "DATA_LOSS"):
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


def open_tracing(settings: TraceSettings) -> Tracing | None:
    """Traces as the settings have it; None if they want none.

    Raises:
        TracingError: OpenTelemetry is not installed, or a file of the settings cannot be read.
    """
    if not settings.otlp_endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ImportError as error:
        raise TracingError(_MISSING) from error
    provider = TracerProvider(
        resource=Resource.create({"service.name": "chuan"}),
        sampler=ParentBased(TraceIdRatioBased(settings.sampled_share)),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(settings.otlp_endpoint, credentials=_credentials(settings))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)


def _credentials(settings: TraceSettings) -> Any:
    """Of the collector's certificate; None for an endpoint with http://, which is plaintext."""
    import grpc

    if settings.ca_file is None:
        return None
    try:
        return grpc.ssl_channel_credentials(settings.ca_file.read_bytes())
    except OSError as error:
        raise TracingError(f"traces.ca_file: {settings.ca_file}: {error.strerror}") from error
