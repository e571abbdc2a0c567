"""A file of managers for `vn.nd90.public-employee.manager`: as many rows as wanted, the same each time.

People are of twenty kinds, as in life who is late with one thing is so with another; so a million of them share some
thousand signatures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

_PIECE: Final = 250_000
_LEVELS: Final = ("well",) * 8 + ("met",) * 3 + ("not_met",)
_RATINGS: Final = ("excellent", "good", "good", "good", "completed", "not_completed")
_DISCIPLINE: Final = ("decided_on", "form", "kind", "act_id", "used_in_year", "used_in_year = null")
_FORMS: Final = ("reprimand", "warning", "removal")


def write_table(path: Path, rows: int) -> None:
    """Write `rows` rows, in which every fact is stated; one in twenty has discipline."""
    first = [_piece(start, min(_PIECE, rows - start)).lazy() for start in range(0, rows, _PIECE)]
    pl.concat(first).sink_parquet(path, compression="zstd")


def _piece(start: int, rows: int) -> pl.DataFrame:
    row = pl.int_range(start, start + rows, dtype=pl.UInt64, eager=True).alias("row")
    frame = pl.DataFrame({"row": row})

    def drawn(of: int, seed: int) -> pl.Expr:
        """A number below `of` for each row."""
        return (pl.col("row").hash(seed) % of).cast(pl.Int64)

    def word(words: tuple[str, ...], seed: int) -> pl.Expr:
        return drawn(len(words), seed).replace_strict(
            list(range(len(words))), list(words), return_dtype=pl.String
        )

    total, tasks, kind = 4 + drawn(12, 1), 3 + drawn(10, 2), drawn(20, 80)

    def short(of: pl.Expr, *kinds: int) -> pl.Expr:
        """`of`, or with the kinds of person that fall short in it, a few less."""
        return pl.max_horizontal(of - pl.when(kind.is_in(kinds)).then(1 + drawn(4, 81)).otherwise(0), 0)

    decision = pl.struct(
        decided_on=pl.date(2023, 1, 1) + pl.duration(days=drawn(730, 3)),
        form=word(_FORMS, 4),
        kind=pl.when(drawn(2, 5) == 0).then(pl.lit("party")).otherwise(pl.lit("administrative")),
        act_id=pl.format("A{}", pl.col("row") // 2),
        used_in_year=pl.when(drawn(3, 6) == 0).then(pl.lit(2023, pl.Int64)),
        none=drawn(3, 6) != 0,
    )
    return frame.select(
        pl.format("P{}", pl.col("row")).alias("person"),
        pl.lit(2024, pl.Int64).alias("assessment_year"),
        ((120 - pl.when(drawn(10, 7) == 0).then(drawn(80, 8)).otherwise(0)).cast(pl.Decimal(10, 0)) / 10)
        .cast(pl.Decimal(6, 1))
        .alias("months_worked"),
        (drawn(50, 9) == 0).alias("maternity_leave"),
        pl.when(drawn(12, 10) == 0)
        .then(drawn(40, 11) / 10)
        .otherwise(0.0)
        .round(1)
        .cast(pl.Decimal(6, 1))
        .alias("absence_months"),
        *(
            pl.when(kind == 11 + at)
            .then(word(_LEVELS, 20))
            .otherwise(pl.lit("well"))
            .alias(f"general.{name}")
            for at, name in enumerate(("politics", "ethics", "working_style", "organisation", "leadership"))
        ),
        total.alias("result_criteria.total"),
        short(total, 1, 2).alias("result_criteria.done"),
        short(total, 1, 2, 3, 4).alias("result_criteria.on_time"),
        short(total, 1, 5).alias("result_criteria.good_quality"),
        short(total, 1, 6).alias("result_criteria.effective"),
        short(total, 1, 6, 7, 8).alias("result_criteria.highly_effective"),
        (total - short(total, 1, 2, 3, 4)).alias("result_criteria.not_ensured"),
        tasks.alias("targets.total"),
        short(tasks, 1, 9).alias("targets.done"),
        short(tasks, 1, 9, 10).alias("targets.on_time_and_good"),
        (tasks * pl.when(kind < 12).then(3).otherwise(6) // 10).alias("targets.exceeded"),
        pl.concat_list(*(word(_RATINGS, 50 + at) for at in range(4)))
        .list.head(drawn(5, 60))
        .alias("sub_units"),
        (drawn(200, 70) == 0).alias("corruption_in_unit"),
        (drawn(300, 71) == 0).alias("degradation"),
        pl.concat_list(decision.struct.rename_fields(_DISCIPLINE))
        .list.head(pl.when(drawn(20, 72) == 0).then(1).otherwise(0))
        .alias("discipline"),
    )
