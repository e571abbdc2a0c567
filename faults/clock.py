"""The clock of the machine is set back by a day, and forward again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from clients.client import Client
from faults.callers import question
from faults.findings import Findings
from faults.rig import RULESETS
from server.config import Settings
from server.process import Server, Surroundings
from server.running.settings import ListenSettings, LogSettings, MetricsSettings
from server.store.settings import StoreSettings

_DAY_MICROS = 86_400_000_000


def set_back(folder: Path) -> Findings:
    """Decisions are logged, read back and replayed as before, whatever the clock says."""
    return asyncio.run(_set_back(folder))


async def _set_back(folder: Path) -> Findings:
    findings, offset = Findings(), [0]
    settings = Settings(
        store=StoreSettings(location=str(folder / "store.sqlite3"), rulesets=RULESETS),
        listen=ListenSettings(port=0),
        metrics=MetricsSettings(enabled=False),
        log=LogSettings(level="warning"),
    )
    server = Server(settings, Surroundings(now_micros=lambda: time.time_ns() // 1_000 + offset[0]))
    address = await server.start()
    try:
        found = []
        for step in (0, -_DAY_MICROS, 0, 365 * _DAY_MICROS, 0):
            offset[0] = step
            found += await asyncio.to_thread(_decisions, address)
    finally:
        await server.stop()
    positions = [position for position, _ in found]
    findings.expect(positions == list(range(1, len(found) + 1)), "the log is not in the order of the calls")
    findings.expect(all(identical for _, identical in found), "a replay differs")
    findings.seen.append(
        f"set a day back, a year ahead and back again; {len(found)} decisions in one order, replayed"
    )
    return findings


def _decisions(address: str) -> list[tuple[int, bool]]:
    with Client(address) as client:
        answers = client.evaluate_batch([question()] * 20)
        ids = [each.decision_id for each in answers if hasattr(each, "decision_id")]
        return [(client.get_decision(each).position, client.replay_decision(each).identical) for each in ids]
