"""How every call is made: its message is read, its errors become statuses, its answer is written.

Handlers are registered without the generated (de)serializers, since what those raise never reaches a handler:
a message that cannot be read would be answered as an error of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from server.errors import Failure, failure_of, trailer_status

Context = grpc.aio.ServicerContext[bytes, bytes]
Behaviour = Callable[[Any], Awaitable[Message | bytes]]


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


def handlers(
    service: ServiceDescriptor, servicer: object, in_flight: InFlight
) -> grpc.GenericRpcHandler[Any, Any]:
    """The handlers of a service: `servicer` has an async method for each call, from request to response (or its bytes).

    Raises:
        AttributeError: `servicer` lacks one.
    """
    methods = {
        method.name: _handler(method, getattr(servicer, method.name), in_flight) for method in service.methods
    }
    return grpc.method_handlers_generic_handler(service.full_name, methods)


def _handler(
    method: MethodDescriptor, behaviour: Behaviour, in_flight: InFlight
) -> grpc.RpcMethodHandler[Any, Any]:
    request_class = GetMessageClass(method.input_type)
    name = method.full_name

    async def call(payload: bytes, context: Context) -> bytes:
        in_flight.add(context)
        try:
            response = await behaviour(request_class.FromString(payload))
            return response if isinstance(response, bytes) else response.SerializeToString()
        except Exception as error:  # noqa: BLE001 - this is where every error becomes an answer
            failure = failure_of(error, name)
        return await _abort(context, failure)

    return grpc.unary_unary_rpc_method_handler(call)


async def _abort(context: Context, failure: Failure) -> bytes:
    status = trailer_status(failure)
    trailers = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(failure.code, status.message, trailers)
