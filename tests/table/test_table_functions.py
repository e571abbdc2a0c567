"""Functions of dates over columns, on many pairs of days; what they give is what they give one by one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import evaluate as evaluate_feel
from engine.table.functions import call
from engine.table.values import Value

days = st.one_of(
    st.dates(date(1950, 1, 1), date(2060, 12, 31)),
    st.builds(
        lambda year, month: date(year, month, 1) - timedelta(1), st.integers(1990, 2030), st.integers(1, 12)
    ),
)


@given(st.lists(st.tuples(days, days), min_size=1, max_size=30))
def test_months_and_years_between_days(pairs: list[tuple[date, date]]) -> None:
    frame = pl.DataFrame(pairs, schema={"start": pl.Date, "end": pl.Date}, orient="row")
    ends = [Value("date", pl.col(name), nullable=False) for name in frame.columns]
    for name in ("full_months", "full_years"):
        found = frame.select(call(name, ends).expr.alias("found"))["found"].to_list()
        asked = [
            evaluate_feel(f'{name}(date("{start.isoformat()}"), date("{end.isoformat()}"))')
            for start, end in pairs
        ]
        assert [Decimal(each) for each in found] == asked
