"""Dates as the law counts them, held against counting day by day; and points against fractions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile as compile_expression
from engine.feel.functions import BUILTINS
from engine.feel.functions.points import PART_DECIMALS, settled

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
NEAR = st.dates(date(2024, 1, 1), date(2025, 12, 31))
ONE_DAY = timedelta(days=1)


def call(name: str, *args: object) -> object:
    return BUILTINS[name].call(args)


def working(day: date, holidays: list[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


@given(NEAR, NEAR, st.lists(NEAR, max_size=30))
def test_working_days_are_those_of_the_calendar(start: date, end: date, holidays: list[date]) -> None:
    low, high = sorted((start, end))
    counted = sum(working(low + number * ONE_DAY, holidays) for number in range(1, (high - low).days + 1))
    assert call("working_days", start, end, holidays) == (counted if start <= end else -counted)


@given(DAYS, DAYS, DAYS, st.lists(DAYS, max_size=5))
def test_working_days_add_up(first: date, second: date, third: date, holidays: list[date]) -> None:
    def days(start: date, end: date) -> Decimal:
        count = call("working_days", start, end, holidays)
        assert isinstance(count, Decimal)
        return count

    assert days(first, second) + days(second, third) == days(first, third)


@given(DAYS, DAYS)
def test_a_month_is_full_on_the_day_that_ends_it_and_not_the_day_before(start: date, end: date) -> None:
    months = call("full_months", start, end)
    assert isinstance(months, Decimal)
    assert months == -Decimal(str(call("full_months", end, start)))
    assert call("full_years", start, end) == int(months / 12)
    if start <= end:
        passed = compile_expression('a + n * @"P1M" <= b', names=("a", "b", "n"))
        assert passed({"a": start, "b": end, "n": months}) is True
        assert passed({"a": start, "b": end, "n": months + 1}) is False


SHARE = st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
SCORE = compile_expression(
    "score_total([score_part(general, [], 30, false), score_part(70 * (a/b + c/d + e/f) / 3, [], 70, false)])",
    names=(*"abcdef", "general"),
)


@given(
    SHARE,
    SHARE,
    SHARE,
    st.decimals(0, 30, places=4),
    st.sampled_from([50, 70, 90]) | st.integers(0, 10**6).map(lambda n: Decimal(n) / 10**4),
)
def test_a_score_lies_on_the_side_of_a_threshold_where_its_fraction_does(
    a: tuple[int, int], c: tuple[int, int], e: tuple[int, int], general: Decimal, threshold: Decimal | int
) -> None:
    counts = {name: Decimal(value) for name, value in zip("abcdef", (*a, *c, *e), strict=True)}
    score = SCORE({**counts, "general": general})
    exact = Fraction(general) + Fraction(70, 3) * (Fraction(*a) + Fraction(*c) + Fraction(*e))
    assert isinstance(score, Decimal)
    assert (score > threshold, score == threshold) == (exact > threshold, exact == threshold)


@given(st.integers(1, 999).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_shares_that_make_a_whole_reach_a_threshold_exactly(share: tuple[int, int]) -> None:
    """90 points by way of any denominator: the case in which a lost last digit would cost a rating."""
    part, whole = share
    points = f"60 * ({part}/{whole}) + 60 * ({whole - part}/{whole})"
    assert compile_expression(f"score_total([30, score_part({points}, [], 70, false)])")({}) == 90


@given(st.decimals(allow_nan=False, allow_infinity=False, places=PART_DECIMALS, min_value=0, max_value=100))
def test_what_has_no_more_decimals_is_left_as_it_is(points: Decimal) -> None:
    assert settled(points, PART_DECIMALS) is points
