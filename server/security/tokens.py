"""Bearer tokens of an OpenID Connect provider: checked once, and known again until they expire."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt
from grpc import StatusCode
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from server.errors import Failure
from server.security.caller import Caller, Role, is_name, subtree_of
from server.security.jwks import IssuerKeys, KeyName
from server.security.settings import OidcSettings

MAX_REMEMBERED: Final = 10_000  # tokens that are known again without being checked
MAX_TOKEN_LENGTH: Final = 16_384  # characters

_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What `typ` may say: other things of the same issuer, such as a logout token, are no credential."""


class Tokens:
    """Tells whom a token lets in. Belongs to the event loop."""

    def __init__(self, settings: OidcSettings, keys: IssuerKeys, now_micros: Callable[[], int]) -> None:
        self._settings = settings
        self._issuer_keys = keys
        self._now_micros = now_micros
        self._keys: Mapping[KeyName, PyJWK] = keys.keys
        self._remembered: dict[bytes, tuple[Caller, float]] = {}

    async def find(self, written: str) -> Caller | None:
        """Whom a token lets in; None if it is not good, or not any more.

        Raises:
            Failure: UNAVAILABLE, as the keys that it is checked with were had too long ago.
        """
        if self._issuer_keys.is_stale:
            await self._issuer_keys.look_again()
        if self._issuer_keys.is_stale:
            text = "the keys that tokens are checked with cannot be had now; try again"
            raise Failure(StatusCode.UNAVAILABLE, "TOKEN_KEYS_UNAVAILABLE", text)
        if self._keys is not self._issuer_keys.keys:  # what a withdrawn key has signed counts no more
            self._keys = self._issuer_keys.keys
            self._remembered.clear()
        mark = hashlib.sha256(written.encode()).digest()  # the token itself is not kept in memory
        known = self._remembered.get(mark)
        if known is None:
            known = await self._check(written)
            if known is None:
                return None
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)))
            self._remembered[mark] = known
        caller, until_micros = known
        if self._now_micros() < until_micros:
            return caller
        self._remembered.pop(mark, None)
        return None

    async def _check(self, written: str) -> tuple[Caller, float] | None:
        """Whom a token lets in and until when; None if it is not good."""
        if len(written) > MAX_TOKEN_LENGTH:
            return None
        try:
            header = jwt.get_unverified_header(written)
            key = await self._key(header)
            if key is None or str(header.get("typ", "JWT")).lower() not in _TYPES:
                return None
            claims = jwt.decode(
                written,
                key,
                algorithms=[key.algorithm_name],
                issuer=self._settings.issuer,
                audience=self._settings.audiences,
                # PyJWT would ask the machine's clock; ours is passed in.
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (PyJWTError, ValueError, RecursionError):  # the last two of JSON that no issuer wrote
            return None
        until = self._until_micros(claims)
        caller = caller_of(claims, self._settings)
        return None if until is None or caller is None else (caller, until)

    async def _key(self, header: Mapping[str, Any]) -> PyJWK | None:
        """The key that a token says it is signed with; looked for anew where there is none yet."""
        name = header.get("kid"), header.get("alg")
        if not isinstance(name[0], str | None) or not isinstance(name[1], str):
            return None
        if name not in self._keys and name[1] in self._settings.algorithms:
            await self._issuer_keys.look_again()
        return self._issuer_keys.keys.get((name[0], name[1]))

    def _until_micros(self, claims: Mapping[str, Any]) -> float | None:
        """Until when a token counts; None if not yet, or if it does not say so in numbers."""
        leeway, now = self._settings.leeway_seconds, self._now_micros() / 1e6
        expires, begins, issued = claims["exp"], claims.get("nbf", 0), claims.get("iat", 0)
        if not all(_is_moment(each) for each in (expires, begins, issued)):
            return None
        return None if max(begins, issued) > now + leeway else float((expires + leeway) * 1e6)


def caller_of(claims: Mapping[str, Any], settings: OidcSettings) -> Caller | None:
    """Who the claims of a token name, with what they may do; None if nobody that can be named."""
    name = _claim(claims, settings.name_claim)
    if not isinstance(name, str) or not is_name(name):
        return None
    roles = set()
    for word in _words(_claim(claims, settings.roles_claim)):
        role = settings.roles.get(word) if settings.roles else _ROLES.get(word)
        if role is not None:
            roles.add(role)
    organisations = []
    for word in _words(_claim(claims, settings.organisations_claim)):
        try:
            organisations.append(subtree_of(word))
        except ValueError:
            continue  # what is no path is no subtree of anything
    return Caller(name, frozenset(roles), tuple(organisations))


_ROLES: Final[Mapping[str, Role]] = {role.value: role for role in Role}


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """The claim of this name, else the one that its dots lead to; None if there is none."""
    if path in claims:  # a claim may be called https://example.org/roles
        return claims[path]
    found: object = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _words(claim: object) -> list[str]:
    if isinstance(claim, str):
        return claim.split()
    return [each for each in claim if isinstance(each, str)] if isinstance(claim, list) else []


def _is_moment(claim: object) -> bool:
    return isinstance(claim, int | float) and not isinstance(claim, bool) and math.isfinite(claim)
