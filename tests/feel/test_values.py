"""What FEEL's values are: their kinds, types and texts, and what conversions do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.feel import causes, types
from engine.feel.conformance import MISFIT, coerce, conforms, convert, type_conforms, type_of
from engine.feel.functions import BUILTINS
from engine.feel.temporal import (
    MAX_MONTHS,
    MAX_NANOS,
    MAX_YEAR,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    YearsMonths,
    make_date,
    make_date_time,
    make_duration,
    make_months,
    make_offset,
    make_time,
    zone_of,
)
from engine.feel.temporal_text import parse_temporal
from engine.feel.types import ContextOf, Enum, FunctionOf, ListOf, RangeOf
from engine.feel.unknown import Unknown
from engine.feel.values import Function, Parameter, Range, kind, text, unknown_parts

U = Unknown.fact("u")


def test_python_types_wherever_python_can_hold_the_value() -> None:
    assert make_date(9999, 12, 31) == date(9999, 12, 31)
    assert make_date(10_000, 1, 1) == WideDate(10_000, 1, 1)
    assert make_date(0, 1, 1) == WideDate(0, 1, 1)
    assert make_time(1_000) == time(microsecond=1)
    assert make_time(1) == WideTime(1)
    assert make_duration(1_000) == timedelta(microseconds=1)
    assert make_duration(1) == WideDuration(1)
    assert isinstance(make_date_time(date(2024, 1, 1), time(1)), datetime)
    wide = make_date_time(date(2024, 1, 1), WideTime(1, UTC))
    assert isinstance(wide, WideDateTime)
    assert zone_of(wide) is UTC


def test_limits_of_dates_and_durations() -> None:
    assert make_date(MAX_YEAR, 12, 31)
    assert make_date(MAX_YEAR + 1, 1, 1) is None
    assert make_date(-MAX_YEAR - 1, 12, 31) is None
    assert make_duration(-MAX_NANOS)
    assert make_duration(MAX_NANOS + 1) is None
    assert make_months(MAX_MONTHS)
    assert make_months(-MAX_MONTHS - 1) is None
    assert make_offset(timedelta(hours=-14)) == timezone(timedelta(hours=-14))
    assert make_offset(timedelta(hours=14, seconds=1)) is None


@pytest.mark.parametrize(
    "written",
    [
        "2024-02-29",
        "-0001-12-31",
        "123456-01-01",
        "10:30:00",
        "10:30:00.000000001",
        "10:30:00Z",
        "10:30:00-02:45:55",
        "10:30:00@Europe/Paris",
        "2024-02-29T10:30:00.5+07:00",
        "-0001-12-31T23:59:59@Asia/Ho_Chi_Minh",
        "P1DT2H3M4.000000005S",
        "-PT1S",
        "PT0S",
        "P1Y2M",
        "-P11M",
        "P0M",
    ],
)
def test_texts_of_dates_times_and_durations(written: str) -> None:
    value = parse_temporal(written)
    assert text(value) == written
    assert text([value]) == f'[@"{written}"]'


def test_own_types_write_themselves() -> None:
    assert str(YearsMonths(14)) == "P1Y2M"
    assert str(WideDate(10_000, 1, 1)) == "10000-01-01"
    assert str(WideTime(1)) == "00:00:00.000000001"
    assert str(WideDateTime(WideDate(0, 1, 1), time(1))) == "0000-01-01T01:00:00"
    assert str(WideDuration(-1)) == "-PT0.000000001S"
    assert str(Range(Decimal(1), "a", False, True)) == '(1.."a"]'
    assert str(Range(None, Decimal(5), False, True, "<=")) == "<= 5"
    assert str(Function((Parameter("x"), Parameter("y")), types.ANY, max)) == "function(x, y)"
    assert str(BUILTINS["get value"]) == "get value"


def test_numbers_are_written_plainly() -> None:
    written = {"1.50": "1.5", "100": "100", "1E+3": "1000", "-0.0": "0", "1E-7": "0.0000001", "0E+9": "0"}
    assert {number: text(Decimal(number)) for number in written} == written


def test_kinds() -> None:
    assert kind(True) == "boolean"
    assert kind(datetime(2024, 1, 1, tzinfo=UTC)) == "date and time"
    assert kind(date(2024, 1, 1)) == "date"
    assert kind(BUILTINS["abs"]) == "function"
    assert kind(U) == "Unknown"
    with pytest.raises(TypeError, match="float"):
        kind(1.5)


def test_unknown_parts_are_found_however_deep() -> None:
    assert unknown_parts([1, {"a": [U]}]) == [U]
    assert unknown_parts({"a": "u"}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "Null"),
        (U, "Any"),
        (Decimal(1), "number"),
        ([Decimal(1), None], "list<number>"),
        ([Decimal(1), "a"], "list<Any>"),
        ({"a": "b"}, "context<a: string>"),
        (Range(Decimal(1), None), "range<number>"),
        (Function((Parameter("x", types.NUMBER),), types.STRING, str), "function<number> -> string"),
        (ZoneInfo, TypeError),
    ],
)
def test_type_of(value: object, expected: object) -> None:
    if isinstance(expected, str):
        assert str(type_of(value)) == expected
    else:
        with pytest.raises(TypeError):
            type_of(value)


LEVEL = Enum("level", ("low", "high"))


def test_conforms() -> None:
    assert conforms(None, types.NUMBER) is True
    assert conforms("low", LEVEL) is True
    assert conforms("middle", LEVEL) is False
    assert conforms([U, "a"], ListOf(types.NUMBER)) is False
    assert conforms([U, Decimal(1)], ListOf(types.NUMBER)) == U
    assert conforms({"a": Decimal(1), "b": U}, ContextOf({"a": types.NUMBER})) is True
    assert conforms({"a": Decimal(1), "b": U}, ContextOf({"b": types.NUMBER})) == U
    assert conforms(Range("a", "b"), RangeOf(types.NUMBER)) is False


def test_type_conforms() -> None:
    assert type_conforms(types.NULL, types.NUMBER)
    assert type_conforms(LEVEL, types.STRING)
    assert not type_conforms(types.STRING, LEVEL)
    assert type_conforms(Enum("one", ("low",)), LEVEL)
    assert type_conforms(ListOf(types.NUMBER), ListOf(types.ANY))
    assert not type_conforms(ListOf(types.ANY), ListOf(types.NUMBER))
    assert type_conforms(ContextOf({"a": types.NUMBER, "b": types.DATE}), ContextOf({"a": types.NUMBER}))
    assert not type_conforms(ContextOf({"a": types.NUMBER}), ContextOf({"b": types.NUMBER}))
    wide, narrow = FunctionOf((types.ANY,), types.NUMBER), FunctionOf((types.NUMBER,), types.ANY)
    assert type_conforms(wide, narrow)
    assert not type_conforms(narrow, wide)
    assert not type_conforms(types.DATE, types.DATE_TIME)


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (Decimal(1), types.NUMBER, Decimal(1)),
        ([Decimal(1)], types.NUMBER, Decimal(1)),
        ([[Decimal(1)]], types.NUMBER, Decimal(1)),
        ([], types.NUMBER, None),
        ([Decimal(1), Decimal(2)], types.NUMBER, None),
        (Decimal(1), ListOf(types.NUMBER), [Decimal(1)]),
        ("a", ListOf(types.NUMBER), None),
        (None, ListOf(types.NUMBER), None),
        (date(2024, 2, 29), types.DATE_TIME, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), types.DATE, None),
        ("low", LEVEL, "low"),
        ("middle", LEVEL, None),
        (U, types.NUMBER, U),
        ([U], types.NUMBER, U),
        ([U], ListOf(types.NUMBER), U),
        ([U, "a"], ListOf(types.NUMBER), None),
    ],
)
def test_coerce(value: object, wanted: types.Type, expected: object) -> None:
    assert coerce(value, wanted) == expected


def test_convert_tells_null_from_misfit() -> None:
    assert convert(None, types.NUMBER) is None
    assert convert("a", types.NUMBER) is MISFIT


def test_function_values_check_and_convert() -> None:
    half = Function((Parameter("n", types.NUMBER),), types.NUMBER, lambda n: n / 2)
    assert half.accepts(1)
    assert not half.accepts(2)
    assert half.call([[Decimal(4)]]) == 2
    assert half.call_named({"n": Decimal(4)}) == 2
    assert half.call([]) is None
    assert half.call_named({"m": Decimal(4)}) is None


def test_causes_are_sentences_in_both_languages() -> None:
    reported: list[causes.Cause] = []
    with causes.collecting(reported):
        assert BUILTINS["abs"].call(["a"]) is None
        assert BUILTINS["abs"].call(["b"]) is None
    assert causes.sentences(reported) == ("'abs' does not accept what it is given: a text",)
    assert causes.sentences(reported, "vi") == ("hàm 'abs' không nhận các đối số thuộc kiểu: văn bản",)


def test_causes_are_kept_only_while_asked_for() -> None:
    reported: list[causes.Cause] = []
    with causes.collecting(reported):
        pass
    assert causes.null("division-by-zero") is None
    assert reported == []


def test_causes_hold_kinds_never_values() -> None:
    reported: list[causes.Cause] = []
    with causes.collecting(reported):
        BUILTINS["contains"].call(["Nguyễn Văn A", Decimal(1)])
    assert "Nguyễn" not in repr(reported)
