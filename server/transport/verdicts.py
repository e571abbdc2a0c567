"""Verdicts from the engine's data to the message.

A message of a few hundred parts costs more to build than its verdict does to reach. Most of it is the same from
record to record, though: the words of a criterion belong to its ruleset, the proof follows from the statuses of the
findings, and a value such as "12" of `months_worked` comes back often. Those parts are kept as bytes and merged
(bytes of messages that are put together read as the messages merged, as protobuf has it). What could tell one
person from another, such as a long text, is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from chuan.v1 import verdict_pb2

Data = Mapping[str, Any]

_KEPT_FRAMES: Final = 1_024  # verdicts but for what is said of the record's values
_KEPT_HEADS: Final = 8_192  # findings but for the values they saw
_KEPT_VALUES: Final = 16_384  # seen values
_KEPT_LENGTH: Final = 20  # characters of a seen value that is kept


def verdict_to(data: Data) -> verdict_pb2.Verdict:
    """The message of a verdict's data (`Verdict.to_data`).

    Raises:
        ValueError: the data have a part that the contract does not have.
    """
    frame = dict(data)
    findings = frame.pop("findings", ())
    foresight, score = frame.pop("foresight", None), frame.pop("score", None)
    verdict = verdict_pb2.Verdict.FromString(_frame(orjson.dumps(frame)))
    add, digest = verdict.findings.add, data["ruleset"]["digest"]
    for finding in findings:
        add().MergeFromString(_finding(finding, digest))
    if foresight is not None:
        verdict.foresight.CopyFrom(verdict_pb2.Foresight(**_foresight(foresight)))
    if score is not None:
        verdict.score.CopyFrom(verdict_pb2.Score(**_with_values(score, parts=_score_part)))
    return verdict


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


@lru_cache(_KEPT_FRAMES)
def _frame(text: bytes) -> bytes:
    """The bytes of a verdict without its findings, from its data as JSON."""
    frame = orjson.loads(text)
    frame["status"] = _STATUS[frame["status"]]
    frame["ruleset"]["chosen_by"] = _CHOSEN_BY[frame["ruleset"]["chosen_by"]]
    for name, convert in _CONVERTED:
        if name in frame:
            frame[name] = [convert(item) for item in frame[name]]
    return verdict_pb2.Verdict(**frame).SerializeToString()


def _step(data: Data) -> Data:
    return {"rule": data["rule"], "antecedents": data["from"], "gives": data["gives"]}


def _why_not(data: Data) -> Data:
    return {**data, "blocks": [_block(block) for block in data.get("blocks", ())]}


def _block(data: Data) -> Data:
    return {**data, "kind": _BLOCK[data["kind"]], "status": _FINDING[data["status"]]}


_CONVERTED: Final[tuple[tuple[str, Callable[[Any], object]], ...]] = (
    ("possible", _STATUS.__getitem__),
    ("because", _CAUSE.__getitem__),
    ("steps", _step),
    ("why_not", _why_not),
)


def _finding(data: Data, digest: str) -> bytes:
    content = _head(data, digest)
    for seen in data.get("seen", ()):
        ((kind, value),) = seen["value"].items()
        if kind in _NESTED or (value.__class__ is str and len(value) > _KEPT_LENGTH):
            content += _seen(seen["path"], _value(seen["value"]))
        else:
            content += _kept_seen(seen["path"], kind, value)
    return content


_heads: Final[dict[tuple[str, str, str], bytes]] = {}


def _head(data: Data, digest: str) -> bytes:
    """The bytes of a finding without what it saw: for a ruleset, they follow from the criterion and its status.

    But for what is missing, and why an expression has no value.
    """
    if "missing" in data or "cause" in data:
        return _new_head(data)
    key = (digest, data["criterion"], data["status"])
    head = _heads.get(key)
    if head is None:
        if len(_heads) >= _KEPT_HEADS:
            _heads.clear()
        head = _heads[key] = _new_head(data)
    return head


def _new_head(data: Data) -> bytes:
    head = {name: value for name, value in data.items() if name != "seen"}
    head["status"], head["standing"] = _FINDING[data["status"]], _STANDING[data["standing"]]
    return verdict_pb2.Finding(**head).SerializeToString()


def _seen(path: str, value: Data) -> bytes:
    seen: Any = {"path": path, "value": value}
    return verdict_pb2.Finding(seen=[seen]).SerializeToString()


@lru_cache(_KEPT_VALUES)
def _kept_seen(path: str, kind: str, value: str | bool) -> bytes:
    return _seen(path, {kind: value})


_NESTED: Final = frozenset({"list", "record", "null", "unknown"})


def _value(data: Data) -> Data:
    ((kind, content),) = data.items()
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


def _with_values(data: Data, **lists: Callable[[Any], object]) -> dict[str, Any]:
    """Data of a message in which every dict is a value, and each list named is converted item by item."""
    fields = {name: _value(part) if isinstance(part, dict) else part for name, part in data.items()}
    for name, convert in lists.items():
        if name in fields:
            fields[name] = [convert(item) for item in fields[name]]
    return fields


def _score_part(data: Data) -> Data:
    cause = {"cause": data["cause"]} if "cause" in data else {}
    others = {name: part for name, part in data.items() if name != "cause"}
    return {**_with_values(others, deductions=_with_values), "standing": _STANDING[data["standing"]], **cause}


def _foresight(data: Data) -> dict[str, Any]:
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
    return {"fact": data["fact"], "current": _value(data["from"]), "needed": _value(data["to"])}
