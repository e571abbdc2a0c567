"""Callers who show a certificate: gRPC has checked whose it is, and the settings say who that is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from server.security.caller import Caller
from server.security.settings import CertificateSettings

_COMMON_NAME: Final = "x509_common_name"
_ALTERNATIVE_NAME: Final = "x509_subject_alternative_name"
_PEM: Final = "x509_pem_cert"
_MAX_REMEMBERED: Final = 1_000  # certificates whose fingerprint is known again


class Certificates:
    """Tells whom a certificate lets in."""

    def __init__(self, settings: Sequence[CertificateSettings]) -> None:
        self._by_name: dict[tuple[str, str], Caller] = {}
        self._by_fingerprint: dict[bytes, Caller] = {}
        self._fingerprints: dict[bytes, bytes] = {}
        for each in settings:
            if each.sha256:
                self._by_fingerprint.setdefault(bytes.fromhex(each.sha256.replace(":", "")), each.caller)
            elif each.alternative_name:
                self._by_name.setdefault((_ALTERNATIVE_NAME, each.alternative_name), each.caller)
            else:
                self._by_name.setdefault((_COMMON_NAME, each.common_name), each.caller)

    def find(self, shown: Mapping[str, Iterable[bytes]]) -> Caller | None:
        """Whom the certificate of a connection lets in; None if none was shown, or it is nobody's here.

        Args:
            shown: what gRPC tells of the connection. A fingerprint counts before an alternative name, and that before
                a common name.
        """
        if self._by_fingerprint:
            for pem in shown.get(_PEM, ()):
                if (caller := self._by_fingerprint.get(self._fingerprint(pem))) is not None:
                    return caller
        for kind in (_ALTERNATIVE_NAME, _COMMON_NAME):
            for name in shown.get(kind, ()):
                if (caller := self._by_name.get((kind, name.decode(errors="replace")))) is not None:
                    return caller
        return None

    def _fingerprint(self, pem: bytes) -> bytes:
        found = self._fingerprints.get(pem)
        if found is None:
            if len(self._fingerprints) >= _MAX_REMEMBERED:
                self._fingerprints.clear()
            found = x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256())
            self._fingerprints[pem] = found
        return found
