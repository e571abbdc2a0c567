"""Arithmetic of numbers against Python's decimal, of dates and times against the standard library."""

from __future__ import annotations

import calendar
import decimal
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import operators
from engine.feel.functions import BUILTINS
from engine.feel.temporal import (
    WideDuration,
    YearsMonths,
    add_months,
    date_of_day_number,
    date_time_of_instant,
    day_number,
    duration_nanos,
    instant,
    make_date,
    make_date_time,
    make_duration,
    make_time,
    time_nanos,
)
from engine.feel.temporal_text import parse_temporal
from engine.feel.values import text

ORACLE = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
ZONES = [UTC, timezone(timedelta(hours=7)), ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Paris"), None]

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**34) + 1, 10**34 - 1),
    st.integers(-6000, 6000),
)
years = st.integers(-999_999_999, 999_999_999)
days = st.builds(make_date, years | st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))
times = st.builds(make_time, st.integers(0, 86_400 * 10**9 - 1), st.sampled_from(ZONES))
months = st.integers(-24_000, 24_000)
durations = st.builds(make_duration, st.integers(-(10**19), 10**19) | st.integers(-(10**27), 10**27))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
@given(left=numbers, right=numbers)
def test_numbers_are_decimal128(name: str, left: Decimal, right: Decimal) -> None:
    expected = getattr(ORACLE, name)(left, right)
    assert getattr(operators, name)(left, right) == (expected if expected.is_finite() else None)


@given(st.lists(st.decimals(-(10**12), 10**12, places=4), min_size=1, max_size=20))
def test_sums_do_not_depend_on_the_order(items: list[Decimal]) -> None:
    for name in ("sum", "mean", "median", "max"):
        assert BUILTINS[name].call([items]) == BUILTINS[name].call([items[::-1]])


@given(n=st.decimals(-(10**9), 10**9, places=5), scale=st.integers(-5, 5))
def test_rounding_is_near_and_ordered(n: Decimal, scale: int) -> None:
    at = Decimal(scale)
    results = {name: BUILTINS[name].call([n, at]) for name in ("floor", "decimal", "ceiling")}
    floor, half_even, ceiling = (value for value in results.values() if isinstance(value, Decimal))
    assert floor <= n <= ceiling
    assert half_even in {floor, ceiling}
    assert ceiling - floor in {Decimal(0), Decimal(1).scaleb(-scale)}


@given(
    st.decimals(-(10**9), 10**9, places=3), st.decimals(-(10**4), 10**4, places=3).filter(lambda n: n != 0)
)
def test_modulo_is_as_the_standard_writes_it(dividend: Decimal, divisor: Decimal) -> None:
    exact = decimal.Context(prec=100)
    floor = exact.divide(dividend, divisor).to_integral_value(decimal.ROUND_FLOOR, context=exact)
    expected = exact.subtract(dividend, exact.multiply(divisor, floor))
    assert BUILTINS["modulo"].call([dividend, divisor]) == expected


@given(st.dates(), st.dates())
def test_days_between_dates(first: date, second: date) -> None:
    assert operators.subtract(first, second) == first - second
    assert operators.less(first, second) == (first < second)


@given(st.dates(date(1000, 1, 1), date(8000, 1, 1)), st.integers(-300_000, 300_000))
def test_date_and_days(day: date, count: int) -> None:
    assert operators.add(day, timedelta(days=count)) == day + timedelta(days=count)


@given(st.dates(date(2000, 1, 1), date(7000, 1, 1)), st.integers(-12_000, 12_000))
def test_date_and_months(day: date, count: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    assert operators.add(day, YearsMonths(count)) == date(year, month + 1, min(day.day, last))


@given(
    st.datetimes(
        datetime.fromisoformat("1900-01-01"),
        datetime.fromisoformat("2100-01-01"),
        timezones=st.sampled_from(ZONES),
    ),
    st.timedeltas(timedelta(days=-9000), timedelta(days=9000)),
)
def test_date_time_and_duration_go_by_the_instant(moment: datetime, duration: timedelta) -> None:
    if moment.tzinfo is None:
        expected = moment + duration
    else:
        expected = (moment.astimezone(UTC) + duration).astimezone(moment.tzinfo)
    assert operators.add(moment, duration) == expected


@given(
    st.datetimes(timezones=st.sampled_from(ZONES[:-1])), st.datetimes(timezones=st.sampled_from(ZONES[:-1]))
)
def test_time_between_moments(first: datetime, second: datetime) -> None:
    expected = first.astimezone(UTC) - second.astimezone(UTC) if _safe(first, second) else None
    if expected is not None:
        assert operators.subtract(first, second) == expected


def _safe(*moments: datetime) -> bool:
    return all(2 <= moment.year <= 9998 for moment in moments)


@given(st.times(), st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_time_of_day_goes_round(moment: time, duration: timedelta) -> None:
    expected = (datetime.combine(date(2024, 1, 15), moment) + duration).time()
    assert operators.add(moment, duration) == expected


@given(days)
def test_day_numbers_go_both_ways(day: date) -> None:
    assert date_of_day_number(day_number(day)) == day
    assert day_number(date_of_day_number(day_number(day) - 1) or day) in {
        day_number(day) - 1,
        day_number(day),
    }


@given(st.dates(), st.integers(-2_000_000, 99_000))
def test_the_calendar_repeats_after_400_years(day: date, cycles: int) -> None:
    far = make_date(day.year + 400 * cycles, day.month, day.day)
    if far is not None:
        assert day_number(far) == day_number(day) + 146_097 * cycles
        for name in ("day of week", "day of year", "week of year"):
            assert BUILTINS[name].call([far]) == BUILTINS[name].call([day])


@given(st.dates())
def test_where_a_day_stands(day: date) -> None:
    assert BUILTINS["day of week"].call([day]) == calendar.day_name[day.weekday()]
    assert BUILTINS["day of year"].call([day]) == day.timetuple().tm_yday
    assert BUILTINS["week of year"].call([day]) == day.isocalendar().week


@given(days, months)
def test_months_are_counted_back(day: date, count: int) -> None:
    later = add_months(day, count)
    if later is not None and day.day <= 28:
        assert BUILTINS["years and months duration"].call([day, later]) == YearsMonths(count)


@given(days, times)
def test_instants_go_both_ways(day: date, moment: time) -> None:
    value = make_date_time(day, moment)
    found = date_time_of_instant(instant(value), moment.tzinfo)
    if found is not None:
        assert instant(found) == instant(value)


@given(days | times | st.builds(make_date_time, days, times) | durations | st.builds(YearsMonths, months))
def test_texts_are_read_back(value: object) -> None:
    assert parse_temporal(text(value)) == value


@given(durations, st.decimals(-(10**6), 10**6, places=2).filter(lambda n: n != 0))
def test_duration_times_and_by_a_number(duration: timedelta, factor: Decimal) -> None:
    product = operators.multiply(duration, factor)
    exact = decimal.Context(prec=100).multiply(Decimal(duration_nanos(duration)), factor)
    if abs(exact) < 10**28:
        assert isinstance(product, timedelta | WideDuration)
        assert abs(duration_nanos(product) - exact) <= Decimal("0.5")


@given(times)
def test_times_have_their_nanoseconds(moment: time) -> None:
    assert make_time(time_nanos(moment), moment.tzinfo) == moment
