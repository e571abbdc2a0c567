"""What streams say around their chunks: how they begin, where they stand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final

from chuan.v1 import evaluation_service_pb2 as pb

from server.errors import FieldViolation, wrong_request
from server.limits import LimitSettings
from server.transport.places import Place
from server.transport.settings import StreamSettings
from server.transport.wire import delimited

Requests = AsyncIterator[pb.EvaluateStreamRequest]


async def start_of(requests: AsyncIterator[Any]) -> Any:
    """How a stream of records or of a table begins: its `start`; None if its caller has nothing to say.

    Raises:
        Failure: it begins with something else.
    """
    async for request in requests:
        if request.WhichOneof("part") != "start":
            raise wrong_request([FieldViolation("start", "A stream begins with start.")])
        return request.start
    return None


async def chunks_of(requests: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    """The chunks that follow on the start.

    Raises:
        Failure: something else comes.
    """
    async for request in requests:
        if request.WhichOneof("part") != "chunk":
            raise wrong_request([FieldViolation("chunk", "After start, every message is a chunk.")])
        yield request.chunk


def opened_message(place: Place, limits: LimitSettings, streams: StreamSettings) -> pb.EvaluateStreamResponse:
    """The first answer, before any chunk of this stream: what its caller is to keep to."""
    opened = pb.StreamOpened(
        max_chunks_in_flight=streams.chunks_in_flight,
        max_chunk_size=limits.batch_records,
        max_message_bytes=limits.message_bytes,
    )
    return pb.EvaluateStreamResponse(opened=opened, answered_chunks=place.answered, resume_token=place.token)


def answer_bytes(batch: bytes, place: Place) -> bytes:
    """The bytes of the answer to a chunk, given those of its `EvaluateBatchResponse` and the place behind it."""
    behind = pb.EvaluateStreamResponse(answered_chunks=place.answered, resume_token=place.token)
    return _chunk(batch) + behind.SerializeToString()


_chunk: Final = delimited(pb.EvaluateStreamResponse, "chunk")
