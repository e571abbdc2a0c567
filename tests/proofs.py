"""What callers and servers prove who they are with, made for a test: certificates and tokens."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://login.example.gov.vn"
AUDIENCE = "chuan"


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and its key."""

    certificate: Path
    key: Path

    @property
    def serial(self) -> int:
        return x509.load_pem_x509_certificate(self.certificate.read_bytes()).serial_number

    @property
    def fingerprint(self) -> str:
        return (
            x509.load_pem_x509_certificate(self.certificate.read_bytes())
            .fingerprint(hashes.SHA256())
            .hex(":")
        )


class Authority:
    """An authority whose certificates are for loopback; `ca` is the file of its own."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._builder(self._name, self._key, 365).add_extension(x509.BasicConstraints(True, None), True)
        self.ca = folder / f"{name}.pem"
        self.ca.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, name: str, *alternatives: str, days: int = 30, file: str = "") -> Pair:
        """A certificate for `name`, with these DNS names besides; without any, for loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names: list[x509.GeneralName] = [x509.DNSName(each) for each in alternatives]
        if not names:
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = self._builder(subject, key, days)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        pair = Pair(self._folder / f"{file or name}.crt", self._folder / f"{file or name}.key")
        pair.certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pair.key.touch(mode=0o600)
        pair.key.write_bytes(private)
        return pair

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=days))
        )


class Issuer:
    """An issuer of tokens with an RSA key, `r1` unless said otherwise, and an EC key `e1`."""

    def __init__(self, now: float, kid: str = "r1") -> None:
        self.now = now
        self.kid = kid
        self.rsa = rsa.generate_private_key(65_537, 2_048)
        self.ec = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwks(self) -> dict[str, Any]:
        """Its public keys."""
        r1 = {**RSAAlgorithm.to_jwk(self.rsa.public_key(), as_dict=True), "kid": self.kid, "use": "sig"}
        e1 = {**ECAlgorithm.to_jwk(self.ec.public_key(), as_dict=True), "kid": "e1", "alg": "ES256"}
        return {"keys": [r1, e1]}

    def claims(self, **others: object) -> dict[str, object]:
        """Claims that are good for an hour, but for `others`; one that is None is left out."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "nguyen-van-at",
            "iat": int(self.now),
            "exp": int(self.now) + 3_600,
            "roles": ["submitter"],
            "organisations": ["vn/ha-noi"],
            **others,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **others: object) -> str:
        """A token with these claims, signed with the RSA key."""
        return self.signed(self.claims(**others))

    def signed(
        self, claims: dict[str, Any], key: Any = None, algorithm: str = "RS256", **header: object
    ) -> str:
        """A token signed in any way."""
        return jwt.encode(claims, key or self.rsa, algorithm, headers={"kid": self.kid, **header})

    def write(self, file: Path) -> Path:
        """Its public keys in a file."""
        file.write_text(json.dumps(self.jwks))
        return file
