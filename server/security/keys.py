"""API keys: what they look like, and which there are now.

A key is ``ck_<id>_<secret>``. The id finds it; of the secret, 256 random bits, only the SHA-256 is kept: against a
guess nothing slower is needed, and a call is not kept waiting. Several processes share one book of keys: each looks
into it every half second, and so knows of a key that was withdrawn within a second.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from server.limits import FOLLOW_SECONDS
from server.security.caller import Caller
from server.store import StoreUnavailableError

KEY_PREFIX: Final = "ck_"

_ID_BYTES: Final = 10
_SECRET_BYTES: Final = 32
_NOBODYS: Final = bytes(32)  # so that an id that there is not takes as long as another
_WRITTEN: Final = re.compile(r"ck_([a-z2-7]{16})_([a-z2-7]{52})", re.ASCII)

_log: Final = logging.getLogger("chuan.server")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept; times are microseconds since 1970-01-01 UTC.

    Attributes:
        key_id: finds it; no secret.
        caller: whom it lets in.
        digest: SHA-256 of its secret.
        created_at_micros: when it was made.
        expires_at_micros: from when it is not taken any more; None: it does not expire.
        revoked_at_micros: since when it is withdrawn; None: it is not.
        replaces: the id of the key that it was rotated from, or empty.
    """

    key_id: str
    caller: Caller
    digest: bytes
    created_at_micros: int
    expires_at_micros: int | None = None
    revoked_at_micros: int | None = None
    replaces: str = ""

    def is_valid(self, now_micros: int) -> bool:
        """Whether it is taken at this moment."""
        if self.revoked_at_micros is not None:
            return False
        return self.expires_at_micros is None or now_micros < self.expires_at_micros


def new_key(
    caller: Caller,
    *,
    now_micros: int,
    random: Callable[[int], bytes],
    expires_at_micros: int | None = None,
    replaces: str = "",
) -> tuple[ApiKey, str]:
    """A new key: as it is kept, and as its owner gets it, once."""
    key_id, secret = (_letters(random(count)) for count in (_ID_BYTES, _SECRET_BYTES))
    key = ApiKey(
        key_id=key_id,
        caller=caller,
        digest=_digest(secret),
        created_at_micros=now_micros,
        expires_at_micros=expires_at_micros,
        replaces=replaces,
    )
    return key, f"{KEY_PREFIX}{key_id}_{secret}"


class Keys(Protocol):
    """Where keys are kept. Blocking; raises `StoreUnavailableError`."""

    def changes(self) -> int:
        """How many changes of keys there were: whoever has seen so many has seen all."""

    def all(self) -> tuple[ApiKey, ...]:
        """Every key there ever was, in the order in which they were made."""


class KeyRing:
    """The keys there are now, in memory."""

    def __init__(self, book: Keys, now_micros: Callable[[], int]) -> None:
        """Read the book; raises `StoreUnavailableError`."""
        self._book = book
        self._now_micros = now_micros
        self._changes = -1
        self._keys: Mapping[str, ApiKey] = {}
        self.refresh()

    def find(self, written: str) -> Caller | None:
        """Whom a key lets in; None if it is none, or none any more."""
        match = _WRITTEN.fullmatch(written)
        if match is None:
            return None
        key = self._keys.get(match[1])
        right = hmac.compare_digest(_digest(match[2]), _NOBODYS if key is None else key.digest)
        return key.caller if key is not None and right and key.is_valid(self._now_micros()) else None

    @property
    def is_empty(self) -> bool:
        """Whether no key lets anybody in."""
        now = self._now_micros()
        return not any(key.is_valid(now) for key in self._keys.values())

    def refresh(self) -> None:
        """Look into the book. Blocking; raises `StoreUnavailableError`."""
        changes = self._book.changes()
        if changes != self._changes:
            self._keys = {key.key_id: key for key in self._book.all()}
            self._changes = changes

    async def follow(self) -> None:
        """Keep up with the book until cancelled."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await asyncio.to_thread(self.refresh)
            except StoreUnavailableError as error:
                _log.warning("cannot look for changes of keys: %s", error)


def _letters(random: bytes) -> str:
    return base64.b32encode(random).decode().rstrip("=").lower()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
