"""How every call is made: its message is read, its errors become statuses, its answer is written.

Handlers are registered without the generated (de)serializers, since what those raise never reaches a handler:
a message that cannot be read would be answered as an error of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc import StatusCode

from server.errors import Failure, failure_of, trailer_status
from server.running.watch import Call, Watch, records_in
from server.security.guard import Guard

Context = grpc.aio.ServicerContext[bytes, bytes]
Behaviour = Callable[..., Awaitable[Message | bytes]]
Streaming = Callable[..., AsyncGenerator[Message, None]]
Conversing = Callable[..., AsyncGenerator[Message | bytes, None]]

_Method = TypeVar("_Method", bound=Callable[..., object])


class InFlight:
    """The calls under way, up to their last byte.

    A server that stops waits for these, and not for whoever watches its health or holds reflection open: those
    streams have no end of their own.
    """

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()
        self.stopping = asyncio.Event()
        """Set when the server stops: whoever waits for the next message of a caller waits no longer."""

    def add(self, context: Context) -> None:
        """Count the call of `context` until it is over."""
        self._count += 1
        self._none.clear()
        context.add_done_callback(self._remove)  # type: ignore[arg-type]  # the stubs want a class

    async def none(self) -> None:
        """Return when there are none."""
        await self._none.wait()

    def _remove(self, _context: object) -> None:
        self._count -= 1
        if not self._count:
            self._none.set()


def endless(method: _Method) -> _Method:
    """Mark a streaming method that ends only when its caller or the server does."""
    method.endless = True  # type: ignore[attr-defined]  # functions take attributes
    return method


def handlers(
    service: ServiceDescriptor, servicer: object, in_flight: InFlight, guard: Guard, watch: Watch
) -> grpc.GenericRpcHandler[Any, Any]:
    """The handlers of a service.

    Args:
        service: the service.
        servicer: has an async method for each call, from request and `Caller` to response (or its bytes); of a call
            that streams its answer, an async generator; of one that streams both ways, an async generator that takes
            the requests as an async iterator. A `message_class` of its own says of what class requests are.
        in_flight: counts the calls under way, but for `endless` ones.
        guard: lets callers in, before anything they sent is looked at; it is asked again for every message of a stream
            that is answered, so that whoever has lost their key hears no more.
        watch: sees to limits, and to what is told of every call.

    Raises:
        AttributeError: `servicer` lacks a method.
        LookupError: nobody has said yet who may make one of the calls.
    """
    message_class = getattr(servicer, "message_class", GetMessageClass)
    methods = {}
    for method in service.methods:
        behaviour = getattr(servicer, method.name)
        make = _HANDLERS[method.client_streaming, method.server_streaming]
        request_class = message_class(method.input_type)
        methods[method.name] = make(method, request_class, behaviour, in_flight, guard, watch)
    return grpc.method_handlers_generic_handler(service.full_name, methods)


def _handler(
    method: MethodDescriptor,
    request_class: type[Message],
    behaviour: Behaviour,
    in_flight: InFlight,
    guard: Guard,
    watch: Watch,
) -> grpc.RpcMethodHandler[Any, Any]:
    name, admit = method.full_name, guard.admission(method)

    async def call(payload: bytes, context: Context) -> bytes:
        in_flight.add(context)
        seen = watch.call(name, context)
        try:
            seen.arrived()
            caller = await admit(context)
            seen.admitted(caller.name)
            request = request_class.FromString(seen.sized(payload))
            seen.records = records_in(request)
            response = await behaviour(request, caller)
            context.set_trailing_metadata(seen.succeeded())
            return response if isinstance(response, bytes) else response.SerializeToString()
        except Exception as error:  # noqa: BLE001 - this is where every error becomes an answer
            return await _abort(context, failure_of(error, name), seen)
        finally:
            seen.end()

    return grpc.unary_unary_rpc_method_handler(call)


def _streaming_handler(
    method: MethodDescriptor,
    request_class: type[Message],
    behaviour: Streaming,
    in_flight: InFlight,
    guard: Guard,
    watch: Watch,
) -> grpc.RpcMethodHandler[Any, Any]:
    name, admit = method.full_name, guard.admission(method)
    counted = not getattr(behaviour, "endless", False)

    async def call(payload: bytes, context: Context) -> AsyncIterator[bytes]:
        if counted:
            in_flight.add(context)
        seen = watch.call(name, context, counted=counted)
        try:
            seen.arrived()
            caller = await admit(context)
            seen.admitted(caller.name)
            request = request_class.FromString(seen.sized(payload))
            async with aclosing(behaviour(request, caller)) as messages:  # also if the caller goes away
                async for message in messages:
                    await admit(context)
                    yield message.SerializeToString()
            context.set_trailing_metadata(seen.succeeded())
        except Exception as error:  # noqa: BLE001 - as for a single answer
            await _abort(context, failure_of(error, name), seen)
        finally:
            seen.end()

    return grpc.unary_stream_rpc_method_handler(call)


def _conversation_handler(
    method: MethodDescriptor,
    request_class: type[Message],
    behaviour: Conversing,
    in_flight: InFlight,
    guard: Guard,
    watch: Watch,
) -> grpc.RpcMethodHandler[Any, Any]:
    name, admit = method.full_name, guard.admission(method)

    async def call(_payloads: AsyncIterator[bytes], context: Context) -> None:
        in_flight.add(context)
        seen = watch.call(name, context)
        try:
            seen.arrived()
            caller = await admit(context)
            seen.admitted(caller.name)
            async with (
                aclosing(_requests(request_class, context, in_flight.stopping, seen)) as requests,
                aclosing(behaviour(requests, caller)) as answers,
            ):
                async for answer in answers:
                    await admit(context)
                    await context.write(answer if isinstance(answer, bytes) else answer.SerializeToString())
            context.set_trailing_metadata(seen.succeeded())
        except Exception as error:  # noqa: BLE001 - as for a single answer
            await _abort(context, failure_of(error, name), seen)
        finally:
            seen.end()

    return grpc.stream_stream_rpc_method_handler(call)


async def _requests(
    request_class: type[Message], context: Context, stopping: asyncio.Event, seen: Call
) -> AsyncGenerator[Message, None]:
    """The messages of a caller, read when they are asked for, until it has no more.

    Raises:
        DecodeError: a message cannot be read.
        Failure: the server stops.
    """
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        while True:
            reading = asyncio.ensure_future(context.read())
            try:
                await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                came = reading.done() or not reading.cancel()
            if not came:
                text = "the server is stopping; go on with another"
                raise Failure(StatusCode.UNAVAILABLE, "SERVER_STOPPING", text)
            payload = reading.result()
            if payload is grpc.aio.EOF:  # type: ignore[attr-defined]  # the stubs lack it
                return
            request = request_class.FromString(seen.sized(payload))
            seen.records += records_in(request)
            yield request
    finally:
        stopped.cancel()


_HANDLERS: Final[Mapping[tuple[bool, bool], Callable[..., grpc.RpcMethodHandler[Any, Any]]]] = {
    (False, False): _handler,
    (False, True): _streaming_handler,
    (True, True): _conversation_handler,
}
"""By whether the caller streams, and the server."""


async def _abort(context: Context, failure: Failure, seen: Call) -> bytes:
    failure = seen.told(failure)
    status = trailer_status(failure)
    trailers = (("grpc-status-details-bin", status.SerializeToString()), *seen.failed(failure))
    await context.abort(failure.code, status.message, trailers)
