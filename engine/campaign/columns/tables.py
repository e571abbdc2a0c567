"""What a campaign over tables is given and comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import polars as pl

ORGANISATION: Final = "organisation"
PERSON: Final = "person"
ROLE: Final = "role"
SUBJECT: Final = (ORGANISATION, PERSON, ROLE)
"""The columns of records that say whom a row is about; all others state facts."""
NUMBER: Final = "number"

PROBLEMS: Final[pl.Schema] = pl.Schema(
    {"code": pl.String(), **dict.fromkeys(SUBJECT, pl.String()), NUMBER: pl.Int64()}
)
"""Of the table of problems: the kind, and whom it concerns first."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one ruleset, a row each.

    Attributes:
        ruleset: its id; it is taken in the version of the day.
        frame: with the column `organisation`; of people also `person` and `role` (head, deputy, member); the other
            columns state facts, as `engine.table.layout` describes. A lazy one is read piece by piece.
    """

    ruleset: str
    frame: pl.DataFrame | pl.LazyFrame

    @property
    def of_people(self) -> bool:
        """Whether they are of people."""
        return PERSON in self.frame.collect_schema().names()


class Step(NamedTuple):
    """A step of a campaign.

    Attributes:
        kind: ``tree``, ``organisations``, ``people``, ``heads`` or ``quotas``.
        level: of organisations, how many are above them; else -1.
        rows: how many records it judges; of quotas, how many verdicts.
    """

    kind: str
    level: int
    rows: int


@dataclass(frozen=True, slots=True)
class TableCampaign:
    """What a campaign comes to.

    Attributes:
        subjects: a row each: whom it is about, ``ruleset``, ``version``, ``status`` (``refused`` where a record cannot
            be used), ``outcome``, ``lowest``, ``highest``, ``blocking`` (criteria that are unmet and keep from the next
            higher outcome), ``missing_matters``; ``standing``, ``standing_reason`` and ``final`` as the quota leaves
            it.
        groups: a row for each group within which a quota holds: ``ruleset``, ``scope`` (its facts), ``values``,
            ``eligible``, ``others``, ``fewest`` and ``most`` places, ``awarded``.
        problems: see `PROBLEMS`.
        apart: of each ruleset, how many rows were evaluated by themselves since what they are fed is not known or
            contradicts them.
        by_rows: of each ruleset that was evaluated row by row as a whole, why.
    """

    subjects: pl.DataFrame
    groups: pl.DataFrame
    problems: pl.DataFrame
    apart: Mapping[str, int]
    by_rows: Mapping[str, str]
