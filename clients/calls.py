"""What the calls of every service are made with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import grpc

from clients.credentials import Metadata
from clients.errors import call_error

Response = TypeVar("Response")


class Calls:
    """The calls of a service as methods; the client that has them says how a call is made."""

    @property
    def _metadata(self) -> Metadata:
        """Who calls, as every call says it."""
        raise NotImplementedError

    def _call(
        self, method: Callable[..., Response], request: object, languages: Sequence[str] = ()
    ) -> Response:
        """The answer to a request.

        Raises:
            ServiceError: the call failed.
        """
        raise NotImplementedError

    def _each(self, method: Callable[..., Iterable[Response]], request: object) -> Iterator[Response]:
        """The answers of a call that streams them, for as long as they come.

        Raises:
            ServiceError: the call failed.
        """
        try:
            yield from method(request, metadata=self._metadata)
        except grpc.RpcError as error:
            raise call_error(error) from None
