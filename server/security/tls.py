"""The certificate of the service: read from its files, and again when they change.

gRPC asks for it at every handshake. Connections that stand keep the one they were made with; a new one gets the new
one. Files that do not belong together, as while somebody is replacing them, change nothing until they do.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from server.security.settings import TlsSettings

_WARN_DAYS: Final = 14  # before the certificate expires
_OPEN_TO_OTHERS: Final = 0o077

_log: Final = logging.getLogger("chuan.server")

Signature = tuple[tuple[int, int, int], ...]


class Tls:
    """The certificate of a port, and the callers' authority where they have to show one."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None, now: datetime) -> None:
        """Read the files.

        Raises:
            OSError: one cannot be read.
            ValueError: one is not what it should be, or they do not belong together; the text says which.
        """
        self._certificate = certificate
        self._key = key
        self._client_ca = client_ca
        self._loading = threading.Lock()
        self._seen = self._signature()
        self._current = self._load()
        if key.stat().st_mode & _OPEN_TO_OTHERS:
            _log.warning("%s can be read by others than its owner: chmod 600 it", key)
        days = (self.expires_at - now).days
        if days < _WARN_DAYS:
            _log.warning("the certificate %s expires in %d days", certificate, days)

    @classmethod
    def of(cls, settings: TlsSettings, now: datetime) -> Tls | None:
        """What the settings ask for; None where traffic is plaintext. Raises as the constructor."""
        if settings.certificate is None or settings.key is None:
            return None
        return cls(settings.certificate, settings.key, settings.client_ca, now)

    @property
    def credentials(self) -> grpc.ServerCredentials:
        """What a port is opened with: TLS 1.2 or 1.3."""
        return grpc.dynamic_ssl_server_credentials(
            self._current,
            self._changed,  # type: ignore[arg-type]  # the stubs lack None, which means: as before
            require_client_authentication=self._client_ca is not None,
        )

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """The certificate to go on with; None if nothing has changed. Threads of gRPC ask."""
        with self._loading:
            try:
                found = self._signature()
                if found == self._seen:
                    return None
                self._seen = found
                self._current = self._load()
            except (OSError, ValueError) as error:
                _log.error("the certificate is not replaced: %s", error)
                return None
        _log.info("the certificate is replaced: it expires at %s", self.expires_at.isoformat())
        return self._current

    def _files(self) -> tuple[Path, ...]:
        return tuple(each for each in (self._certificate, self._key, self._client_ca) if each is not None)

    def _signature(self) -> Signature:
        """Changes when a file does."""
        stats = [each.stat() for each in self._files()]
        return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in stats)

    def _load(self) -> grpc.ServerCertificateConfiguration:
        chain, key = self._certificate.read_bytes(), self._key.read_bytes()
        try:
            first = x509.load_pem_x509_certificates(chain)[0]
        except ValueError as error:
            raise ValueError(f"{self._certificate} holds no certificate in PEM") from error
        try:
            private = load_pem_private_key(key, password=None)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{self._key} holds no private key in PEM without a passphrase") from error
        if private.public_key() != first.public_key():
            raise ValueError(f"{self._key} is not the key of {self._certificate}")
        authority = None
        if self._client_ca is not None:
            authority = self._client_ca.read_bytes()
            try:
                x509.load_pem_x509_certificates(authority)
            except ValueError as error:
                raise ValueError(f"{self._client_ca} holds no certificate in PEM") from error
        self.expires_at = first.not_valid_after_utc.astimezone(UTC)
        return grpc.ssl_server_certificate_configuration([(key, chain)], root_certificates=authority)
