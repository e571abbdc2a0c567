"""Signatures under the log: Ed25519 keys in files, and what they vouch for.

A key's id is the first 16 hexadecimal digits of the SHA-256 of its public half, so that a signature says by which key
it was made, and says nothing of the key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from server.store.errors import SigningKeyError

_ID_DIGITS: Final = 16
_PRIVATE: Final = 0o600


class Checkpoint(NamedTuple):
    """That the log had this hash at this position, as a key's holder says; at microseconds since 1970-01-01 UTC."""

    position: int
    chain_hash: bytes
    at_micros: int
    key_id: str
    signature: bytes


class Witnesses:
    """The public keys that signatures are believed by."""

    def __init__(self, keys: Iterable[Ed25519PublicKey] = ()) -> None:
        self._keys: Mapping[str, Ed25519PublicKey] = {key_id(key): key for key in keys}

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Witnesses:
        """The keys of files, public or private, in PEM.

        Raises:
            SigningKeyError: a file cannot be read, or holds something else.
        """
        return cls(map(_public, paths))

    def __bool__(self) -> bool:
        return bool(self._keys)

    def knows(self, key_id: str) -> bool:
        """Whether a signature by this key can be checked."""
        return key_id in self._keys

    def vouch(self, key_id: str, signature: bytes, statement: bytes) -> bool:
        """Whether the signature under a statement is by this key, which is one of these."""
        try:
            self._keys[key_id].verify(signature, statement)
        except InvalidSignature:
            return False
        return True


class Notary:
    """Signs with one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = key_id(key.public_key())

    @classmethod
    def read(cls, path: Path) -> Notary:
        """The key of a file in PEM.

        Raises:
            SigningKeyError: it cannot be read, or holds something else.
        """
        return cls(_private(path, _content(path)))

    @property
    def witnesses(self) -> Witnesses:
        """Its own public key."""
        return Witnesses([self._key.public_key()])

    def sign(self, statement: bytes) -> bytes:
        """The signature under a statement: 64 bytes."""
        return self._key.sign(statement)

    def checkpoint(self, position: int, chain_hash: bytes, at_micros: int) -> Checkpoint:
        """The checkpoint of an entry that is in the log."""
        signature = self.sign(checkpoint_statement(position, chain_hash, at_micros))
        return Checkpoint(position, chain_hash, at_micros, self.key_id, signature)


def checkpoint_statement(position: int, chain_hash: bytes, at_micros: int) -> bytes:
    """What is signed of a checkpoint."""
    return orjson.dumps(["chuan checkpoint", position, chain_hash.hex(), at_micros])


def key_id(key: Ed25519PublicKey) -> str:
    """The id of a key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:_ID_DIGITS]


def make_key(path: Path) -> tuple[str, Path]:
    """Make a key: the private half in `path`, readable by its owner alone, the public half beside it in ``….pub``.

    Returns:
        The key's id, and the file of the public half.

    Raises:
        SigningKeyError: a file is there already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    public = path.with_name(path.name + ".pub")
    try:
        _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), _PRIVATE)
        _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    except OSError as error:
        raise SigningKeyError(f"{error.filename}: {error.strerror}") from error
    return key_id(key.public_key()), public


def _write(path: Path, content: bytes, mode: int) -> None:
    # Never over another key: what it has signed could not be checked any more.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SigningKeyError(
            f"{path}: {error.strerror}; make one with `chuan decisions make-key`"
        ) from error


def _private(path: Path, content: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} holds no private key of Ed25519 in PEM")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    content = _content(path)
    if b"PRIVATE KEY" in content:
        return _private(path, content).public_key()
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError(f"{path} holds no public key of Ed25519 in PEM")
    return key
