"""Run the faults that are named, or all: `python -m faults [NAME ...]`; the report goes to faults/report.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from faults import ROOT, callings, clock, killing, soak, stores
from faults.findings import Findings

FAULTS: Final[Mapping[str, Callable[[Path], Findings]]] = {
    "clock-set-back": clock.set_back,
    "connections": callings.connections,
    "database-away": stores.database,
    "mutated-requests": callings.mutated,
    "disk-full": stores.disk,
    "worker-killed": killing.workers,
    "soak": soak.soak,
    "service-killed": killing.service,
    "service-killed-postgresql": killing.service_on_postgresql,
}
REPORT: Final = ROOT / "faults" / "report.md"


def main(names: list[str]) -> int:
    """Run faults; 1 if one was not stood.

    Args:
        names: of the faults, none: all of them, and the report is written.
    """
    if strangers := set(names) - set(FAULTS):
        sys.stderr.write(f"no fault is called {', '.join(strangers)}; there are {', '.join(FAULTS)}\n")
        return 2
    rows, failed = [], False
    for name in names or FAULTS:
        began = time.monotonic()
        findings = _run(FAULTS[name])
        took = time.monotonic() - began
        failed |= bool(findings.problems)
        print(f"{'FAILED' if findings.problems else 'stood '} {name} ({took:.0f} s)")
        for line in (*findings.seen, *(f"PROBLEM: {each}" for each in findings.problems)):
            print(f"    {line}")
        rows.append((name, took, findings))
        if not names:  # after each one: a run that is broken off has told something too
            REPORT.write_text("\n".join(_report(rows)) + "\n", "utf-8")
    return int(failed)


def _run(fault: Callable[[Path], Findings]) -> Findings:
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        try:
            return fault(Path(folder))
        except (TimeoutError, AssertionError, OSError) as error:
            return Findings(problems=[f"{type(error).__name__}: {error}"])


def _report(rows: list[tuple[str, float, Findings]]) -> Iterator[str]:
    yield "# What the service stood\n"
    load = os.getloadavg()[1]
    yield f"Made by `make faults` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.platform()},"
    yield f"Python {platform.python_version()}, load average {load:.1f} at the end."
    yield "docs/faults.md says what each fault does.\n"
    yield "| fault | | seconds | seen |"
    yield "|---|---|---|---|"
    for name, took, findings in rows:
        seen = "<br>".join([*findings.seen, *(f"**{each}**" for each in findings.problems)])
        yield f"| `{name}` | {'**failed**' if findings.problems else 'stood'} | {took:.0f} | {seen} |"
    yield from (f"| `{name}` | not run | | |" for name in list(FAULTS)[len(rows) :])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
