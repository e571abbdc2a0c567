"""Random expressions over columns and over records: ratios and ties, unknown and null, loops in loops."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from same_as_rows import check_same

from engine import Ruleset, loads
from engine.table import TableEvaluator, frame_of

DAY = date(2024, 12, 31)
LABEL = "{vi: nhãn, en: label}"
HEAD = f"""
ruleset: test.columns
version: 1.0.0
kind: evaluation
title: {LABEL}
effective: {{from: 2020-01-01}}
outcomes: {{low: {LABEL}, high: {LABEL}}}
sources: {{law: {{title: {LABEL}, issued: 2020-01-01}}}}
types:
  level: {{bad: {LABEL}, fair: {LABEL}, good: {LABEL}}}
  act:
    on: {{type: date, label: {LABEL}}}
    year: {{type: count, empty: true, label: {LABEL}}}
    level: {{type: level, label: {LABEL}}}
    grave: {{type: boolean, label: {LABEL}}}
  work: {{total: {{type: count, label: {LABEL}}}, done: {{type: count, label: {LABEL}}}}}
facts:
  n: {{type: number, label: {LABEL}, allowed: "[-5..5]"}}
  m: {{type: number, label: {LABEL}, empty: true}}
  b: {{type: boolean, label: {LABEL}}}
  level: {{type: level, label: {LABEL}}}
  day: {{type: date, label: {LABEL}, empty: true}}
  work: {{type: work, label: {LABEL}}}
  acts: {{type: list of act, label: {LABEL}}}
  levels: {{type: list of level, label: {LABEL}}}
parameters:
  share: [{{from: 2020-01-01, value: 70%, cite: law 1}}]
definitions:
  done_share: work.done / work.total
  good_ones: 'count(levels[item = "good"])'
"""

numbers = st.sampled_from(
    ["n", "m", "work.total", "work.done", "share", "0.7", "2", "good_ones", "count(acts)", "day.year - 2020"]
)
calls = st.one_of(
    st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "sum"]), numbers, numbers),
    st.builds("{}([{}, {}])".format, st.sampled_from(["min", "max", "sum", "score_total"]), numbers, numbers),
    st.builds("abs({})".format, numbers),
    st.builds("score_part({}, [{}], 4, {})".format, numbers, numbers, st.sampled_from(["true", "false"])),
    st.builds("score_part({}, [{}, 0.5], 5, true, {})".format, numbers, numbers, st.sampled_from(["0", "1"])),
    st.builds("score_part({}, [], {}, false)".format, numbers, st.sampled_from(["4", "share"])),
    st.builds(
        "{}({}, {})".format,
        st.sampled_from(["full_months", "full_years"]),
        st.sampled_from(["day", 'date("2023-12-31")']),
        st.sampled_from(["day", 'date("2025-02-28")', 'date("2024-02-29")']),
    ),
)
sums = st.one_of(
    numbers,
    calls,
    st.builds("score_total([{}, {}])".format, calls, calls),
    st.builds("({} {} {})".format, numbers, st.sampled_from(["+", "-", "*"]), numbers),
    st.builds("-{}".format, numbers),
)
ratios = st.one_of(
    sums, st.just("done_share"), st.builds("{} / {}".format, numbers, st.sampled_from(["work.total", "4"]))
)
orders = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
words = st.sampled_from(['"bad"', '"good"', "level"])
item_tests = st.sampled_from(
    [
        "a.grave",
        "not(a.grave)",
        "a.on.year = 2024",
        "a.year = null",
        "a.year != null and a.year != 2024",
        'a.level in ("fair", "good")',
        "a.on < day",
        "a.year >= n",
        "(some e in acts satisfies e.level = a.level and e.on < a.on)",
    ]
)
atoms = st.one_of(
    st.builds("{} {} {}".format, ratios, orders, ratios),
    st.builds("{} {} {}".format, words, st.sampled_from(["=", "!="]), words),
    # A range of constants whose low end is above its high end is a mistake that the loader tells.
    st.builds("{} between {} and {}".format, sums, numbers, numbers).filter(
        lambda text: not text.endswith(" between 2 and 0.7")
    ),
    st.builds(
        "{} in {}".format, numbers, st.sampled_from(["[0..2]", "(1, 2)", "(0..2]", "(> 1)", "[1, 2.5]"])
    ),
    st.sampled_from(["b", "not(b)", "day = null", "m != null", 'day < date("2024-01-01")', "day.month >= 6"]),
    st.builds("({} a in acts satisfies {})".format, st.sampled_from(["some", "every"]), item_tests),
    st.builds("count(acts[{}]) > 1".format, st.sampled_from(["grave", "on.year = 2024", "level != level"])),
    st.just('(every x in [level, "good"] satisfies x != "bad")'),
    st.just('(every l in levels satisfies l != "bad")'),
    st.just("(some k in 1..2 satisfies k = n)"),
)
truths = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)

number = st.sampled_from([Decimal(text) for text in ("0", "1", "2", "2.5", "-1", "0.70", "4")])
level = st.sampled_from(["bad", "fair", "good"])
day = st.sampled_from(["2023-12-31", "2024-01-01", "2024-02-29", "2024-06-30"])
act = st.fixed_dictionaries(
    {},
    optional={
        "on": day,
        "year": st.sampled_from([None, 2023, 2024]),
        "level": level,
        "grave": st.booleans(),
    },
)
record = st.fixed_dictionaries(
    {},
    optional={
        "n": number,
        "m": st.none() | number,
        "b": st.booleans(),
        "level": level,
        "day": st.none() | day,
        "work": st.fixed_dictionaries(
            {},
            optional={
                "total": st.sampled_from([0, 3, 10, 2_000_000_000]),
                "done": st.sampled_from([0, 2, 7, 1_400_000_000, 1_399_999_999]),
            },
        ),
        "acts": st.lists(act, max_size=3),
        "levels": st.lists(level, max_size=3),
    },
)


def ruleset_of(conditions: list[tuple[str, str | None]]) -> Ruleset:
    lines = [HEAD, "criteria:"]
    for number_, (holds, applies) in enumerate(conditions):
        asked = "" if applies is None else f"\n    applies: >-\n      {applies}"
        lines.append(
            f"  c{number_}:\n    label: {LABEL}\n    cite: law 1{asked}\n    holds: >-\n      {holds}"
        )
    names = ", ".join(f"c{number_}" for number_ in range(len(conditions)))
    lines.append(f"decision: {{ladder: {{high: [{names}]}}, otherwise: low}}")
    return loads("\n".join(lines))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.lists(st.tuples(truths, st.none() | truths), min_size=3, max_size=6),
    st.lists(record, min_size=1, max_size=10),
)
def test_expressions_say_of_columns_what_they_say_of_records(
    conditions: list[tuple[str, str | None]], records: list[dict[str, Any]]
) -> None:
    ruleset = ruleset_of(conditions)
    frame = frame_of(ruleset, records)
    whole = check_same(ruleset, frame, records, DAY)
    # In pieces, of which a later one may have larger numbers than the first, or nulls where it had none.
    table = TableEvaluator(ruleset, DAY)
    pieces = [table.evaluate(frame[start : start + 2]) for start in range(0, frame.height, 2)]
    assert_frame_equal(pl.concat([piece.frame for piece in pieces]), whole.frame)
    assert_frame_equal(pl.concat([piece.findings() for piece in pieces]), whole.findings())
