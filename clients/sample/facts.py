"""Which records each ruleset reads: the one table from rulesets to makers of facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from clients.sample import facts_nd90 as nd90
from clients.sample import facts_party as party
from clients.sample import facts_points as by_points
from clients.sample.facts_common import Facts, Held, Judged

OF_PERSON: Final[Mapping[str, Callable[[Held, str], Facts]]] = {
    "vn.nd90.cadre": nd90.leader,
    "vn.nd90.civil-servant": nd90.staff,
    "vn.nd90.civil-servant.leader": nd90.leader,
    "vn.nd90.public-employee": nd90.staff,
    "vn.nd90.public-employee.manager": nd90.leader,
    "vn.nd335.civil-servant": by_points.civil_servant,
    "vn.nd233.public-employee": by_points.public_employee,
    "vn.p132.party-member": party.member_132,
    "vn.p124.individual": party.individual_124,
    "vn.p124.individual.leader": party.leader_124,
    "vn.p366.individual": party.individual_366,
    "vn.p366.individual.leader": party.leader_366,
}
"""By the id of a ruleset, what makes the facts of a post in a group."""

OF_ORGANISATION: Final[Mapping[str, Callable[[Judged], Facts]]] = {
    "vn.nd335.organisation": by_points.organisation,
    "vn.p124.collective": party.collective_124,
    "vn.p366.collective": party.collective_366,
}
"""By the id of a ruleset, what makes the facts of an organisation."""
