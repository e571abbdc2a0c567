"""Master keys: what the keys of subjects are wrapped by, so that the database alone opens nothing.

They are in a file that the settings name: a key a line, 32 bytes in base64. The first wraps, all of them unwrap, so a
new one is put before the old one, and the old one goes when nothing is wrapped by it any more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.personal.boxes import KEY_BYTES, Random, opened, shut
from server.store.errors import MasterKeyError

BARE: Final = ""
"""The id of no master key: the subject's key is kept as it is."""
_ID_BYTES: Final = 8
_PRIVATE: Final = 0o600
_MAKE: Final = "make one with `chuan personal key FILE`"


class MasterKeys:
    """The master keys of a file, the current one first; or none."""

    def __init__(self, keys: Mapping[str, AESGCM] = MappingProxyType({})) -> None:
        """Take keys by their ids; `read` and `of` make them."""
        self._keys = dict(keys)
        self.current = next(iter(self._keys), BARE)

    @classmethod
    def of(cls, *keys: bytes) -> MasterKeys:
        """These keys of 32 bytes, the current one first."""
        return cls({_id(key): AESGCM(key) for key in keys})

    @classmethod
    def read(cls, path: Path) -> MasterKeys:
        """The keys of a file.

        Raises:
            MasterKeyError: it cannot be read, holds no key, or something else; the text says where.
        """
        keys = [_key(line, f"{path}:{number}") for number, line in _lines(path)]
        if not keys:
            raise MasterKeyError(f"{path}: there is no master key in it; {_MAKE}")
        return cls.of(*keys)

    def knows(self, master_id: str) -> bool:
        """Whether what was wrapped by this key can be unwrapped."""
        return master_id == BARE or master_id in self._keys

    def wrapped(self, key: bytes, nonce: bytes, key_id: int) -> bytes:
        """A subject's key as it is kept; a nonce is used once."""
        cipher = self._keys.get(self.current)
        return key if cipher is None else shut(cipher, nonce, key, _owner(key_id))

    def unwrapped(self, wrapped: bytes, master_id: str, key_id: int) -> bytes:
        """A subject's key as it was before it was wrapped.

        Raises:
            MasterKeyError: it was wrapped by a key that is not here.
            StoreDamagedError: it was changed, or is another's.
        """
        if master_id == BARE:
            return wrapped
        cipher = self._keys.get(master_id)
        if cipher is None:
            raise MasterKeyError(f"what is asked for is under master key {master_id}, which is not at hand")
        return opened(cipher, wrapped, _owner(key_id))


def add_key(path: Path, random: Random) -> str:
    """Put a new key first in a file of master keys, which is made if missing, for its owner alone.

    Returns:
        The id of the key.

    Raises:
        MasterKeyError: the file cannot be read or written, or holds something else.
    """
    key = random(KEY_BYTES)
    before = ""
    if path.exists():
        MasterKeys.read(path)  # it refuses what is no file of master keys
        before = path.read_text("ascii")
    beside = path.with_name(f"{path.name}.new")
    try:
        # Never a moment without the old keys: what they wrap would be lost with them.
        beside.touch(_PRIVATE, exist_ok=False)
        with beside.open("w", encoding="ascii") as file:
            file.write(base64.b64encode(key).decode() + "\n" + before)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise MasterKeyError(f"{path}: {error.strerror}") from error
    return _id(key)


def open_to_others(path: Path) -> bool:
    """Whether others than its owner may read a file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH))


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text("ascii")
    except OSError as error:
        raise MasterKeyError(f"{path}: {error.strerror}; {_MAKE}") from error
    except UnicodeDecodeError as error:
        raise MasterKeyError(f"{path}: it holds something else than master keys; {_MAKE}") from error
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _key(line: str, place: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{place}: a master key is {KEY_BYTES} bytes in base64; {_MAKE}")
    return key


def _id(key: bytes) -> str:
    return hashlib.sha256(b"chuan master key" + key).digest()[:_ID_BYTES].hex()


def _owner(key_id: int) -> bytes:
    return b"subject key %d" % key_id
