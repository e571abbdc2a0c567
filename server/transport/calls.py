"""How every call is made: its message is read, its errors become statuses, its answer is written.

Handlers are registered without the generated (de)serializers, since what those raise never reaches a handler:
a message that cannot be read would be answered as an error of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from server.errors import Failure, failure_of, trailer_status
from server.security import Guard

Context = grpc.aio.ServicerContext[bytes, bytes]
Behaviour = Callable[..., Awaitable[Message | bytes]]
Streaming = Callable[..., AsyncIterator[Message]]

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
    service: ServiceDescriptor, servicer: object, in_flight: InFlight, guard: Guard
) -> grpc.GenericRpcHandler[Any, Any]:
    """The handlers of a service.

    Args:
        service: the service.
        servicer: has an async method for each call, from request and `Caller` to response (or its bytes); of a call
            that streams its answer, an async generator. A `message_class` of its own says of what class requests are.
        in_flight: counts the calls under way, but for `endless` ones.
        guard: lets callers in, before anything they sent is looked at; it is asked again for every message of a stream
            that is answered, so that whoever has lost their key hears no more.

    Raises:
        AttributeError: `servicer` lacks a method.
        LookupError: nobody has said yet who may make one of the calls.
    """
    message_class = getattr(servicer, "message_class", GetMessageClass)
    methods = {}
    for method in service.methods:
        behaviour = getattr(servicer, method.name)
        make = _streaming_handler if method.server_streaming else _handler
        request_class = message_class(method.input_type)
        methods[method.name] = make(method, request_class, behaviour, in_flight, guard)
    return grpc.method_handlers_generic_handler(service.full_name, methods)


def _handler(
    method: MethodDescriptor,
    request_class: type[Message],
    behaviour: Behaviour,
    in_flight: InFlight,
    guard: Guard,
) -> grpc.RpcMethodHandler[Any, Any]:
    name, admit = method.full_name, guard.admission(method)

    async def call(payload: bytes, context: Context) -> bytes:
        in_flight.add(context)
        try:
            caller = await admit(context)
            response = await behaviour(request_class.FromString(payload), caller)
            return response if isinstance(response, bytes) else response.SerializeToString()
        except Exception as error:  # noqa: BLE001 - this is where every error becomes an answer
            failure = failure_of(error, name)
        return await _abort(context, failure)

    return grpc.unary_unary_rpc_method_handler(call)


def _streaming_handler(
    method: MethodDescriptor,
    request_class: type[Message],
    behaviour: Streaming,
    in_flight: InFlight,
    guard: Guard,
) -> grpc.RpcMethodHandler[Any, Any]:
    name, admit = method.full_name, guard.admission(method)
    counted = not getattr(behaviour, "endless", False)

    async def call(payload: bytes, context: Context) -> AsyncIterator[bytes]:
        if counted:
            in_flight.add(context)
        try:
            caller = await admit(context)
            async for message in behaviour(request_class.FromString(payload), caller):
                await admit(context)
                yield message.SerializeToString()
            return
        except Exception as error:  # noqa: BLE001 - as for a single answer
            failure = failure_of(error, name)
        await _abort(context, failure)

    return grpc.unary_stream_rpc_method_handler(call)


async def _abort(context: Context, failure: Failure) -> bytes:
    status = trailer_status(failure)
    trailers = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(failure.code, status.message, trailers)
