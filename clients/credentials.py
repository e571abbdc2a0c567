"""What a client proves who it is with, and what it checks the server by."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

Metadata = tuple[tuple[str, str], ...]
ChannelOptions = Sequence[tuple[str, object]]


class CredentialsError(Exception):
    """The credentials cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How a client and a server prove to each other who they are.

    Attributes:
        key: an API key or a token; or what gives it, asked before each call, since a token does not last.
        tls: whether the connection is encrypted, and the server checked by the authorities that gRPC knows.
        ca: the authority's certificate, in PEM, that the server is checked by instead; implies `tls`.
        certificate: your own certificate, in PEM, where the server asks for one; implies `tls`.
        certificate_key: the private key of `certificate`, in PEM.
        plaintext_anywhere: send `key` in plaintext beyond this machine, where the network is trusted.
    """

    key: str | Callable[[], str] = ""
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None
    plaintext_anywhere: bool = False

    @property
    def encrypts(self) -> bool:
        """Whether the connection is encrypted."""
        return self.tls or self.ca is not None or self.certificate is not None

    def channel(self, target: str, options: ChannelOptions) -> grpc.Channel:
        """A channel to a server.

        Raises:
            CredentialsError: a file cannot be used, or a key would travel for all to read.
        """
        if self.encrypts:
            return grpc.secure_channel(target, self._tls(), options)
        if self.key and not (self.plaintext_anywhere or is_loopback(target)):
            raise CredentialsError(
                f"the key would travel to {target} for all to read: name the authority's certificate (--ca), or say "
                "that the server's is from one that everybody knows (--tls)"
            )
        return grpc.insecure_channel(target, options)

    def metadata(self) -> Metadata:
        """What is sent with a call.

        Raises:
            CredentialsError: the key cannot be had, or cannot be sent.
        """
        key = self.key() if callable(self.key) else self.key
        if not key:
            return ()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise CredentialsError("the key holds what no key has, such as a space or a line break")
        return (("authorization", f"Bearer {key}"),)

    def _tls(self) -> grpc.ChannelCredentials:
        if (self.certificate is None) != (self.certificate_key is None):
            raise CredentialsError("a certificate and its private key belong together: name both")
        ca, key, certificate = map(_read, (self.ca, self.certificate_key, self.certificate))
        return grpc.ssl_channel_credentials(ca, key, certificate)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key in a file, read again for every call: whoever rotates it need stop nobody."""

    path: Path

    def __call__(self) -> str:
        """The key; raises `CredentialsError` where there is none."""
        content = _read(self.path) or b""
        try:
            key = content.decode().strip()
        except UnicodeDecodeError as error:
            raise CredentialsError(f"{self.path} is no file with a key") from error
        if not key:
            raise CredentialsError(f"{self.path} is empty: it should hold a key")
        return key


NO_CREDENTIALS: Final = Credentials()


def is_loopback(target: str) -> bool:
    """Whether a target, such as ``127.0.0.1:50061``, is on this machine."""
    host = target.removeprefix("dns:///").rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or target.startswith("unix:")


def why_unreachable(target: str, details: str) -> str:
    """What to do about a server that was not reached, given what gRPC says of it."""
    signs = _SIGNS if details.startswith("failed to connect") else ()
    return next((text for sign, text in signs if sign in details), _NOBODY).format(target=target)


_NOBODY: Final = "no server answers at {target}: start one with `chuan serve`, or check the address"
_SIGNS: Final = (
    (
        "Hostname Verification Check failed",
        "the certificate of the server is for other names than {target}: call it by one of them",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED: certificate has expired",
        "the certificate of {target} has expired: whoever runs the service has to renew it",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "the certificate of {target} is not from the authority that it is checked by: name the right one (--ca)",
    ),
    (
        "WRONG_VERSION_NUMBER",
        "{target} does not encrypt: leave --ca, --tls and --cert out, or check the address",
    ),
    (
        "Socket closed",
        "{target} closes the connection: it may want it encrypted (--ca or --tls), or your certificate (--cert)",
    ),
)


def _read(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror}") from error
