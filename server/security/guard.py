"""The guard at the door of every call: who is it, and may they make it?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import grpc
from google.protobuf.descriptor import MethodDescriptor
from grpc import StatusCode

from server.errors import Failure
from server.security.access import WHOLE_STORE, roles_for
from server.security.caller import ALL_ROLES, MAX_CALLER_LENGTH, ROOT, Caller

Context = grpc.aio.ServicerContext[bytes, bytes]
Admission = Callable[[Context], Awaitable[Caller]]

_ACTOR: Final = "chuan-actor"  # the metadata in which a caller says who it is, where nobody has to prove it


class Authenticator(Protocol):
    """Tells who makes a call."""

    async def identify(self, context: Context) -> Caller:
        """Who it is.

        Raises:
            Failure: UNAUTHENTICATED, or UNAVAILABLE where it cannot be told now.
        """


class Stated:
    """Takes callers at their word, with every role and everywhere: for a service that only its own machine reaches."""

    async def identify(self, context: Context) -> Caller:
        """Whoever the metadata ``chuan-actor`` name; the empty name if they name nobody."""
        name = metadata_value(context, _ACTOR)
        if len(name) > MAX_CALLER_LENGTH:
            text = f"who calls, in the metadata {_ACTOR}, has at most {MAX_CALLER_LENGTH} characters"
            raise Failure(StatusCode.UNAUTHENTICATED, "ACTOR_MISSING", text)
        return Caller(name, ALL_ROLES, (ROOT,))


class Guard:
    """Lets callers in by what they have proved and by the table of `server.security.access`."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._identify = authenticator.identify

    def admission(self, method: MethodDescriptor) -> Admission:
        """What lets callers in to a call: from its context to who it is.

        The admission raises `Failure`: UNAUTHENTICATED, PERMISSION_DENIED, or UNAVAILABLE.

        Raises:
            LookupError: nobody has said yet who may make this call.
        """
        allowed, identify = roles_for(method), self._identify
        who, of_all = " or ".join(sorted(allowed)), method.name in WHOLE_STORE

        async def admit(context: Context) -> Caller:
            caller = await identify(context)
            if allowed.isdisjoint(caller.roles):
                text = f"this call is for the role {who}; ask whoever runs the service for it"
                raise Failure(StatusCode.PERMISSION_DENIED, "ROLE_MISSING", text)
            if of_all and not caller.is_everywhere:
                text = "this call is about all organisations, and you act for some of them alone"
                raise Failure(StatusCode.PERMISSION_DENIED, "ORGANISATION_NOT_YOURS", text)
            return caller

        return admit


def metadata_value(context: Context, key: str) -> str:
    """What the metadata of a call say under a key, stripped; empty if nothing. Of several, the first."""
    metadata = context.invocation_metadata() or ()
    return next((str(value).strip() for name, value in metadata if name == key), "")
