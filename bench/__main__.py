"""`python -m bench [PART ...] [--quick]`: measure, print ratios; a full run of all parts also writes report.md."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import (
    country,
    engines,
    expressions,
    load,
    machine,
    province,
    reasons,
    retention,
    service,
    stages,
    tables,
    tables_bench,
    wire,
)
from bench.effort import FULL, QUICK, Effort
from bench.report import Findings

REPORT: Final = Path(__file__).parent / "report.md"
PACKAGES: Final = (
    "zen-engine",
    "common-expression-language",
    "pySFeel",
    "durable_rules",
    "grpcio",
    "protobuf",
    "orjson",
    "uvloop",
    "SQLAlchemy",
    "polars",
    "duckdb",
)
PARTS: Final[dict[str, Callable[[Effort], Findings]]] = {
    "engines": engines.measure,
    "stages": stages.measure,
    "reasons": reasons.measure,
    "expressions": expressions.measure,
    "tables": tables.measure,
    "columns": tables_bench.measure,
    "province": province.measure,
    "campaign": country.measure,
    "retention": retention.measure,
    "transport": service.measure,
    "load": load.measure,
    "wire": wire.measure,
}


def main() -> int:
    """Run the parts that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="few records and rounds; the figures are rough")
    arguments = parser.parse_args()
    if unknown := set(arguments.part) - PARTS.keys():
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")

    effort = QUICK if arguments.quick else FULL
    found = []
    for name in arguments.part or PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        found.append(PARTS[name](effort))
        print(found[-1].markdown(), end="\n\n", flush=True)
    if not arguments.part and not arguments.quick:
        REPORT.write_text(_page(found), "utf-8")
        print(f"written to {REPORT.parent.name}/{REPORT.name}")
    return 0


def _page(found: list[Findings]) -> str:
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    goals = [goal for part in found for goal in part.goals]
    about = [
        f"Measured on {datetime.now(UTC):%d %B %Y, %H:%M} UTC by `{command}`.",
        *machine.describe(PACKAGES),
        f"Rounds: {FULL.rounds}, alternating; figures are medians (lowest..highest) of CPU time.",
    ]
    head = "\n".join(["# What chuan costs", "", *(f"- {line}" for line in about)])
    reached = "\n".join(["## Goals", "", *(f"- {goal}" for goal in goals)])
    return "\n\n".join([head, reached, *(part.markdown() for part in found)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
