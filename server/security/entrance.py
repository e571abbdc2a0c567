"""The entrance of a server, as its settings have it: who guards it, and the certificate of its port."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Final

import grpc
from sqlalchemy import Engine

from server.security.authenticator import Proving
from server.security.certificates import Certificates
from server.security.guard import Guard, Stated
from server.security.jwks import IssuerKeys
from server.security.key_book import KeyBook
from server.security.keys import KeyRing
from server.security.settings import SecuritySettings
from server.security.tls import Tls
from server.security.tokens import Tokens

_log: Final = logging.getLogger("chuan.server")


class SecurityError(Exception):
    """The service cannot be secured as its settings have it; the text says what to change."""


class Entrance:
    """Who guards a server, and the certificate of its port.

    Attributes:
        guard: lets callers in to each call.
        tls: the certificate of the port; None: traffic is plaintext.
        is_open: whether callers are taken at their word.
    """

    def __init__(
        self, settings: SecuritySettings, host: str, database: Engine, now_micros: Callable[[], int]
    ) -> None:
        """Read certificates and keys. Blocking.

        Args:
            settings: of the security.
            host: the address that is listened on.
            database: where API keys are kept.
            now_micros: the clock.

        Raises:
            SecurityError: it cannot be secured so.
            StoreUnavailableError: the database cannot be used.
        """
        local = is_loopback(host)
        now = datetime.fromtimestamp(now_micros() / 1e6, UTC)
        self._follows: list[Callable[[], Coroutine[None, None, None]]] = []
        try:
            self.tls = Tls.of(settings.tls, now)
            self.is_open = _is_open(settings, local)
            self._refuse(settings, host, local)
            self.guard = Guard(Stated() if self.is_open else self._proving(settings, database, now_micros))
        except (OSError, ValueError) as error:
            raise SecurityError(f"security: {error}") from error
        if self.is_open:
            _log.warning("authentication is off: whoever reaches %s is who they say they are", host)

    def listen(self, server: grpc.aio.Server, address: str) -> int:
        """Open the port of a server at an address.

        Returns:
            The number of the port.

        Raises:
            RuntimeError: the address cannot be listened on.
        """
        if self.tls is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, self.tls.credentials)

    async def follow(self) -> None:
        """Keep up with keys that are made, withdrawn and replaced, until cancelled."""
        await asyncio.gather(*(follow() for follow in self._follows))

    def _proving(
        self, settings: SecuritySettings, database: Engine, now_micros: Callable[[], int]
    ) -> Proving:
        ring = KeyRing(KeyBook(database), now_micros)
        self._follows.append(ring.follow)
        tokens = None
        if settings.oidc.is_on:
            issuer_keys = IssuerKeys(settings.oidc, now_micros)
            self._follows.append(issuer_keys.follow)
            tokens = Tokens(settings.oidc, issuer_keys, now_micros)
        certificates = Certificates(settings.certificates) if settings.certificates else None
        if ring.is_empty and tokens is None and certificates is None:
            _log.warning("nobody can call yet: make a key with `chuan keys create`")
        return Proving(ring, tokens, certificates)

    def _refuse(self, settings: SecuritySettings, host: str, local: bool) -> None:
        if local:
            return
        if self.is_open:
            raise SecurityError(
                f"authentication is off, and {host} can be reached from elsewhere: leave "
                "security.authentication at auto, or listen on 127.0.0.1"
            )
        if self.tls is None and not settings.plaintext_anywhere:
            raise SecurityError(
                f"{host} can be reached from elsewhere, and without a certificate records and keys would travel "
                "for all to read: set security.tls.certificate and security.tls.key, listen on 127.0.0.1, or set "
                "security.plaintext_anywhere where something in front of the service has the certificate"
            )
        if self.tls is None:
            _log.warning("traffic on %s is plaintext: records and keys can be read on the way", host)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _is_open(settings: SecuritySettings, local: bool) -> bool:
    if settings.authentication == "auto":
        return local and not settings.oidc.is_on and not settings.certificates
    return settings.authentication == "off"
