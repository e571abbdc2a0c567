"""What is seen to at every call besides answering it: limits at the door, its line in the log, figures, its trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from grpc import StatusCode

from server.errors import Failure
from server.limits import LimitSettings
from server.running.logs import REQUEST_ID, CallLog
from server.running.throttle import Throttle

if TYPE_CHECKING:
    from server.running.metrics import Metrics
    from server.running.tracing import Span, Tracing

REQUEST_ID_KEY: Final = "x-request-id"
TRACE_KEY: Final = "traceparent"

_GIVEN_ID: Final = re.compile(r"[!-~]{1,64}", re.ASCII)
_FULL_SECONDS: Final = 1.0  # after which whoever found the service full may try again


class Watch:
    """Sees to the calls of one worker."""

    def __init__(
        self,
        limits: LimitSettings,
        *,
        now_micros: Callable[[], int],
        seconds: Callable[[], float],
        random: Callable[[int], bytes],
        log: CallLog | None = None,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        """Watch over nothing yet.

        Args:
            limits: at the door.
            now_micros: the clock, in microseconds since 1970-01-01 UTC.
            seconds: a clock that never goes back.
            random: gives so many bytes.
            log: gets a line for each call, if there is one.
            metrics: gets its figures, if there are any.
            tracing: gets its span, if there is any.
        """
        self.message_bytes: Final = limits.message_bytes
        self._concurrent = limits.concurrent_calls
        self._callers = Throttle(limits.calls_a_second, limits.call_burst, seconds)
        self._strangers = Throttle(limits.refused_a_second, limits.refused_burst, seconds)
        self.now_micros = now_micros
        self.seconds = seconds
        self._random = random
        self.log = log if log is not None and log.enabled else None
        self.metrics = metrics
        self.tracing = tracing
        self.in_flight = 0

    def call(self, method: str, context: Any, *, counted: bool = True) -> Call:
        """A call that has come. Of it, `Call.end` has to be called.

        Whoever only watches (`counted` is False) takes no room from calls that are answered.
        """
        return Call(self, method, context, counted)

    def request_id(self, given: str) -> str:
        """The id of a call: the caller's own, if one can write it in a log."""
        return given if _GIVEN_ID.fullmatch(given) else self._random(8).hex()

    def check_room(self) -> None:
        """Refuse a call where too many are under way.

        Raises:
            Failure: RESOURCE_EXHAUSTED.
        """
        if self.in_flight > self._concurrent:
            text = f"{self._concurrent:,} calls are under way, which is the limit concurrent_calls"
            raise Failure(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", text, retry_seconds=_FULL_SECONDS)

    def refused(self, context: Any) -> Failure | None:
        """What somebody who could not prove who they are hears instead, if that was once too often at their address.

        Whoever can prove it is let in all the same: behind a proxy, many share an address with one who cannot.
        """
        wait = self._strangers.take(_peer(context)) if self._strangers else 0
        if wait <= 0:
            return None
        text = "too many calls of this address were refused; wait a while"
        return Failure(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_REFUSED", text, retry_seconds=wait)

    def check_rate(self, caller: str, context: Any) -> None:
        """Take a call off what a caller may make.

        Raises:
            Failure: RESOURCE_EXHAUSTED.
        """
        if self._callers:
            wait = self._callers.take(caller or _peer(context))
            if wait > 0:
                text = "you call more often than the limit calls_a_second allows; wait a while"
                raise Failure(
                    StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS_A_SECOND", text, retry_seconds=wait
                )

    @contextmanager
    def commit(self, entries: int) -> Iterator[None]:
        """Around a commit of the decision log."""
        began = self.seconds()
        failed = True
        try:
            yield
            failed = False
        finally:
            if self.metrics is not None:
                self.metrics.committed(entries, self.seconds() - began, failed)


class Call:
    """One call."""

    __slots__ = (
        "_began",
        "_code",
        "_context",
        "_counted",
        "_method",
        "_reason",
        "_span",
        "_watch",
        "caller",
        "records",
        "request_id",
    )

    def __init__(self, watch: Watch, method: str, context: Any, counted: bool) -> None:
        self._watch = watch
        self._counted = counted
        self._method = method
        self._context = context
        self._began = watch.seconds()
        self._code = "CANCELLED"  # until it is answered: whoever goes away hears nothing
        self._reason = ""
        self.caller = ""
        self.records = 0
        given = parent = ""
        for key, value in context.invocation_metadata() or ():
            if key == REQUEST_ID_KEY:
                given = value
            elif key == TRACE_KEY:
                parent = value
        self.request_id = watch.request_id(given)
        REQUEST_ID.set(self.request_id)
        watch.in_flight += counted
        self._span: Span | None = None
        if watch.tracing is not None:
            self._span = watch.tracing.call(method, parent, self.request_id)

    def arrived(self) -> None:
        """Let it in to have its caller looked at, or not.

        Raises:
            Failure: RESOURCE_EXHAUSTED.
        """
        self._watch.check_room()

    def admitted(self, caller: str) -> None:
        """Its caller is known.

        Raises:
            Failure: RESOURCE_EXHAUSTED.
        """
        self.caller = caller
        self._watch.check_rate(caller, self._context)

    def sized(self, payload: bytes) -> bytes:
        """The message of a caller, if it is not too large.

        Raises:
            Failure: RESOURCE_EXHAUSTED.
        """
        most = self._watch.message_bytes
        if len(payload) > most:
            text = f"the message has {len(payload):,} bytes, and the limit message_bytes is {most:,}; send several"
            raise Failure(StatusCode.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE", text)
        return payload

    def succeeded(self) -> tuple[tuple[str, str], ...]:
        """It was answered; the metadata to go with the answer."""
        self._code = "OK"
        return ((REQUEST_ID_KEY, self.request_id),)

    def told(self, failure: Failure) -> Failure:
        """What its caller is told of its failure."""
        stranger = failure.code is StatusCode.UNAUTHENTICATED
        return (self._watch.refused(self._context) if stranger else None) or failure

    def failed(self, failure: Failure) -> tuple[tuple[str, str], ...]:
        """It failed; the metadata to go with the status."""
        self._code, self._reason = failure.code.name, failure.reason
        return ((REQUEST_ID_KEY, self.request_id),)

    def end(self) -> None:
        """It is over, however it ended."""
        watch = self._watch
        watch.in_flight -= self._counted
        took = watch.seconds() - self._began
        if watch.metrics is not None:
            watch.metrics.ended(self._method, self._code, took, self.records, self._reason)
        if self._span is not None:
            self._span.end(self._code, self.records)
        if watch.log is not None:
            line: dict[str, object] = {
                "method": self._method,
                "code": self._code,
                "milliseconds": round(took * 1_000, 3),
                "request_id": self.request_id,
            }
            if self.caller:
                line["caller"] = self.caller
            if self.records:
                line["records"] = self.records
            if self._reason:
                line["reason"] = self._reason
            if self._span is not None:
                line["trace_id"] = self._span.trace_id
            watch.log.write(watch.now_micros(), line)


def _peer(context: Any) -> str:
    """The address of a caller, without the port: ``ipv4:10.0.0.7``."""
    return str(context.peer()).rpartition(":")[0]


def records_in(request: Message) -> int:
    """How many records a message brings to be judged."""
    match request.DESCRIPTOR.name:
        case "EvaluateRequest":
            return 1
        case "EvaluateBatchRequest":
            return len(request.requests)  # type: ignore[attr-defined]  # of this message
        case "EvaluateStreamRequest":
            return len(request.chunk.requests)  # type: ignore[attr-defined]  # of this message
        case _:
            return 0
