"""The public keys of whoever issues tokens: read from a file or fetched from an address, and again when they change.

An address that cannot be reached leaves the keys that were fetched last, for a time that is set. After that nobody
can say any more whether they have been withdrawn, and a token can neither be taken nor refused.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWKClient
from jwt.exceptions import PyJWTError

from server.security.settings import OidcSettings

LOOK_SECONDS: Final = 1.0  # between two looks whether keys are due, or a file has changed
RETRY_SECONDS: Final = 10.0  # between two fetches at the least: a token can make one necessary
FETCH_TIMEOUT_SECONDS: Final = 5.0
MIN_RSA_BITS: Final = 2_048

KeyName = tuple[str | None, str]
"""The id of a key (None: it has none) and the algorithm that it is used with."""

_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {"RSA": ("RS", "PS"), "EC": ("ES",), "OKP": ("EdDSA",)}

_log: Final = logging.getLogger("chuan.server")


class IssuerKeys:
    """The keys there are now. `keys` and `is_stale` may be asked from the event loop at any time."""

    def __init__(self, settings: OidcSettings, now_micros: Callable[[], int]) -> None:
        """Read a file; fetch nothing yet.

        Raises:
            OSError: the file, or the one of `jwks_ca`, cannot be read.
            ValueError: the file holds no key that tokens may be signed with.
        """
        self._settings = settings
        self._now_micros = now_micros
        self._fetching = asyncio.Lock()
        self._text: bytes | None = None
        self._keys: Mapping[KeyName, PyJWK] = {}
        self._had_at: int | None = None
        self._tried_at: int | None = None
        self._read = self._reader()
        if not settings.is_address:
            self.refresh()

    @property
    def keys(self) -> Mapping[KeyName, PyJWK]:
        """The keys as they were had last; the same object until there are others."""
        return self._keys

    @property
    def is_stale(self) -> bool:
        """Whether the keys were had too long ago to be relied on, or never."""
        return self._seconds_since(self._had_at) > self._settings.stale_seconds

    def refresh(self) -> None:
        """Read or fetch the keys. Blocking.

        Raises:
            OSError, PyJWTError, ValueError: they cannot be had, or there is none of use; those of before remain.
        """
        self._tried_at = self._now_micros()
        text = self._read()
        if text != self._text:
            self._keys = usable_keys(text, self._settings.algorithms)
            self._text = text
        self._had_at = self._now_micros()

    async def look_again(self) -> None:
        """Refresh because a token cannot be checked with the keys there are, unless that was tried just now."""
        async with self._fetching:
            if self._seconds_since(self._tried_at) >= RETRY_SECONDS:
                await self._try()

    async def follow(self) -> None:
        """Keep the keys current until cancelled."""
        while True:
            async with self._fetching:
                if self._seconds_since(self._had_at) >= self._every and self._may_retry:
                    await self._try()
            await asyncio.sleep(LOOK_SECONDS)

    @property
    def _every(self) -> float:
        return self._settings.refresh_seconds if self._settings.is_address else 0.0

    @property
    def _may_retry(self) -> bool:
        return not self._settings.is_address or self._seconds_since(self._tried_at) >= RETRY_SECONDS

    def _seconds_since(self, moment: int | None) -> float:
        """How long ago a moment was: ever so long if there was none, or if the clock has been set back since."""
        passed = -1.0 if moment is None else (self._now_micros() - moment) / 1e6
        return passed if passed >= 0 else math.inf

    async def _try(self) -> None:
        try:
            await asyncio.to_thread(self.refresh)
        except (OSError, PyJWTError, ValueError) as error:
            _log.warning("cannot have the keys of tokens from %s: %s", self._settings.jwks, error)

    def _reader(self) -> Callable[[], bytes]:
        settings = self._settings
        if not settings.is_address:
            return Path(settings.jwks).read_bytes
        client = PyJWKClient(
            settings.jwks,
            cache_jwk_set=False,
            timeout=FETCH_TIMEOUT_SECONDS,
            ssl_context=ssl.create_default_context(cafile=settings.jwks_ca),
        )
        return lambda: json.dumps(client.fetch_data(), sort_keys=True).encode()


def usable_keys(text: bytes, algorithms: Sequence[str]) -> Mapping[KeyName, PyJWK]:
    """The keys in a JWK set that signatures can be checked with; others (shared secrets, short ones) are left out.

    Raises:
        ValueError: it is no JWK set, or none of its keys is of use.
    """
    try:
        listed = json.loads(text)["keys"]
        found = {
            (jwk.get("kid"), algorithm): key for jwk in listed for algorithm, key in _keys_of(jwk, algorithms)
        }
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError("this is no JWK set: an object with a list of keys") from error
    if not found:
        raise ValueError(f"none of the keys can check what is signed with {', '.join(algorithms)}")
    return found


def _keys_of(jwk: Mapping[str, Any], algorithms: Sequence[str]) -> Iterator[tuple[str, PyJWK]]:
    families = _FAMILIES.get(jwk["kty"], ())
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        return
    for algorithm in algorithms:
        if algorithm.startswith(families) and jwk.get("alg", algorithm) == algorithm:
            try:
                key = PyJWK(dict(jwk), algorithm)
            except PyJWTError:
                continue  # of a curve that goes with another algorithm, or broken
            if not (isinstance(key.key, RSAPublicKey) and key.key.key_size < MIN_RSA_BITS):
                yield algorithm, key
