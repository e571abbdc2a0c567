"""The store goes away and comes back: PostgreSQL is stopped and started, the disk is full and has room again."""

from __future__ import annotations

import resource
import time
from functools import partial
from pathlib import Path

from postgres import started

from clients.client import Client, ServiceError
from faults.callers import Callers, question
from faults.findings import Findings
from faults.rig import Rig, running, until

_FULL_BYTES = 3_000_000  # no file of the service can grow beyond
_AWAY_SECONDS = 2.0


def database(folder: Path) -> Findings:
    """PostgreSQL is stopped and started three times under load."""
    findings = Findings()
    with started() as postgres, postgres.database() as location:
        with running(folder, location) as rig, Callers(rig.address) as callers:
            for _ in range(3):
                callers.answer(50)
                postgres.stop()
                time.sleep(_AWAY_SECONDS)
                before = len(callers.answered)
                time.sleep(_AWAY_SECONDS)
                findings.expect(
                    len(callers.answered) == before, "a call was answered while the store was away"
                )
                postgres.start()
            callers.answer(50)
            callers.stop()
            findings.healthy(rig)
            findings.nothing_lost(rig, callers.answered)
        findings.seen.append(f"stopped and started 3 times; calls made again: {dict(callers.again)}")
        findings.expect(not callers.wrong, f"callers heard what they should not: {dict(callers.wrong)}")
    return findings


def disk(folder: Path) -> Findings:
    """The store can grow no more; what fails, and whether it goes on when there is room again."""
    findings = Findings()
    rig = Rig(folder, workers=1)
    limit = (_FULL_BYTES, resource.RLIM_INFINITY)
    rig.start(partial(resource.setrlimit, resource.RLIMIT_FSIZE, limit))
    try:
        with Callers(rig.address) as callers:
            until(lambda: bool(callers.again), "the disk to be full")
            with Client(rig.address) as client:
                for _ in range(20):
                    full = _heard(client)
                    findings.expect(full in ("UNAVAILABLE STORE_UNAVAILABLE", "answered"), f"heard: {full}")
            before = len(callers.answered)
            for worker in rig.workers():
                resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            callers.answer(50)
            callers.stop()
            findings.seen.append(f"full after {before:,} decisions; heard meanwhile: {dict(callers.again)}")
            findings.expect(not callers.wrong, f"callers heard what they should not: {dict(callers.wrong)}")
            findings.healthy(rig)
            findings.nothing_lost(rig, callers.answered)
    finally:
        if rig.lives():
            rig.kill()
    return findings


def _heard(client: Client) -> str:
    (answer,) = _answers(client)
    return f"{answer.code} {answer.reason}" if isinstance(answer, ServiceError) else "answered"


def _answers(client: Client) -> list[object]:
    try:
        return list(client.evaluate_batch([question()]))
    except ServiceError as error:
        return [error]
