"""Arrow IPC streams, looked at before anything of them is read: what they claim to hold, and whether they end.

A few bytes can claim to hold any number of rows, or to unpack to any size. So the sizes are added up from what the
messages say, and held to limits, before memory is asked for; whoever reads the stream afterwards unpacks no more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from server.tables.flatbuffer import FlatbufferError, Table

_MARK: Final = 0xFFFFFFFF  # before each message
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3  # kinds of messages
_ITEMS_A_ROW: Final = 50  # in a list, on average, at most
_MAX_DEPTH: Final = 16  # lists and structs inside each other
_TYPES: Final = {
    1: "null", 2: "int", 3: "floating point", 5: "utf8", 6: "bool", 7: "decimal", 8: "date", 9: "time",
    10: "timestamp", 12: "list", 13: "struct", 18: "duration", 20: "large utf8", 21: "large list",
}  # fmt: skip
"""The types that a table may have, by their numbers in the schema of Arrow."""


class ArrowError(ValueError):
    """The bytes are no Arrow IPC stream that can be read."""


class TableTooLargeError(ValueError):
    """The table passes a limit."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What a table may hold.

    Attributes:
        rows: of it; lists in it may have some tens of times as many items.
        columns: of it, those in structs and lists counted.
        bytes: unpacked.
    """

    rows: int
    columns: int
    bytes: int


def check_stream(stream: bytes, limits: TableLimits) -> None:
    """See that an IPC stream is whole, and holds no more than it may.

    Raises:
        ArrowError: it is no IPC stream, ends before its end marker, or has columns of types that no fact has.
        TableTooLargeError: it passes a limit.
    """
    rows, size = 0, 0
    try:
        kinds = []
        for message, body in _messages(memoryview(stream)):
            kind, header = message.byte(1), message.table(2)
            kinds.append(kind)
            if header is None or (kind == _SCHEMA) is not (len(kinds) == 1):
                raise FlatbufferError
            if kind == _SCHEMA:
                _check_columns(header, limits)
                continue
            batch = header.table(1) if kind == _DICTIONARY else header
            if kind not in (_DICTIONARY, _BATCH) or batch is None:
                raise FlatbufferError
            length = batch.long(0)
            rows += length if kind == _BATCH else 0
            items = max((count for count, _ in batch.pairs(1)), default=0)  # of columns and in lists
            for count, most, what in (
                (max(rows, length), limits.rows, "rows"),
                (items, limits.rows * _ITEMS_A_ROW, "items of a list"),
            ):
                if count > most:
                    raise TableTooLargeError(f"{count:,} {what}; at most {most:,} go into a chunk")
            if length < 0:
                raise FlatbufferError
            size += sum(_unpacked(batch, body))
            if size > limits.bytes:
                raise TableTooLargeError(f"{size:,} bytes unpacked; at most {limits.bytes:,} go into a chunk")
        if not kinds:
            raise ArrowError("it holds no table, not even a schema")
    except (FlatbufferError, struct.error) as error:
        raise ArrowError("it is no Arrow IPC stream, or is damaged") from error


def _messages(stream: memoryview) -> Iterator[tuple[Table, memoryview]]:
    """The messages of a stream and their bodies."""
    position = 0
    while True:
        if len(stream) - position < 8:
            if position == 0:
                raise FlatbufferError
            raise ArrowError("it ends before its end marker: it was cut off, or its writer was not closed")
        mark, size = struct.unpack_from("<II", stream, position)
        position += 8
        if mark != _MARK:
            raise FlatbufferError
        if size == 0:
            if position != len(stream):
                raise ArrowError("something follows on its end marker; a chunk is one stream")
            return
        metadata = stream[position : position + size]
        if len(metadata) < size:
            raise ArrowError("it ends in the middle of a message: it was cut off")
        message = Table.root(metadata)
        position += size
        length = message.long(3)
        if length < 0:
            raise FlatbufferError
        body = stream[position : position + length]
        if len(body) < length:
            raise ArrowError("it ends in the middle of a message: it was cut off")
        yield message, body
        position += length


def _check_columns(schema: Table, limits: TableLimits) -> None:
    if schema.byte(0) != 0:
        raise ArrowError("its numbers are big-endian; little-endian ones are read")
    count = 0
    fields = [(field, 1) for field in schema.tables(1)]
    while fields:
        field, depth = fields.pop()
        count += 1
        if count > limits.columns:
            raise TableTooLargeError(f"more columns, with those in structs, than {limits.columns:,}")
        if depth > _MAX_DEPTH:
            raise ArrowError(f"lists and structs are nested more than {_MAX_DEPTH} deep")
        if field.byte(2) not in _TYPES:
            raise ArrowError(
                f"the column {_shown(field.text(0))} has a type that no fact is read from; "
                f"those read are {', '.join(_TYPES.values())}, and dictionaries of them"
            )
        fields += [(child, depth + 1) for child in field.tables(5)]


def _unpacked(batch: Table, body: memoryview) -> Iterator[int]:
    """How many bytes each buffer of a batch has, unpacked."""
    packed = batch.table(3) is not None
    for offset, length in batch.pairs(2):
        if offset < 0 or length < 0 or offset + length > len(body):
            raise FlatbufferError
        size = length
        if packed and length:
            (size,) = struct.unpack_from("<q", body, offset)  # before what is packed; -1: it is not
            if size < -1 or length < 8:
                raise FlatbufferError
            size = length - 8 if size == -1 else size
        yield size


def _shown(name: str) -> str:
    return f'"{name}"' if len(name) <= 60 else f'"{name[:60]}…"'
