"""kill -9, of a worker and of the whole service, ten times each under load."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from postgres import started

from faults.callers import Callers
from faults.findings import Findings
from faults.rig import Rig, running, until

TIMES = 10


def workers(folder: Path) -> Findings:
    """A worker is killed ten times; the other serves on, and a new one takes its place."""
    findings = Findings()
    with running(folder) as rig, Callers(rig.address) as callers:
        for _ in range(TIMES):
            callers.answer(50)
            before = {each.pid for each in rig.workers()}
            random.choice(rig.workers()).send_signal(signal.SIGKILL)  # noqa: S311 - which one is of no matter
            until(lambda: len(_fresh(rig, before)) == 1, "a new worker")  # noqa: B023 - it is waited for here
        callers.answer(50)
        callers.stop()
        findings.healthy(rig)
        findings.nothing_lost(rig, callers.answered)
    findings.seen.append(f"{TIMES} workers killed; calls made again: {dict(callers.again) or 'none'}")
    findings.expect(not callers.wrong, f"callers heard what they should not: {dict(callers.wrong)}")
    return findings


def service(folder: Path, location: str = "") -> Findings:
    """The whole service is killed ten times, and started again on the same store."""
    findings = Findings()
    with running(folder, location) as rig, Callers(rig.address) as callers:
        for _ in range(TIMES):
            callers.answer(50)
            rig.kill()
            rig.start()
        callers.answer(50)
        callers.stop()
        findings.healthy(rig)
        findings.nothing_lost(rig, callers.answered)
    findings.seen.append(f"killed {TIMES} times; calls made again: {dict(callers.again) or 'none'}")
    findings.expect(not callers.wrong, f"callers heard what they should not: {dict(callers.wrong)}")
    return findings


def service_on_postgresql(folder: Path) -> Findings:
    """The same, with the store in PostgreSQL."""
    with started() as postgres, postgres.database() as location:
        return service(folder, location)


def _fresh(rig: Rig, before: set[int]) -> set[int]:
    """The workers that there were not before, if there are as many as there should be."""
    now = {each.pid for each in rig.workers()}
    return now - before if len(now) == len(before) else set()
