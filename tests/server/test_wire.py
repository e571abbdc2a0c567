"""Between the wire and the engine nothing is lost: records, verdicts, and the text in which records are logged."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import pytest
from chuan.v1 import value_pb2, verdict_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.client import Question, request_message
from clients.verdict_data import verdict_data
from engine import canonical
from engine.records import parse_record
from server.errors import FieldViolation
from server.ids import uuid7
from server.limits import LimitSettings
from server.record_text import record_text
from server.transport.raw import fields_of, raw_class
from server.transport.records import record_from
from server.transport.verdicts import verdict_to

DAY = dt.date(2024, 12, 31)
DEEP = LimitSettings().record_depth

texts = st.text(st.characters(codec="utf-8"), max_size=8)
numbers = st.decimals(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(texts, values, max_size=5)


def exact(value: object) -> object:
    """A value in which numbers that are equal but written otherwise, and true and 1, are told apart."""
    match value:
        case Mapping():
            return {name: exact(item) for name, item in value.items()}
        case list():
            return [exact(item) for item in value]
        case _:
            return (type(value).__name__, str(value))


def received(sent: value_pb2.Record, violations: list[FieldViolation]) -> dict[str, object]:
    """What the server makes of a record."""
    raw = raw_class(value_pb2.Record.DESCRIPTOR).FromString(sent.SerializeToString())
    return record_from(fields_of(cast("value_pb2.Record", raw)), "record", violations, DEEP)


@given(records)
@settings(deadline=None)
def test_a_record_arrives_as_it_was_sent(record: dict[str, object]) -> None:
    request = request_message(Question(ruleset="x", facts=record, evaluated_on=DAY))
    for _ in range(2):  # the second time, its fields are known
        violations: list[FieldViolation] = []
        assert exact(received(request.record, violations)) == exact(record)
        assert violations == []


def test_what_is_known_of_a_field_does_not_change_with_a_record() -> None:
    request = request_message(Question(ruleset="x", facts={"ratings": ["A", "B"]}, evaluated_on=DAY))
    first = received(request.record, [])
    first["ratings"].append("C")  # type: ignore[attr-defined]  # it is a list
    assert received(request.record, []) == {"ratings": ["A", "B"]}


def test_what_is_wrong_is_wrong_each_time() -> None:
    nothing = value_pb2.Value(record=value_pb2.Record(fields=[value_pb2.Field(name="done")]))
    sent = value_pb2.Record(fields=[value_pb2.Field(name="tasks", value=nothing)])
    for _ in range(2):
        violations: list[FieldViolation] = []
        received(sent, violations)
        assert [each.path for each in violations] == ["record.tasks.done"]


def test_a_list_that_is_right_elsewhere_is_wrong_where_it_is_too_deep() -> None:
    facts: dict[str, object] = {"ratings": ["A"]}
    received(request_message(Question(ruleset="x", facts=facts, evaluated_on=DAY)).record, [])
    for _ in range(DEEP - 1):
        facts = {"in": facts}
    violations: list[FieldViolation] = []
    received(request_message(Question(ruleset="x", facts=facts, evaluated_on=DAY)).record, violations)
    assert [each.path.rpartition(".")[2] for each in violations] == ["ratings"]


@given(records)
@settings(deadline=None)
def test_a_record_is_logged_without_loss(record: dict[str, object]) -> None:
    assert exact(parse_record(record_text(record))) == exact(record)


@given(records)
@settings(deadline=None)
def test_equal_records_are_logged_in_equal_bytes(record: dict[str, object]) -> None:
    assert record_text(dict(reversed(record.items()))) == record_text(record)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2024, 3, 1), "2024-03-01"),
        (dt.time(8, 30), "08:30:00"),
        (dt.datetime(2024, 3, 1, 8, 30, tzinfo=dt.UTC), "2024-03-01T08:30:00+00:00"),
    ],
)
def test_dates_and_times_arrive_as_text(value: object, text: str) -> None:
    request = request_message(Question(ruleset="x", facts={"when": value}, evaluated_on=DAY))
    assert received(request.record, []) == {"when": text}


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()], ids=lambda value: type(value).__name__)
def test_what_no_record_holds_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError, match=f"cannot hold {type(value).__name__}"):
        request_message(Question(ruleset="x", facts={"list": [value]}, evaluated_on=DAY))


# Verdicts: data as the engine gives them, made from the messages themselves, so that no field is forgotten.

PREFIXES = {
    "VerdictStatus": "VERDICT_STATUS_",
    "ChosenBy": "CHOSEN_BY_",
    "UndeterminedCause": "UNDETERMINED_CAUSE_",
    "FindingStatus": "FINDING_STATUS_",
    "Standing": "STANDING_",
    "BlockKind": "BLOCK_KIND_",
}
REQUIRED = {
    "Verdict": {"ruleset", "evaluated_on", "status", "findings"},
    "RulesetUsed": {"id", "version", "digest", "chosen_by"},
    "OutcomeRange": {"lowest", "highest"},
    "Finding": {"criterion", "status", "expression", "standing"},
    "FindingCause": {"code", "text"},
    "SeenValue": {"path", "value"},
    "Step": {"rule", "antecedents", "gives"},
    "Block": {"kind", "criterion", "status"},
    "MissingFact": {"fact", "matters", "criteria"},
    "Gap": {"name"},
    "Conclusion": {"name"},
    "Effect": {"fact", "cases"},
    "EffectCase": {"status"},
    "Improvement": {"outcome", "changes"},
    "Change": {"fact", "current", "needed"},
    "Score": {"total", "maximum", "parts"},
    "ScorePart": {"part", "points", "maximum", "standing"},
    "ScoreDeduction": {"deduction", "points"},
}
RENAMED = {"antecedents": "from", "current": "from", "needed": "to"}
names = st.text("abcx_ệ", min_size=1, max_size=6)
tagged: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        *(
            st.builds(lambda text, kind=kind: {kind: text}, texts)
            for kind in ("number", "text", "date", "expression")
        ),
        *(
            st.builds(lambda text, kind=kind: {kind: text}, texts)
            for kind in ("time", "date_time", "duration")
        ),
        st.builds(lambda value: {"boolean": value}, st.booleans()),
        st.just({"null": True}),
        st.builds(lambda paths: {"unknown": paths}, st.lists(names, max_size=2)),
    ),
    lambda inner: (
        st.builds(lambda items: {"list": items}, st.lists(inner, max_size=3))
        | st.builds(
            lambda items: {"record": items},
            st.lists(st.fixed_dictionaries({"name": names, "value": inner}), max_size=3),
        )
    ),
    max_leaves=5,
)


def data_of(message: Descriptor) -> st.SearchStrategy[dict[str, Any]]:
    """Data of a message as the engine has them: what is empty is left out."""
    required: dict[Any, st.SearchStrategy[Any]] = {}
    optional: dict[Any, st.SearchStrategy[Any]] = {}
    for field in message.fields:
        strategy = content_of(field)
        if field.is_repeated:
            # A list that the engine always gives may be empty; any other is left out then.
            always = field.name in REQUIRED.get(message.name, ())
            strategy = st.lists(strategy, min_size=0 if always else 1, max_size=2)
        name = RENAMED.get(field.name, field.name)
        (required if field.name in REQUIRED.get(message.name, ()) else optional)[name] = strategy
    return st.fixed_dictionaries(required, optional=optional)


def content_of(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.enum_type is not None:
        prefix = PREFIXES[field.enum_type.name]
        return st.sampled_from([v.name.removeprefix(prefix).lower() for v in field.enum_type.values[1:]])
    if field.message_type is not None and field.message_type.name == "Value":
        return tagged
    if field.message_type is not None:
        return data_of(field.message_type)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans() if field.name == "matters" else st.just(True)
    return names


digests = itertools.count()


def one_ruleset(data: dict[str, Any]) -> dict[str, Any]:
    """The data as they could come from one ruleset: its digest is its own, and so are the names of its criteria."""
    data["ruleset"]["digest"] = f"digest-{next(digests)}"
    for number, finding in enumerate(data["findings"]):
        finding["criterion"] += str(number)
    return data


@given(data_of(verdict_pb2.Verdict.DESCRIPTOR).map(one_ruleset))
@settings(deadline=None, max_examples=60)
def test_a_verdict_crosses_the_wire_to_the_byte(data: dict[str, Any]) -> None:
    sent = verdict_pb2.Verdict.FromString(verdict_to(data).SerializeToString())
    received = canonical({"findings": [], **verdict_data(sent)})
    assert received == canonical({**data, "findings": data["findings"]})


def test_a_verdict_with_a_part_that_the_contract_does_not_have_is_an_error() -> None:
    data = {
        "ruleset": {"id": "x", "version": "1.0.0", "digest": "d", "chosen_by": "version"},
        "evaluated_on": "2024-12-31",
        "status": "decided",
        "findings": [],
    }
    assert verdict_to(data).status == verdict_pb2.VERDICT_STATUS_DECIDED
    with pytest.raises(ValueError, match="surprise"):
        verdict_to({**data, "surprise": 1})


def test_ids_begin_with_the_time_and_are_of_version_7() -> None:
    moments = [0, 999, 1_000, 1_730_000_000_000_000, (1 << 48) * 1_000 - 1]
    for now, chance in itertools.product(moments, (bytes(10), b"\xff" * 10)):
        made = uuid.UUID(uuid7(now, chance))
        assert (made.version, made.variant) == (7, uuid.RFC_4122)
        assert made.int >> 80 == now // 1_000
    assert uuid7(1_000, b"\xff" * 10) < uuid7(2_000, bytes(10))
    # Every random bit counts, but the six that make room for the version and the variant.
    assert len({uuid7(0, (1 << bit).to_bytes(10, "big")) for bit in range(80)}) == 1 + 74


def test_a_number_keeps_every_digit_it_came_with() -> None:
    record = {"a": Decimal("1.50"), "b": Decimal("1E+3"), "c": Decimal("-0.000")}
    assert record_text(record) == b'{"a":1.50,"b":1E+3,"c":-0.000}'
