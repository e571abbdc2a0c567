"""Answers as bytes, put together from parts that many verdicts share.

A message of a few hundred parts costs more to build than its verdict does to reach. Most of it is the same from
record to record, though: the words of a criterion belong to its ruleset, the proof follows from the statuses of the
findings. Those parts are made as messages once and kept as bytes; bytes that are put together read as the messages
merged, as protobuf has it. What is kept of the findings, and what is not, `engine.fragments` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from chuan.v1 import evaluation_service_pb2 as pb
from chuan.v1 import value_pb2, verdict_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.rpc.status_pb2 import Status as RpcStatus  # type: ignore[import-untyped]  # ships no types

from engine import ChosenBy, Ruleset, Verdict
from engine.canonical import Data, tagged
from engine.findings import Finding
from engine.fragments import FindingsWriter, Frame
from engine.judgement import Judgement
from engine.verdict import finding_data
from server.transport.verdicts import value_to, verdict_to
from server.transport.wire import delimited

_KEPT_OCCASIONS: Final = 4_096  # rulesets and dates
_KEPT_JUDGEMENTS: Final = 16_384
_KEPT_RULESETS: Final = 1_024  # whose findings are written
_KEPT_HEADS: Final = 16_384  # seen values but for their texts


def response_bytes(decision_id: str, verdict: Verdict, explanations: Iterable[pb.Explanation]) -> bytes:
    """The bytes of an `EvaluateResponse`."""
    return b"".join(
        [
            _decision_id(decision_id.encode()),
            _verdict(verdict_bytes(verdict)),
            *[_explanation(each.SerializeToString()) for each in explanations],
        ]
    )


def batch_bytes(results: Iterable[bytes | RpcStatus]) -> bytes:
    """The bytes of an `EvaluateBatchResponse`: for each record its `response_bytes`, or what was wrong."""
    return b"".join(
        [
            _result(_response(each) if isinstance(each, bytes) else _error(each.SerializeToString()))
            for each in results
        ]
    )


def verdict_bytes(verdict: Verdict) -> bytes:
    """The bytes of a verdict's message: they read as `verdict_to` of its data."""
    return b"".join(
        [
            _occasion(verdict.ruleset, verdict.chosen_by, verdict.evaluated_on),
            _frame(verdict.judgement),
            _writer(verdict.ruleset).write(verdict.found),
            _rest(verdict),
        ]
    )


@lru_cache(_KEPT_JUDGEMENTS)
def _frame(judgement: Judgement) -> bytes:
    message: bytes = verdict_to(judgement.data).SerializeToString()
    return message


class _Findings(FindingsWriter[Sequence[bytes]]):
    """Findings as fields of a verdict's message; their seen values may come last."""

    def frame(self, finding: Finding) -> Frame:
        """Write all of a finding but what it saw."""
        message = verdict_to({"findings": [finding_data(finding._replace(seen=()))]}).findings[0]
        return message.SerializeToString(), b""

    def seen(self, path: str, value: object) -> bytes:
        """Write a value that was seen, and its path."""
        ((kind, content),) = tagged(value).items()
        if isinstance(content, str):
            text = content.encode()
            return _before(path, kind, len(text)) + text
        return _seen_field(_path(path.encode()) + _value(_value_bytes(kind, content)))

    def lay_out(self, frames: Sequence[Frame]) -> Sequence[bytes]:
        """What stands before the values that were seen."""
        return [before for before, _ in frames]

    def assemble(self, layout: Sequence[bytes], parts: Sequence[bytes]) -> bytes:
        """Put what was seen behind the rest of each finding."""
        join, finding = b"".join, _finding
        return join(
            [finding(join((before, *own(parts)))) for before, own in zip(layout, self.own, strict=True)]
        )


def _value_bytes(kind: str, content: Any) -> bytes:
    """The bytes of a value's message."""
    if isinstance(content, str):
        return _texts[kind](content.encode())
    if kind == "list":
        return _list(b"".join([_item(_value_bytes(*each)) for item in content for each in item.items()]))
    message: bytes = value_pb2.Value(**value_to({kind: content})).SerializeToString()
    return message


_writer: Final = lru_cache(_KEPT_RULESETS)(_Findings)


@lru_cache(_KEPT_HEADS)
def _before(path: str, kind: str, length: int) -> bytes:
    """All of a seen value that comes before its text of so many bytes."""
    whole = _seen_field(_path(path.encode()) + _value(_texts[kind](bytes(length))))
    return whole[: len(whole) - length]


@lru_cache(_KEPT_OCCASIONS)
def _occasion(ruleset: Ruleset, chosen_by: ChosenBy, evaluated_on: date) -> bytes:
    used = {"id": ruleset.id, "version": ruleset.version, "digest": ruleset.digest, "chosen_by": chosen_by}
    return verdict_to({"ruleset": used, "evaluated_on": evaluated_on.isoformat()}).SerializeToString()


def _rest(verdict: Verdict) -> bytes:
    """What belongs to this verdict alone, but for its findings."""
    rest: Data = {}
    if because := verdict.because:
        rest["because"] = because
    if missing := verdict.missing:
        rest["missing"] = [each._asdict() for each in missing]
    if verdict.score is not None:
        rest["score"] = verdict.score.data
    if verdict.foresight is not None:
        rest["foresight"] = verdict.foresight.data
    return verdict_to(rest).SerializeToString() if rest else b""


_decision_id: Final = delimited(pb.EvaluateResponse, "decision_id")
_verdict: Final = delimited(pb.EvaluateResponse, "verdict")
_explanation: Final = delimited(pb.EvaluateResponse, "explanations")
_response: Final = delimited(pb.EvaluateBatchResult, "response")
_error: Final = delimited(pb.EvaluateBatchResult, "error")
_result: Final = delimited(pb.EvaluateBatchResponse, "results")
_finding: Final = delimited(verdict_pb2.Verdict, "findings")
_seen_field: Final = delimited(verdict_pb2.Finding, "seen")
_path: Final = delimited(verdict_pb2.SeenValue, "path")
_value: Final = delimited(verdict_pb2.SeenValue, "value")
_list: Final = delimited(value_pb2.Value, "list")
_item: Final = delimited(value_pb2.ValueList, "items")
_texts: Final = {
    field.name: delimited(value_pb2.Value, field.name)
    for field in value_pb2.Value.DESCRIPTOR.fields
    if field.type == FieldDescriptor.TYPE_STRING
}
