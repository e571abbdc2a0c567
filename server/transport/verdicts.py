"""Verdicts from the engine's data to the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from chuan.v1 import verdict_pb2

Data = Mapping[str, Any]


def verdict_to(data: Data) -> verdict_pb2.Verdict:
    """The message of a verdict's data (`Verdict.to_data`), or of some parts of them.

    Raises:
        ValueError: the data have a part that the contract does not have.
    """
    fields = {name: _PART.get(name, _as_it_is)(part) for name, part in data.items()}
    return verdict_pb2.Verdict(**fields)


def value_to(data: Data) -> Data:
    """A tagged value as the fields of its message."""
    ((kind, content),) = data.items()
    match kind:
        case "list":
            return {"list": {"items": [value_to(item) for item in content]}}
        case "record":
            fields = [{"name": field["name"], "value": value_to(field["value"])} for field in content]
            return {"record": {"fields": fields}}
        case "null":
            return {"null": 0}
        case "unknown":
            return {"unknown": {"facts": content}}
        case _:
            return data


def _as_it_is(part: Any) -> Any:
    return part


def _each(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda items: [convert(item) for item in items]


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


def _ruleset(data: Data) -> Data:
    return {**data, "chosen_by": _CHOSEN_BY[data["chosen_by"]]}


def _finding(data: Data) -> Data:
    finding = {**data, "status": _FINDING[data["status"]], "standing": _STANDING[data["standing"]]}
    if "seen" in data:
        finding["seen"] = [{"path": seen["path"], "value": value_to(seen["value"])} for seen in data["seen"]]
    return finding


def _step(data: Data) -> Data:
    return {"rule": data["rule"], "antecedents": data["from"], "gives": data["gives"]}


def _why_not(data: Data) -> Data:
    return {**data, "blocks": [_block(block) for block in data.get("blocks", ())]}


def _block(data: Data) -> Data:
    return {**data, "kind": _BLOCK[data["kind"]], "status": _FINDING[data["status"]]}


def _with_values(data: Data, **lists: Callable[[Any], object]) -> dict[str, Any]:
    """Data of a message in which every dict is a value, and each list named is converted item by item."""
    fields = {name: value_to(part) if isinstance(part, dict) else part for name, part in data.items()}
    for name, convert in lists.items():
        if name in fields:
            fields[name] = [convert(item) for item in fields[name]]
    return fields


def _score(data: Data) -> Data:
    return _with_values(data, parts=_score_part)


def _score_part(data: Data) -> Data:
    cause = {"cause": data["cause"]} if "cause" in data else {}
    others = {name: part for name, part in data.items() if name != "cause"}
    return {**_with_values(others, deductions=_with_values), "standing": _STANDING[data["standing"]], **cause}


def _foresight(data: Data) -> Data:
    return _with_values(data, effects=_effect, improvements=_improvement)


def _effect(data: Data) -> Data:
    return _with_values(data, cases=_effect_case)


def _effect_case(data: Data) -> Data:
    others = {name: part for name, part in data.items() if name != "range"}
    case = _with_values(others, possible=_STATUS.__getitem__)
    case["status"] = _STATUS[data["status"]]
    if "range" in data:
        case["range"] = data["range"]
    return case


def _improvement(data: Data) -> Data:
    return _with_values(data, changes=_change)


def _change(data: Data) -> Data:
    return {"fact": data["fact"], "current": value_to(data["from"]), "needed": value_to(data["to"])}


_PART: Final[Mapping[str, Callable[[Any], Any]]] = {
    "ruleset": _ruleset,
    "status": _STATUS.__getitem__,
    "possible": _each(_STATUS.__getitem__),
    "because": _each(_CAUSE.__getitem__),
    "findings": _each(_finding),
    "steps": _each(_step),
    "why_not": _each(_why_not),
    "foresight": _foresight,
    "score": _score,
}
