"""The service under mixed load for a while: its memory and its open files stay what they are."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Final

from clients.client import Client, ServiceError
from faults.callers import Callers, question
from faults.findings import Findings
from faults.rig import Rig, running

SECONDS: Final = float(os.environ.get("FAULTS_SOAK_SECONDS", "120"))
_SAMPLE_SECONDS: Final = 1.0
_WARM_SHARE: Final = 0.4  # of the time, in which caches fill and rulesets are first used
_MOST_GROWTH: Final = 0.05  # of the memory, from the end of warming up to the end


def soak(folder: Path) -> Findings:
    """Records, batches, decisions read back, replays and lists, for `FAULTS_SOAK_SECONDS` (120)."""
    findings = Findings()
    with running(folder) as rig, Callers(rig.address) as callers:
        done, heard = threading.Event(), list[str]()
        readers = [threading.Thread(target=_read, args=(rig, done, heard)) for _ in range(2)]
        for reader in readers:
            reader.start()
        samples = _samples(rig)
        done.set()
        for reader in readers:
            reader.join()
        callers.stop()
        findings.healthy(rig)
        findings.nothing_lost(rig, callers.answered)
    warm = samples[int(len(samples) * _WARM_SHARE) :]
    slope = _slope([(moment, rss) for moment, rss, _ in warm])
    grown = slope * (warm[-1][0] - warm[0][0]) / warm[0][1]
    files = max(count for _, _, count in warm) - min(count for _, _, count in warm)
    findings.seen.append(
        f"{SECONDS:g} s; memory of the workers {warm[0][1]:.0f} MiB once warm, {warm[-1][1]:.0f} MiB in the end, "
        f"slope {slope * 60:+.2f} MiB a minute; open files within {files}"
    )
    findings.expect(grown < _MOST_GROWTH, f"memory grew by {grown:.0%}")
    findings.expect(files < 20, "open files are not what they were")
    findings.expect(not (callers.wrong or heard), f"heard: {dict(callers.wrong)} {heard[:3]}")
    return findings


def _samples(rig: Rig) -> list[tuple[float, float, int]]:
    """Moments in seconds, memory in MiB, open files."""
    began, samples = time.monotonic(), []
    while (passed := time.monotonic() - began) < SECONDS:
        samples.append((passed, *rig.resources()))
        time.sleep(_SAMPLE_SECONDS)
    return samples


def _read(rig: Rig, done: threading.Event, heard: list[str]) -> None:
    with Client(rig.address) as client:
        while not done.is_set():
            try:
                decision_id = client.evaluate(
                    "test.rating", question().facts, evaluated_on=question().evaluated_on, languages=["vi"]
                ).decision_id
                client.get_decision(decision_id)
                client.list_decisions(page_size=20)
                client.list_rulesets()
                if not client.replay_decision(decision_id).identical:
                    heard.append("a replay that differs")
            except ServiceError as error:
                heard.append(str(error))


def _slope(points: list[tuple[float, float]]) -> float:
    """The slope of the line through points that has the least squares."""
    count = len(points)
    mean_x, mean_y = (sum(each[axis] for each in points) / count for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
