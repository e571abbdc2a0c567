"""The generated reader of facts against the readers of values that it spares: one semantics for any record."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fact_values import (
    MAX_LIST_LENGTH,
    MAX_TEXT_LENGTH,
    SCALARS,
    Member,
    Reader,
    choice_reader,
    limited,
    list_reader,
    nullable,
    record_reader,
)
from engine.facts import FactsReader, RecordError
from engine.feel.compiler import compile as compile_expression
from engine.feel.parser import parse_unary_tests
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Fact
from engine.ruleset.types import DeclaredType, Field, Kind
from engine.violations import Violation

LABEL = Localized("nhãn", "label")
WORDS = ("low", "high")
KINDS: tuple[Kind, ...] = ("number", "count", "text", "boolean", "date", "time", "duration", "months")
TESTS = {
    "number": ("[0..12]", "> 0, -5", "not(3)", "]0..12[", "< 1/3"),
    "count": ("[1..5]", "?*2 <= 8 and ? > 0"),
    "text": ('"low", "high"', 'not("low")', "string length(?) < 4"),
    "boolean": ("true",),
    "enum": ('"low"',),
    "date": ('>= date("2024-01-01")',),
    "list": ("count(?) < 3", "every item in ? satisfies item.a != 3"),
}


class Word(StrEnum):
    """Text that is not just text."""

    LOW = "low"


class Odd(str):
    """A text of another class."""

    __slots__ = ()


NUMBERS = tuple(
    map(
        Decimal,
        (
            "0", "-0", "0.0", "3", "5", "5.0", "5." + "0" * 40, "12", "12.0001", "-1", "0.5", "1E+2", "1E+6144",
            "1E+6145", "1E-6143", "1E-6200", "9" * 34, "9" * 35, "0." + "3" * 34, "NaN", "-NaN", "sNaN",
            "Infinity", "-Infinity",
        ),
    )
)  # fmt: skip
TEXTS = (
    "", "low", "high", "High", "2024-02-29", "2023-02-29", "2024-W09-4", "20240229", "2024-2-029", "２０２４-02-29",
    "08:30:00", "25:00", "P90D", "P1Y6M", "P", "x" * MAX_TEXT_LENGTH, "x" * (MAX_TEXT_LENGTH + 1), Odd("low"),
    Odd("2024-02-29"), Word.LOW,
)  # fmt: skip
OTHERS = (
    None, True, False, 0, 5, -1, 10**40, 5.0, float("nan"), b"low", dt.date(2024, 2, 29),
    dt.datetime(2024, 2, 29, 8, tzinfo=dt.UTC), dt.time(8, 30), dt.timedelta(days=3), object(),
    ["low"] * (MAX_LIST_LENGTH + 1),
)  # fmt: skip
VALUES = st.recursive(
    st.sampled_from((*NUMBERS, *TEXTS, *OTHERS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from("abz"), inner, max_size=3).flatmap(
            lambda found: st.sampled_from((found, OrderedDict(found), MappingProxyType(found)))
        ),
    ),
    max_leaves=8,
)


LEVEL = DeclaredType("enum", "level", MappingProxyType(dict.fromkeys(WORDS)))
LEVELS = DeclaredType("list", item=LEVEL)
SIMPLE = (*map(DeclaredType, KINDS), LEVEL, LEVELS)


def declared_types() -> st.SearchStrategy[DeclaredType]:
    return st.recursive(
        st.sampled_from(SIMPLE),
        lambda inner: st.one_of(
            inner.map(lambda item: DeclaredType("list", item=item)),
            st.dictionaries(
                st.sampled_from("abc"), st.builds(Field, inner, empty=st.booleans()), min_size=1
            ).map(lambda fields: DeclaredType("record", "r", fields=MappingProxyType(fields))),
        ),
        max_leaves=4,
    )


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Fact]:
    found = {}
    for name in draw(st.lists(st.sampled_from("fgh"), unique=True)):
        declared = draw(declared_types())
        tests = draw(st.sampled_from(("", *TESTS.get(declared.kind, ()))))
        found[name] = fact(name, declared, tests, empty=draw(st.booleans()))
    return found


def fact(name: str, declared: DeclaredType, tests: str, *, empty: bool) -> Fact:
    allowed = compile_expression(parse_unary_tests(tests), names=("?",)) if tests else None
    return Fact(name, declared, LABEL, allowed=allowed, allowed_text=tests, empty=empty)


def careful(declared: DeclaredType) -> Reader:
    """The reader of a type with nothing generated in it."""
    if declared.item is not None:
        return list_reader(careful(declared.item))
    if declared.kind == "record":
        return record_reader({name: member(field) for name, field in declared.fields.items()})
    return choice_reader(WORDS) if declared.kind == "enum" else SCALARS[declared.kind]


def member(field: Field) -> Member:
    read = careful(field.type)
    return Member(field.type, nullable(read) if field.empty else read)


def expected(declared: Mapping[str, Fact], record: Mapping[str, object]) -> tuple[object, list[Violation]]:
    """What the readers of values say of a record, and of the names that are no facts."""
    members = {}
    for name, fact in declared.items():
        plain = member(Field(fact.declared))
        read = plain.read if fact.allowed is None else limited(plain.read, fact)
        members[name] = replace(plain, read=nullable(read) if fact.empty else read)
    violations: list[Violation] = []
    values = record_reader(members)(
        {name: record[name] for name in record if name in declared}, None, violations
    )
    return values, violations


def shown(value: Any) -> object:
    """A value with the classes of all that is in it, in its order."""
    if isinstance(value, dict):
        return [(name, shown(item)) for name, item in value.items()]
    if isinstance(value, list):
        return list(map(shown, value))
    return type(value), repr(value)


def fitting(declared: DeclaredType) -> st.SearchStrategy[object]:
    """Values that are most likely right, so that whole records are."""
    match declared.kind:
        case "number" | "count":
            return st.sampled_from(NUMBERS)
        case "list" if declared.item is not None:
            return st.lists(fitting(declared.item), max_size=3)
        case "record":
            fields = {name: fitting(field.type) for name, field in declared.fields.items()}
            return st.fixed_dictionaries({}, optional=fields)
        case "boolean":
            return st.booleans()
        case "enum":
            return st.sampled_from(WORDS)
    return st.sampled_from(TEXTS)


@st.composite
def facts_and_records(draw: st.DrawFn) -> tuple[dict[str, Fact], dict[str, object]]:
    declared = draw(facts())
    record: dict[str, object] = {}
    for name in draw(st.permutations(sorted(declared))):
        kind = draw(st.sampled_from(("fitting", "fitting", "any", "none")))
        if kind != "none":
            record[name] = draw(fitting(declared[name].declared) if kind == "fitting" else VALUES)
    if draw(st.integers(0, 5)) == 0:
        record["x"] = draw(VALUES)
    return declared, record


def agree(declared: Mapping[str, Fact], record: dict[str, object]) -> None:
    """See that a record is read as the readers of values read it, and shares nothing with what was read."""
    values, violations = expected(declared, record)
    unknown = [name for name in record if name not in declared]
    try:
        read = FactsReader(declared).read(record)
    except RecordError as error:
        found = list(error.violations)
        assert found[: len(violations)] == violations
        assert [(each.path, each.code) for each in found[len(violations) :]] == [
            (name, "unknown_fact") for name in unknown
        ]
        assert found
    else:
        assert shown(read) == shown(values)
        assert not violations
        assert not unknown
        for name, value in record.items():
            assert not (isinstance(read[name], list | dict) and read[name] is value)


@pytest.mark.parametrize("declared", SIMPLE, ids=str)
def test_every_value_alone_and_within(declared: DeclaredType) -> None:
    within = DeclaredType(
        "record", "r", fields=MappingProxyType({"a": Field(declared), "b": Field(declared)})
    )
    for tests in ("", *TESTS.get(declared.kind, ())):
        for empty in (False, True):
            facts = {"f": fact("f", declared, tests, empty=empty)}
            for value in (*NUMBERS, *TEXTS, *OTHERS):
                for given_ in (value, [value], ["low", value], (value,)):
                    agree(facts, {"f": given_})
    facts = {"f": fact("f", within, "", empty=False)}
    for value in (*NUMBERS, *TEXTS, *OTHERS):
        agree(facts, {"f": {"b": value, "a": value}})


@given(facts_and_records())
def test_any_record_of_any_facts(case: tuple[dict[str, Fact], dict[str, object]]) -> None:
    agree(*case)
