"""The rating of managers (`vn.nd90.public-employee.manager` 2.0.0) as a person would write it for one file.

The same results for the files of `bench.table_data`, in which everything is stated, nobody has two decisions on one
act and everybody is assessed for 2024: the hand makes use of that, and knows nothing of what is missing or wrong.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

_C: Final = pl.col
_R: Final = "result_criteria."
_T: Final = "targets."
_GENERAL: Final = ("politics", "ethics", "working_style", "organisation")

_GROUNDS: Final = (
    "not_degraded",
    "shortfalls_not_over_half",
    "targets_half_done",
    "no_corruption_in_unit",
    "not_disciplined",
)
_LADDER: Final = {
    "excellent": (
        "general_well",
        "leadership_well",
        "results_done",
        "results_on_time",
        "results_good_quality",
        "results_highly_effective",
        "targets_all_done",
        "targets_exceeded",
        "sub_units_all_completed",
        "sub_units_mostly_good",
    ),
    "good": (
        "general_met",
        "leadership_met",
        "results_done",
        "results_on_time",
        "results_good_quality",
        "results_effective",
        "targets_all_done",
        "targets_on_time_and_good",
        "sub_units_all_completed",
        "sub_units_mostly_good",
    ),
    "completed": (
        "general_met",
        "leadership_met",
        "results_done",
        "few_shortfalls",
        "targets_mostly_done",
        "sub_units_mostly_completed",
    ),
}

SQL: Final = {
    "served_six_months": "months_worked >= 6 OR maternity_leave",
    "absence_under_three_months": "absence_months < 3 OR absence_months >= 6",
    "absence_within_the_text": "absence_months < 6",
    "result_criteria_set": "{r}total > 0",
    "targets_assigned": "{t}total > 0",
    "general_well": " AND ".join(f"\"general.{name}\" = 'well'" for name in _GENERAL),
    "general_met": " AND ".join(f"\"general.{name}\" IN ('met', 'well')" for name in _GENERAL),
    "leadership_well": "\"general.leadership\" = 'well'",
    "leadership_met": "\"general.leadership\" IN ('met', 'well')",
    "results_done": "{r}done >= {r}total",
    "results_on_time": "{r}on_time >= {r}total",
    "results_good_quality": "{r}good_quality >= {r}total",
    "results_effective": "{r}effective >= {r}total",
    "results_highly_effective": "{r}highly_effective >= {r}total",
    "few_shortfalls": "{r}not_ensured * 100 <= {r}total * 20",
    "targets_all_done": "{t}done >= {t}total",
    "targets_exceeded": "{t}exceeded * 100 >= {t}total * 50",
    "targets_on_time_and_good": "{t}on_time_and_good * 100 >= {t}total * 80",
    "targets_mostly_done": "{t}done * 100 > {t}total * 70",
    "sub_units_all_completed": "not_completed = 0",
    "sub_units_mostly_good": "units_good * 100 >= units * 70",
    "sub_units_mostly_completed": "(units - not_completed) * 100 >= units * 70",
    "not_degraded": "NOT degradation",
    "shortfalls_not_over_half": "{r}not_ensured * 100 <= {r}total * 50",
    "targets_half_done": "{t}done * 100 >= {t}total * 50",
    "no_corruption_in_unit": "NOT corruption_in_unit",
    "not_disciplined": "counting = 0",
    "no_decision_this_year": "this_year = 0",
    "counts_agree": (
        "{r}done <= {r}total AND {r}on_time <= {r}done AND {r}good_quality <= {r}done AND {r}effective <= {r}done "
        "AND {r}highly_effective <= {r}effective AND {r}not_ensured <= {r}total AND {t}done <= {t}total "
        "AND {t}on_time_and_good <= {t}done AND {t}exceeded <= {t}done AND months_worked + absence_months <= 12"
    ),
}
"""The criteria, in the order of the ruleset."""

CRITERIA: Final = tuple(SQL)
_TOGETHER: Final = 10  # criteria of which one table of lists has every combination


def _columns(text: str) -> str:
    for short, prefix in (("{r}", _R), ("{t}", _T)):
        while short in text:
            before, _, after = text.partition(short)
            name = after.split()[0].rstrip(")")
            text = f'{before}"{prefix}{name}"{after[len(name) :]}'
    return text


def _all(names: tuple[str, ...]) -> str:
    return " AND ".join(names)


def by_duckdb(source: Path, sink: Path) -> None:
    """One query from Parquet to Parquet."""
    criteria = ", ".join(f"({_columns(sql)}) AS {name}" for name, sql in SQL.items())
    rungs = " ".join(f"WHEN {_all(names)} THEN '{outcome}'" for outcome, names in _LADDER.items())
    capped = " ".join(f"WHEN {_all(names)} THEN 'completed'" for names in _LADDER.values())
    failed = ", ".join(f"CASE WHEN NOT {name} THEN '{name}' END" for name in CRITERIA)
    duckdb.sql(f"""
        COPY (
            SELECT person,
                CASE WHEN NOT (result_criteria_set AND targets_assigned) THEN NULL
                     WHEN NOT served_six_months THEN NULL
                     WHEN NOT ({_all(_GROUNDS)}) THEN 'not_completed'
                     WHEN absence_under_three_months THEN (CASE {rungs} END)
                     ELSE (CASE {capped} END) END AS outcome,
                list_filter([{failed}], lambda x: x IS NOT NULL) AS failed
            FROM (SELECT person, {criteria} FROM (
                SELECT *, len(sub_units) AS units,
                    len(list_filter(sub_units, lambda x: x IN ('good', 'excellent'))) AS units_good,
                    len(list_filter(sub_units, lambda x: x = 'not_completed')) AS not_completed,
                    len(list_filter(discipline, lambda d: year(d.decided_on) = 2024)) AS this_year,
                    len(list_filter(discipline,
                        lambda d: year(d.decided_on) = 2024 AND d.used_in_year IS NULL)) AS counting
                FROM read_parquet('{source}')))
        ) TO '{sink}' (FORMAT parquet, COMPRESSION zstd)
    """)  # noqa: S608 - paths of our own making


def by_polars(source: Path, sink: Path) -> None:
    """One lazy query from Parquet to Parquet; lists of failed criteria taken from tables of all combinations."""
    element = pl.element()
    year = element.struct.field("decided_on").dt.year() == 2024
    unused = element.struct.field("used_in_year").is_null()
    frame = pl.scan_parquet(source).with_columns(
        units=_C("sub_units").list.len().cast(pl.Int64),
        units_good=_C("sub_units").list.eval((element == "good") | (element == "excellent")).list.sum(),
        not_completed=_C("sub_units").list.eval(element == "not_completed").list.sum(),
        this_year=_C("discipline").list.eval(year).list.sum(),
        counting=_C("discipline").list.eval(year & unused).list.sum(),
    )
    # Polars reads the same conditions as SQL, and plans them as its own expressions.
    found = frame.select("person", *(pl.sql_expr(_columns(sql)).alias(name) for name, sql in SQL.items()))
    attained = pl.coalesce(
        pl.when(pl.all_horizontal(criteria)).then(
            pl.when("absence_under_three_months").then(pl.lit(name)).otherwise(pl.lit("completed"))
        )
        for name, criteria in _LADDER.items()
    )
    rated = pl.when(pl.all_horizontal(_GROUNDS)).then(attained).otherwise(pl.lit("not_completed"))
    outcome = pl.when(_C("result_criteria_set") & _C("targets_assigned") & _C("served_six_months")).then(
        rated
    )
    parts = [CRITERIA[start : start + _TOGETHER] for start in range(0, len(CRITERIA), _TOGETHER)]
    found.select(
        "person", outcome.alias("outcome"), pl.concat_list(*map(_failed, parts)).alias("failed")
    ).sink_parquet(sink, compression="zstd")


def _failed(criteria: tuple[str, ...]) -> pl.Expr:
    lists = _lists(criteria)
    mask = pl.sum_horizontal((~_C(name)).cast(pl.UInt32) * (1 << at) for at, name in enumerate(criteria))
    return mask.map_batches(lists.gather, return_dtype=pl.List(pl.String), is_elementwise=True)


@cache
def _lists(criteria: tuple[str, ...]) -> pl.Series:
    """For each combination of criteria that failed, their names."""
    lists = [
        [name for at, name in enumerate(criteria) if mask >> at & 1] for mask in range(1 << len(criteria))
    ]
    return pl.Series(lists, dtype=pl.List(pl.String))
