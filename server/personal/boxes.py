"""Boxes: bytes under AES-256-GCM, with what they belong to as associated data, so that none passes for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.store.errors import StoreDamagedError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

Random = Callable[[int], bytes]
"""Gives so many random bytes."""


def shut(cipher: AESGCM, nonce: bytes, plain: bytes, owner: bytes) -> bytes:
    """The box of `plain`: the nonce, which is used once a key, and the ciphertext with its tag."""
    return nonce + cipher.encrypt(nonce, plain, owner)


def opened(cipher: AESGCM, box: bytes, owner: bytes) -> bytes:
    """What is in a box that was shut for `owner`.

    Raises:
        StoreDamagedError: it was changed, or is another's.
    """
    try:
        return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], owner)
    except (InvalidTag, ValueError):
        raise StoreDamagedError("a box of the store does not open: it was changed, or is another's") from None
