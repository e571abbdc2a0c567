"""Verdicts from the engine's data to the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chuan.v1 import verdict_pb2

Data = Mapping[str, Any]


def verdict_to(data: Data) -> verdict_pb2.Verdict:
    """The message of a verdict's data (`Verdict.to_data`).

    The constructor builds the whole tree from dicts in C, faster than one call a message; so only what is
    named differently on the wire is rewritten: enums, values that hold values, and a step's antecedents.
    """
    fields = dict(data)
    fields["status"] = _STATUS[data["status"]]
    fields["ruleset"] = {**data["ruleset"], "chosen_by": _CHOSEN_BY[data["ruleset"]["chosen_by"]]}
    for name, convert in _CONVERTED:
        if name in data:
            fields[name] = [convert(item) for item in data[name]]
    return verdict_pb2.Verdict(**fields)


def _numbers(enum: str, prefix: str) -> Mapping[str, int]:
    """The numbers of an enum of verdict.proto, by the names that the engine's data has for them."""
    values = verdict_pb2.DESCRIPTOR.enum_types_by_name[enum].values
    return {value.name.removeprefix(prefix).lower(): value.number for value in values}


_STATUS: Final = _numbers("VerdictStatus", "VERDICT_STATUS_")
_CHOSEN_BY: Final = _numbers("ChosenBy", "CHOSEN_BY_")
_CAUSE: Final = _numbers("UndeterminedCause", "UNDETERMINED_CAUSE_")
_FINDING: Final = _numbers("FindingStatus", "FINDING_STATUS_")
_STANDING: Final = _numbers("Standing", "STANDING_")
_BLOCK: Final = _numbers("BlockKind", "BLOCK_KIND_")


def _finding(data: Data) -> Data:
    finding = {**data, "status": _FINDING[data["status"]], "standing": _STANDING[data["standing"]]}
    if "seen" in data:
        finding["seen"] = [_seen(seen) for seen in data["seen"]]
    return finding


def _seen(data: Data) -> Data:
    value = data["value"]
    if value.keys() & _NESTED:
        return {"path": data["path"], "value": _value(value)}
    return data


_NESTED: Final = frozenset({"list", "record", "null", "unknown"})


def _value(data: Data) -> Data:
    (kind, content), *_ = data.items()
    match kind:
        case "list":
            return {"list": {"items": [_value(item) for item in content]}}
        case "record":
            fields = [{"name": field["name"], "value": _value(field["value"])} for field in content]
            return {"record": {"fields": fields}}
        case "null":
            return {"null": 0}
        case "unknown":
            return {"unknown": {"facts": content}}
        case _:
            return data


def _step(data: Data) -> Data:
    return {"rule": data["rule"], "antecedents": data["from"], "gives": data["gives"]}


def _why_not(data: Data) -> Data:
    return {**data, "blocks": [_block(block) for block in data.get("blocks", ())]}


def _block(data: Data) -> Data:
    block = {**data, "kind": _BLOCK[data["kind"]]}
    if "status" in data:
        block["status"] = _FINDING[data["status"]]
    return block


_CONVERTED: Final[tuple[tuple[str, Callable[[Any], object]], ...]] = (
    ("possible", _STATUS.__getitem__),
    ("because", _CAUSE.__getitem__),
    ("findings", _finding),
    ("steps", _step),
    ("why_not", _why_not),
)
