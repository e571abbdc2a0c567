"""Length-delimited fields of the wire format, for messages that are put together from bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from google.protobuf.message import Message

_LENGTH_DELIMITED: Final = 2  # the wire type of texts, bytes and messages
_COMMON_LENGTHS: Final = 4_096  # below which lengths are at hand as they are written


def delimited(message: type[Message], name: str) -> Callable[[bytes], bytes]:
    """What writes the field `name` of `message`, given its content: UTF-8, or the bytes of a message."""
    key = _varint(message.DESCRIPTOR.fields_by_name[name].number << 3 | _LENGTH_DELIMITED)

    def write(content: bytes) -> bytes:
        length = len(content)
        return key + (_WRITTEN[length] if length < _COMMON_LENGTHS else _varint(length)) + content

    return write


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


_WRITTEN: Final = tuple(map(_varint, range(_COMMON_LENGTHS)))
