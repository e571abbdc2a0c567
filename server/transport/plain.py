"""Plain data of the engine as messages: the contract has the same names, so one walk serves all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from chuan.v1 import value_pb2
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import NULL_VALUE

M = TypeVar("M", bound=Message)

RENAMED: Final[Mapping[str, str]] = {"from": "before", "to": "after"}  # `from` is no name in Python


def message_of(data: Mapping[str, Any], message: type[M]) -> M:
    """The message that says what `data` say; None is left out.

    Raises:
        KeyError: the data have a part, or a word, that the contract does not have.
    """
    fields = message.DESCRIPTOR.fields_by_name
    made = {}
    for key, part in data.items():
        field = fields[RENAMED.get(key, key)]
        if part is not None or field.message_type is value_pb2.Value.DESCRIPTOR:
            made[field.name] = (
                [_part(each, field) for each in part] if field.is_repeated else _part(part, field)
            )
    return message(**made)


def _part(part: Any, field: Any) -> Any:
    if field.message_type is value_pb2.Value.DESCRIPTOR:
        return _value(part)
    if field.message_type is value_pb2.Record.DESCRIPTOR:
        return _record(part)
    if field.message_type is not None:
        return message_of(part, GetMessageClass(field.message_type))
    if field.enum_type is not None:
        return next(
            value.number
            for name, value in field.enum_type.values_by_name.items()
            if name.endswith(f"_{part.upper()}")
        )
    return part


def _value(plain: Any) -> value_pb2.Value:
    match plain:
        case None:
            return value_pb2.Value(null=NULL_VALUE)
        case bool():
            return value_pb2.Value(boolean=plain)
        case str():
            return value_pb2.Value(text=plain)
        case Mapping():
            return value_pb2.Value(record=_record(plain))
        case list() | tuple():
            return value_pb2.Value(list=value_pb2.ValueList(items=map(_value, plain)))
        case _:
            return value_pb2.Value(number=str(plain))


def _record(plain: Mapping[str, Any]) -> value_pb2.Record:
    return value_pb2.Record(
        fields=[value_pb2.Field(name=str(name), value=_value(part)) for name, part in plain.items()]
    )
