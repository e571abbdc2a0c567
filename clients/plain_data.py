"""What the service answers about rulesets, as the plain data that the command line prints: the same JSON either way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from chuan.v1 import value_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

_NAMES: Final[Mapping[str, str]] = {"before": "from", "after": "to"}  # `from` is no name in Python
# The lists that are printed even if they are empty, by the message that they stand in.
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "CheckRulesetResponse": ("findings",),
    "TestReport": ("results",),
    "Coverage": ("missing",),
    "RulesetComparison": ("changes",),
    "ImpactTally": ("moves", "rules"),
    "ImpactGroup": ("moves",),
    "ImpactPart": ("changes",),
}
_WHOLE: Final = re.compile(r"-?\d+")


def plain_data(message: Message) -> dict[str, Any]:
    """The data that a report of the service says."""
    descriptor = message.DESCRIPTOR
    data: dict[str, Any] = {}
    for field in descriptor.fields:
        part = getattr(message, field.name)
        if field.is_repeated:
            if len(part) or field.name in _LISTS.get(descriptor.name, ()):
                data[_name(descriptor.name, field)] = [_part(each, field) for each in part]
        elif message.HasField(field.name) if field.has_presence else part:
            data[_name(descriptor.name, field)] = _part(part, field)
    return data


def _name(owner: str, field: Any) -> str:
    return _NAMES.get(field.name, field.name) if owner.startswith("Impact") else field.name


def _part(part: Any, field: Any) -> Any:
    if field.message_type is value_pb2.Value.DESCRIPTOR:
        return _value(part)
    if field.message_type is value_pb2.Record.DESCRIPTOR:
        return {each.name: _value(each.value) for each in part.fields}
    if field.message_type is Timestamp.DESCRIPTOR:
        return part.ToJsonString()
    if field.message_type is not None:
        return plain_data(part)
    if field.enum_type is not None:
        return _word(field.enum_type.name, field.enum_type.values_by_number[part].name)
    return part


def _word(enum: str, name: str) -> str:
    prefix = re.sub(r"(?<=.)([A-Z])", r"_\1", enum).upper()
    return name.removeprefix(f"{prefix}_").lower()


def _value(value: value_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "null" | None:
            return None
        case "list":
            return [_value(item) for item in value.list.items]
        case "record":
            return {each.name: _value(each.value) for each in value.record.fields}
        case "number":
            return int(value.number) if _WHOLE.fullmatch(value.number) else float(Decimal(value.number))
        case kind:
            return getattr(value, kind)
