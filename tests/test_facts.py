"""Facts: what a record says, read against the declarations of a ruleset."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine import RecordError, load
from engine.fact_values import MAX_LIST_LENGTH, MAX_TEXT_LENGTH
from engine.facts import FactsReader
from engine.feel.unknown import Unknown
from engine.feel.values import text
from engine.paths import value_at
from engine.records import MAX_RECORD_BYTES, RecordTextError, parse_record
from engine.violations import TEXTS

DATA = Path(__file__).parent / "data" / "facts"
READER = FactsReader(load(DATA / "ruleset.yaml").facts)
CASES: list[dict[str, Any]] = YAML(typ="safe").load(DATA / "cases.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_reading(case: dict[str, Any]) -> None:
    record = parse_record(case["record"])
    if "violations" in case:
        with pytest.raises(RecordError) as caught:
            READER.read(record)
        assert {v.path: v.code for v in caught.value.violations} == case["violations"]
        return
    values = READER.read(record)
    assert {path: text(value_at(values, path)) for path in case.get("reads", {})} == case.get("reads", {})
    for path in case.get("unknown", []):
        value = value_at(values, path)
        assert isinstance(value, Unknown)
        assert value.facts == {path}


def test_every_kind_of_violation_has_a_case() -> None:
    seen = {code for case in CASES for code in case.get("violations", {}).values()}
    elsewhere = {"binary_number", "finite", "long_text", "long_list"}
    assert seen | elsewhere == set(TEXTS)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"number_fact": 6.0}, "binary_number"),
        ({"number_fact": Decimal("NaN")}, "finite"),
        ({"number_fact": Decimal("-Infinity")}, "finite"),
        ({"text_fact": "x" * (MAX_TEXT_LENGTH + 1)}, "long_text"),
        ({"numbers": [Decimal(1)] * (MAX_LIST_LENGTH + 1)}, "long_list"),
    ],
)
def test_what_json_cannot_say(record: dict[str, object], code: str) -> None:
    with pytest.raises(RecordError) as caught:
        READER.read(record)
    assert [violation.code for violation in caught.value.violations] == [code]


def test_limits_are_included() -> None:
    READER.read({"text_fact": "x" * MAX_TEXT_LENGTH, "numbers": [Decimal(1)] * MAX_LIST_LENGTH})


def test_no_text_repeats_what_the_record_says() -> None:
    canary = "Nguyễn Văn Bí Mật"
    record = {
        "number_fact": canary,
        "date_fact": canary,
        "level_fact": canary,
        "boolean_fact": canary,
        "targets": {"total": canary},
        "history": canary,
    }
    with pytest.raises(RecordError) as caught:
        READER.read(record)
    assert len(caught.value.violations) == len(record)
    for violation in caught.value.violations:
        assert canary not in violation.text("vi") + violation.text("en") + violation.path
    assert canary not in str(caught.value)


def test_a_long_key_is_shown_in_part() -> None:
    with pytest.raises(RecordError) as caught:
        READER.read({"x" * 10_000_000: Decimal(1)})
    assert len(caught.value.violations[0].path) < 100


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "line 1, column 2: not JSON"),
        ('{"a": 1,}', "line 1, column 9: not JSON"),
        ("[1]", "has to be a JSON object"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1, "a": 2}', "the name 'a' stands twice"),
        ('{"a": {"b": 1, "b": 1}}', "the name 'b' stands twice"),
        (b'{"a": "\xff"}', "not UTF-8"),
        ('{"a": ' * 100_000, "nested too deeply"),
        (" " * (MAX_RECORD_BYTES + 1), "longer than"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_text_that_is_no_record(document: str | bytes, message: str) -> None:
    with pytest.raises(RecordTextError, match=message.replace("(", r"\(")):
        parse_record(document)


def test_numbers_of_json_stay_exact() -> None:
    assert parse_record('{"a": 0.1, "b": 5}') == {"a": Decimal("0.1"), "b": Decimal(5)}
