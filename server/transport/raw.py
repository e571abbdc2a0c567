"""Requests whose records are not read yet: the messages of the contract, with the fields of records as bytes.

On the wire a message within a message is bytes, so both read the same. What protobuf makes of a record is an object
for each field and one for its value, which cost more than the evaluation; as bytes, a field that came before is known
again (`server.transport.records`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from chuan.v1 import evaluation_service_pb2, value_pb2
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass


def raw_class(message: Descriptor) -> type[Message]:
    """The class of the messages that are read as `message` is, with the fields of records left as bytes."""
    return GetMessageClass(_POOL.FindMessageTypeByName(message.full_name))


def fields_of(record: value_pb2.Record) -> Sequence[bytes]:
    """The fields of a record in a message of a `raw_class`, which its type does not tell from the contract's."""
    return cast("Sequence[bytes]", record.fields)


def _pool(*files: FileDescriptor) -> DescriptorPool:
    pool = DescriptorPool()
    added: set[str] = set()

    def add(file: FileDescriptor) -> None:
        if file.name in added:
            return
        added.add(file.name)
        for needed in file.dependencies:
            add(needed)
        proto = FileDescriptorProto()
        file.CopyToProto(proto)
        if file.name == value_pb2.DESCRIPTOR.name:
            (record,) = [each for each in proto.message_type if each.name == value_pb2.Record.DESCRIPTOR.name]
            (fields,) = record.field
            fields.type = FieldDescriptorProto.TYPE_BYTES
            fields.ClearField("type_name")
        pool.Add(proto)

    for file in files:
        add(file)
    return pool


_POOL: Final = _pool(evaluation_service_pb2.DESCRIPTOR)
