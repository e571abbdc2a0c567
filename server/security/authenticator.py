"""Who makes a call, by what they can prove: an API key, a token, or the certificate of their connection."""

from __future__ import annotations

from typing import Final

from grpc import StatusCode

from server.errors import Failure
from server.security.caller import Caller
from server.security.certificates import Certificates
from server.security.guard import Context
from server.security.keys import KEY_PREFIX, KeyRing
from server.security.tokens import Tokens

_SCHEME: Final = "bearer "


class Proving:
    """Lets nobody in who has not proved who they are.

    A caller who sends a key or a token is who that says, whatever certificate they show: one that is not good is not
    passed over. What was wrong with it is told to nobody.
    """

    def __init__(self, keys: KeyRing, tokens: Tokens | None, certificates: Certificates | None) -> None:
        self._keys = keys
        self._tokens = tokens
        self._certificates = certificates

    async def identify(self, context: Context) -> Caller:
        """Who it is.

        Raises:
            Failure: UNAUTHENTICATED; UNAVAILABLE where it cannot be told now.
        """
        sent = [str(value) for key, value in context.invocation_metadata() or () if key == "authorization"]
        if sent:
            caller = await self._bearer(sent[0]) if len(sent) == 1 else None
        elif self._certificates is not None:
            # The stubs do not know that it is a mapping of names to what has them.
            caller = self._certificates.find(context.auth_context())
        else:
            text = "prove who calls: send an API key or a token as `authorization: Bearer ...`"
            raise Failure(StatusCode.UNAUTHENTICATED, "CREDENTIALS_MISSING", text)
        if caller is None:
            text = "the credentials are not good, or not any more; ask whoever runs the service for others"
            raise Failure(StatusCode.UNAUTHENTICATED, "CREDENTIALS_INVALID", text)
        return caller

    async def _bearer(self, authorization: str) -> Caller | None:
        if authorization[: len(_SCHEME)].lower() != _SCHEME:
            return None
        written = authorization[len(_SCHEME) :].strip()
        if written.startswith(KEY_PREFIX):
            return self._keys.find(written)
        return None if self._tokens is None else await self._tokens.find(written)
