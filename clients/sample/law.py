"""By which rulesets the people and organisations of a province are judged on a day.

Only the ids stand here; the catalogue chooses the version. A test holds the days to those of the rulesets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

EARLIEST: Final = date(2020, 8, 20)
"""Decree 90/2020 is in force from then on; before it there is nothing to judge by."""

ND335_FROM: Final = date(2026, 1, 1)
ND233_FROM: Final = date(2026, 7, 1)
P124_FROM: Final = date(2023, 10, 4)
P366_FROM: Final = date(2025, 8, 30)


@dataclass(frozen=True, slots=True)
class Law:
    """The ids of the rulesets of one day; None where none is shipped.

    Attributes:
        cadre: for those elected: the chairs of People's committees and their deputies.
        civil_servant: for civil servants without a leading post.
        civil_servant_leader: for those in leading posts.
        public_employee: for public employees without a management post.
        public_employee_manager: for those in management posts.
        administration: for administrative organisations.
        service: for public service units.
        party_member: for Party members.
        party_leader: for secretaries of cells and committees.
        party_organisation: for these cells and committees.
    """

    cadre: str
    civil_servant: str
    civil_servant_leader: str
    public_employee: str
    public_employee_manager: str
    administration: str | None
    service: str | None
    party_member: str
    party_leader: str
    party_organisation: str | None


def law_on(day: date) -> Law:
    """The rulesets of a day.

    Raises:
        ValueError: it is before the first of them.
    """
    if day < EARLIEST:
        raise ValueError(f"there are no rulesets for {day}: choose a day from {EARLIEST} on")
    party = "p366" if day >= P366_FROM else "p124" if day >= P124_FROM else "p132"
    # From Regulation 124 on, Party rating covers agencies and units too. Public service units have no other.
    unit = None if party == "p132" else f"vn.{party}.collective"
    by_points = day >= ND335_FROM
    by_points_service = day >= ND233_FROM
    return Law(
        cadre="vn.nd90.cadre",
        civil_servant="vn.nd335.civil-servant" if by_points else "vn.nd90.civil-servant",
        civil_servant_leader="vn.nd335.civil-servant" if by_points else "vn.nd90.civil-servant.leader",
        public_employee="vn.nd233.public-employee" if by_points_service else "vn.nd90.public-employee",
        public_employee_manager="vn.nd233.public-employee"
        if by_points_service
        else "vn.nd90.public-employee.manager",
        administration="vn.nd335.organisation" if by_points else unit,
        service=unit,
        # Regulation 132 has a ruleset for Party members alone: secretaries are judged as such.
        party_member="vn.p132.party-member" if party == "p132" else f"vn.{party}.individual",
        party_leader="vn.p132.party-member" if party == "p132" else f"vn.{party}.individual.leader",
        party_organisation=unit,
    )
