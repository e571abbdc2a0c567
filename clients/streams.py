"""Streams of chunks that outlive the connections they run over."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

import grpc
from chuan.v1 import evaluation_service_pb2 as pb

from clients.errors import ServiceError, call_error

TRIES: Final = 8
"""How often in a row a stream is opened that breaks before it brings anything; the waits double from half a second."""
_FIRST_WAIT_SECONDS: Final = 0.5
_BROKEN: Final = frozenset({"UNAVAILABLE", "CANCELLED"})

Chunk = TypeVar("Chunk")
Request = TypeVar("Request")
Response = TypeVar("Response", pb.EvaluateStreamResponse, pb.EvaluateTableResponse)


@dataclass(frozen=True, slots=True)
class Stream(Generic[Chunk, Request, Response]):
    """A call that streams chunks and their answers.

    Attributes:
        call: makes the call, given what is sent; what it answers can be cancelled.
        start: the first message, given the token of the place to go on at, or an empty one.
        message: a chunk as it is sent.
        limits: of the server, as its first answer has them.
        chunks: what is to be sent, given the limits of the server; asked once, and read as answers are taken.
        sleep: waits so many seconds, before a stream that broke is gone on with.
    """

    call: Callable[[Iterator[Request]], Any]
    start: Callable[[str], Request]
    message: Callable[[Chunk], Request]
    limits: Callable[[Response], pb.StreamOpened]
    chunks: Callable[[pb.StreamOpened], Iterable[Chunk]]
    sleep: Callable[[float], None]

    def answers(self, token: str = "") -> Iterator[tuple[Chunk, Response]]:
        """Each chunk and its answer, in order. When the connection breaks, what is not answered is sent again.

        Args:
            token: of the place to go on at; empty: from the beginning.

        Raises:
            ServiceError: the server refuses to go on, or is away for too long.
        """
        line = _Line[Chunk]()
        attempt = 0
        while True:
            sending: SimpleQueue[Request | None] = SimpleQueue()
            received = self.call(iter(sending.get, None))
            try:
                sending.put(self.start(token))
                opened = _next(received)
                token = opened.resume_token
                line.open(self.limits(opened), self.chunks)
                for chunk in line.unanswered:
                    sending.put(self.message(chunk))
                while True:
                    for chunk in line.fill():
                        sending.put(self.message(chunk))
                    if line.ended:
                        sending.put(None)
                        if not line.unanswered:
                            return
                    answer = _next(received)
                    token, attempt = answer.resume_token, 0
                    yield line.unanswered.popleft(), answer
            except grpc.RpcError as error:
                failure = call_error(error)
                attempt += 1
                if failure.code not in _BROKEN or attempt == TRIES:
                    raise failure from None
            finally:
                sending.put(None)
                received.cancel()
            self.sleep(_FIRST_WAIT_SECONDS * 2 ** (attempt - 1))


def _next(received: Iterator[Response]) -> Response:
    answer = next(received, None)
    if answer is None:
        raise ServiceError("UNKNOWN", "", "the server ended the stream before it had answered everything")
    return answer


class _Line(Generic[Chunk]):
    """The chunks of a stream: those to come, and those that were sent and are not answered."""

    def __init__(self) -> None:
        self.unanswered: deque[Chunk] = deque()
        self.ended = False
        self._window = 1
        self._coming: Iterator[Chunk] | None = None

    def open(self, limits: pb.StreamOpened, chunks: Callable[[pb.StreamOpened], Iterable[Chunk]]) -> None:
        """Keep to the limits of a server; the chunks keep to those of the first."""
        self._window = limits.max_chunks_in_flight
        if self._coming is None:
            self._coming = iter(chunks(limits))

    def fill(self) -> Iterator[Chunk]:
        """Chunks that may be sent now."""
        while self._coming is not None and not self.ended and len(self.unanswered) < self._window:
            chunk = next(self._coming, None)
            if chunk is None:
                self.ended = True
                return
            self.unanswered.append(chunk)
            yield chunk
