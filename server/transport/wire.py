"""Length-delimited fields of the wire format, for messages that are put together from bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from google.protobuf.message import Message

_LENGTH_DELIMITED: Final = 2  # the wire type of texts, bytes and messages
_KEPT_LENGTHS: Final = 4_096  # heads of one field, by the length of what follows


def delimited(message: type[Message], name: str) -> Callable[[bytes], bytes]:
    """What writes the field `name` of `message`, given its content: UTF-8, or the bytes of a message."""
    key = _varint(message.DESCRIPTOR.fields_by_name[name].number << 3 | _LENGTH_DELIMITED)

    @lru_cache(_KEPT_LENGTHS)
    def head(length: int) -> bytes:
        return key + _varint(length)

    return lambda content: head(len(content)) + content


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
