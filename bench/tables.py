"""Decision tables: a value looked up by the columns' indexes, beside a scan of all rows of the same table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from random import Random
from typing import Final

from bench.effort import Effort
from bench.measure import Side, alternate, figure
from bench.report import Findings, Goal, Table
from engine.feel import parse, parse_unary_tests
from engine.feel.tables import DecisionTable, HitPolicy, Input, Output, Rule

COLUMNS: Final = ("post", "points", "led", "unit", "months")
SIZES: Final = (100, 1_000, 16_000)
SCANNED_CELLS: Final = 200_000  # about so many rows are scanned in a pass, whatever the size of the table
WANTED_MICROS: Final = 100

_POSTS: Final = 40
_UNITS: Final = 200


def measure(effort: Effort) -> Findings:
    """Run the part."""
    lines, ratio, micros = [], 0.0, 0.0
    for size in SIZES:
        indexed, scanned = make_tables(size)
        asked = make_questions(effort.records)
        few = asked[: max(SCANNED_CELLS // size // effort.rounds, 2)]
        for question in few:
            assert indexed.decide(question) == scanned.decide(question), question
        sides = [Side("index", indexed.decide, asked), Side("scan", scanned.decide, few)]
        found = alternate(sides, effort.rounds)
        over = found["scan"].over(found["index"])
        micros, ratio = found["index"].micros.median, over.median
        lines.append((f"{size:,} rows", figure(micros), figure(found["scan"].micros.median), str(over)))
    return Findings(
        title="Decision tables: looked up and scanned",
        notes=(
            f"Tables of {len(COLUMNS)} columns (two words, a range, true or false, a word, a least number; a third "
            "of the true or false cells accepts anything), hit policy first, asked for values at random; a scan "
            "evaluates the compiled cells column by column, of the rows that are left. Results first seen to be the "
            "same.",
        ),
        tables=(Table(("table", "index, µs", "scan, µs", "scan / index"), tuple(lines)),),
        goals=(
            Goal(f"a lookup in {SIZES[-1]:,} rows", micros, WANTED_MICROS, at_least=False, unit="µs"),
            Goal(f"faster than a scan of {SIZES[-1]:,} rows", ratio, 100),
        ),
    )


def make_tables(size: int) -> tuple[DecisionTable, DecisionTable]:
    """One table of `size` rows, with an index and without."""
    draw = Random(size)  # noqa: S311 - the same table each time
    parsed = cache(parse_unary_tests)
    rules = []
    for row in range(size):
        low = draw.randrange(1000)
        cells = (
            f'"p{draw.randrange(_POSTS)}", "p{draw.randrange(_POSTS)}"',
            f"[{low}..{low + draw.randrange(200)}]",
            draw.choice(("-", "true", "false")),
            f'"u{draw.randrange(_UNITS)}"',
            f">= {draw.randrange(100)}",
        )
        rules.append(Rule(tuple(map(parsed, cells)), (parse(f'"r{row}"'),)))
    inputs = [Input(name, parse(name)) for name in COLUMNS]
    outputs = [Output("result")]
    indexed, scanned = (
        DecisionTable("bench", inputs, outputs, rules, HitPolicy.FIRST, indexed=each)
        for each in (True, False)
    )
    return indexed, scanned


def make_questions(count: int) -> list[Sequence[object]]:
    """Values for the columns."""
    draw = Random(count)  # noqa: S311 - the same questions each time
    return [
        (
            f"p{draw.randrange(_POSTS)}",
            Decimal(draw.randrange(1200)),
            draw.random() < 0.5,
            f"u{draw.randrange(_UNITS)}",
            Decimal(draw.randrange(120)),
        )
        for _ in range(count)
    ]
