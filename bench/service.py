"""What a call costs the server, as `bench.transport` measures it, in the form of the report."""

from __future__ import annotations

from typing import Final

from bench import transport
from bench.effort import Effort
from bench.measure import figure
from bench.report import Findings, Goal, Table

LOGGED: Final = "server CPU, Evaluate logged / empty handler"
MAX_COST: Final = 1.5  # times an empty handler, with the log


def measure(_effort: Effort) -> Findings:
    """Run the part; it has its own rounds."""
    rows = transport.run()
    goals = [
        Goal(row.name, row.value, MAX_COST, at_least=False) for row in rows if row.name.startswith(LOGGED)
    ]
    assert goals, f"no row is called {LOGGED}"
    return Findings(
        title="Service: a call over gRPC",
        notes=("CPU time of the server's process, as its clock has it, for loads that alternate.",),
        tables=(Table(("", "", "unit"), tuple((row.name, figure(row.value), row.unit) for row in rows)),),
        goals=tuple(goals),
    )
