"""Reads flatbuffers, in which Arrow writes the metadata of its messages, as far as they are asked for.

Nothing in them is trusted: whatever points outside the buffer is an error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, Self

_I32: Final = struct.Struct("<i")
_U32: Final = struct.Struct("<I")
_U16: Final = struct.Struct("<H")
_I64: Final = struct.Struct("<q")


class FlatbufferError(ValueError):
    """The bytes are no flatbuffer of this kind."""


class Table:
    """A table of a flatbuffer. Fields are asked for by their places in its schema, counted from 0."""

    __slots__ = ("_buffer", "_fields", "_position")

    def __init__(self, buffer: memoryview, position: int) -> None:
        self._buffer, self._position = buffer, position
        start = position - self._read(_I32, position)
        size = self._read(_U16, start)
        self._fields = [self._read(_U16, start + at) for at in range(4, size, 2)]

    @classmethod
    def root(cls, buffer: memoryview) -> Self:
        """The table that a buffer holds."""
        return cls(buffer, cls._of(buffer, _U32, 0))

    def byte(self, field: int) -> int:
        """An unsigned number of 8 bits; 0 if it is not there."""
        position = self._at(field)
        if position and position >= len(self._buffer):
            raise FlatbufferError
        return self._buffer[position] if position else 0

    def long(self, field: int) -> int:
        """A signed number of 64 bits; 0 if it is not there."""
        position = self._at(field)
        return self._read(_I64, position) if position else 0

    def table(self, field: int) -> Table | None:
        """A table."""
        position = self._at(field)
        return Table(self._buffer, position + self._read(_U32, position)) if position else None

    def text(self, field: int) -> str:
        """A text; empty if it is not there."""
        start, length = self._vector(field, 1)
        try:
            return str(self._buffer[start : start + length], "utf-8")
        except UnicodeDecodeError as error:
            raise FlatbufferError from error

    def tables(self, field: int) -> Iterator[Table]:
        """A vector of tables."""
        start, length = self._vector(field, 4)
        for place in range(start, start + 4 * length, 4):
            yield Table(self._buffer, place + self._read(_U32, place))

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """A vector of structs of two signed numbers of 64 bits."""
        start, length = self._vector(field, 16)
        return struct.iter_unpack("<qq", self._buffer[start : start + 16 * length])

    def _vector(self, field: int, item_bytes: int) -> tuple[int, int]:
        position = self._at(field)
        if not position:
            return 0, 0
        position += self._read(_U32, position)
        length = self._read(_U32, position)
        if position + 4 + length * item_bytes > len(self._buffer):
            raise FlatbufferError
        return position + 4, length

    def _at(self, field: int) -> int:
        offset = self._fields[field] if field < len(self._fields) else 0
        return self._position + offset if offset else 0

    def _read(self, kind: struct.Struct, position: int) -> int:
        return self._of(self._buffer, kind, position)

    @staticmethod
    def _of(buffer: memoryview, kind: struct.Struct, position: int) -> int:
        # A negative position would be counted from the end.
        if not 0 <= position <= len(buffer) - kind.size:
            raise FlatbufferError
        number: int = kind.unpack_from(buffer, position)[0]
        return number
