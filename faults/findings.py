"""What came of a fault, and what a store has to say to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from faults import ROOT
from faults.rig import Rig
from server.store import open_database
from server.store.tables import decisions


@dataclass
class Findings:
    """What was seen, and what of it should not be.

    Attributes:
        seen: lines for the report.
        problems: what is wrong; none: it passed.
    """

    seen: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def expect(self, holds: object, problem: str) -> None:
        """Note a problem unless something holds."""
        if not holds:
            self.problems.append(problem)

    def healthy(self, rig: Rig) -> None:
        """The service lives, and its log tells of no mistake of the program."""
        self.expect(rig.lives(), "the service does not live any more")
        bugs = rig.bugs()
        self.expect(not bugs, f"{len(bugs)} mistakes of the program in the log, such as: {bugs[:1]}")

    def nothing_lost(self, rig: Rig, answered: Mapping[str, str]) -> None:
        """Every decision that was answered is in the log, once for each request, and the chain is whole."""
        database = open_database(rig.location)
        with database.connect() as connection:
            rows = connection.execute(select(decisions.c.request_id, decisions.c.decision_id)).all()
        database.dispose()
        logged = {decision_id for _, decision_id in rows}
        lost = [each for each in answered.values() if each not in logged]
        keys = [request_id for request_id, _ in rows if request_id]
        self.expect(
            not lost, f"{len(lost)} of {len(answered)} decisions that were answered are not in the log"
        )
        self.expect(len(keys) == len(set(keys)), "a request has made more than one decision")
        command = [sys.executable, "-m", "clients.cli", "decisions", "verify", "--store", rig.location]
        verified = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        self.expect(verified.returncode == 0, f"the chain is not whole: {verified.stdout} {verified.stderr}")
        twice = len(keys) - len(set(keys))
        chain = "broken" if verified.returncode else "whole"
        self.seen.append(
            f"{len(answered):,} decisions answered, {len(rows):,} in the log, {len(lost)} lost, {twice} made twice; "
            f"chain {chain}"
        )
