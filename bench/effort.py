"""How long to measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of everything.

    Attributes:
        rounds: passes of each side.
        records: in a pass; engines that are slow get fewer of the same ones.
        kept: verdicts kept alive where that is what is measured.
    """

    rounds: int
    records: int
    kept: int


FULL: Final = Effort(rounds=15, records=2_000, kept=20_000)
QUICK: Final = Effort(rounds=3, records=200, kept=2_000)
