"""Records by Decrees 335/2025 and 233/2026: points for general criteria and for products."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from clients.sample.draws import Draws, Weighted
from clients.sample.facts_common import (
    Facts,
    Held,
    Judged,
    by_aim,
    degraded,
    disciplined,
    part,
    peers,
    points,
)
from clients.sample.people import Aim

_SERVANT_DISCIPLINE: Final = (
    "decided_on",
    "form",
    "kind",
    "act_id",
    "used_in_year",
    "related_to_public_duty",
)
_EMPLOYEE_DISCIPLINE: Final = ("decided_on", "form", "kind")
_OF_30: Final = by_aim((8, 13), (14, 19), (19, 24), (27, 30))
_OF_70: Final = by_aim((18, 30), (39, 48), (53, 63), (63, 70))
_OF_10: Final = by_aim((3, 4), (5, 7), (6, 8), (9, 10))
_MEAN_SHARE: Final = 0.3  # of units that put the year together of quarters: assumed
# How often a product fails an assessment, and is late.
_FAILED: Final = by_aim(0.6, 0.4, 0.25, 0.02)
_LATE: Final = by_aim(0.8, 0.6, 0.5, 0.05)
# Percents of what is assigned: done, and of that of quality and on time.
_DONE: Final = by_aim((30, 45), (75, 90), (100, 100), (100, 100))
_WELL: Final = by_aim((50, 80), (70, 90), (80, 95), (97, 100))
_GRADES: Final = by_aim(
    Weighted({50: 50, 0: 50}), Weighted({100: 30, 50: 70}), Weighted({100: 80, 50: 20}), Weighted({100: 1})
)
_BELOW: Final = Weighted({"excellent": 14, "good": 72, "completed": 13.5, "not_completed": 0.5})


def civil_servant(held: Held, group: str) -> Facts:
    """A civil servant, with or without a leading post."""
    person, draws, aim = held.person, held.draws, held.results
    by_quarters = _by_quarters(held.unit.id)
    facts: Facts = {
        "subject": {"group": group, "is_leader": held.leads, "is_head": held.role == "head"},
        "assessment_year": held.on.year,
        "months_worked": person.months,
        "maternity_leave": person.maternity,
        "aggregation": "mean" if by_quarters else "whole",
        "general_points": points(draws, *_OF_30[aim]),
        "products": [] if by_quarters else [_product(draws, aim) for _ in range(draws.between(3, 5))],
        "periods": [
            {
                "general_points": points(draws, *_OF_30[aim]),
                "task_points": points(draws, *_OF_70[aim]),
                "weight": 1,
            }
            for _ in range(4)
        ]
        if by_quarters
        else [],
        "degradation": degraded(held),
        "forbidden_acts": False,
        "exemplary_violation": False,
        "discipline": disciplined(held, _SERVANT_DISCIPLINE),
    }
    if held.leads:
        year = held.year
        facts["unit_tasks"] = {
            "total": year.total,
            "on_time": year.on_time,
            "good_quality": year.good,
            "initiatives": draws.between(1, 5) if year.aim is Aim.EXCELLENT else draws.between(0, 3),
        }
        facts["cohesion"] = draws.weigh(_GRADES[aim])
        facts["corruption_in_unit"] = False
        if held.role == "deputy":
            facts["subordinates"] = [draws.weigh(_BELOW) for _ in range(draws.between(2, 5))]
    facts.update(peers(held, outstanding=True))
    return facts


def public_employee(held: Held, group: str) -> Facts:
    """A public employee, with or without a management post. The unit's class is fed by the campaign."""
    person, draws, aim = held.person, held.draws, held.results
    assigned = draws.between(10, 40)
    done = part(draws, assigned, *_DONE[aim])
    facts: Facts = {
        "subject": {"group": group, "is_leader": held.leads, "is_head": held.role == "head"},
        "assessment_year": held.on.year,
        "months_worked": person.months,
        "maternity_leave": person.maternity,
        "changed_post": False,
        "general_points": {
            name: points(draws, *_OF_10[aim]) for name in ("politics", "capacity", "innovation")
        },
        "products": {
            "assigned": assigned,
            "done": done,
            "good_quality": part(draws, done, *_WELL[aim]),
            "on_time": part(draws, done, *_WELL[aim]),
        },
        "degradation": degraded(held),
        "discipline": disciplined(held, _EMPLOYEE_DISCIPLINE),
    }
    if held.leads:
        facts["managing"] = {
            name: draws.weigh(_GRADES[aim]) for name in ("unit_result", "organising", "cohesion")
        }
        facts["corruption_in_unit"] = False
    facts.update(peers(held, outstanding=True))
    return facts


def organisation(judged: Judged) -> Facts:
    """An administrative organisation."""
    year, draws = judged.year, judged.draws
    return {
        "subject": {"group": "organisation"},
        "general_points": points(draws, *_OF_30[year.aim]),
        "task_points": points(draws, *_OF_70[year.aim]),
        "tasks": {
            "total": year.total,
            "done": year.done,
            "on_time": year.on_time,
            "good_quality": year.good,
            "effective": year.good,
            "exceeded": year.exceeded,
        },
        "shortcomings": {"total": year.shortcomings[0], "remedied": year.shortcomings[1]},
        "personnel_wrongdoing": False,
        "disunity": False,
        "running_for_posts": False,
    }


@lru_cache(maxsize=256)
def _by_quarters(unit_id: str) -> bool:
    """Whether a unit puts the year together of quarters: a rule of the unit, the same for everybody in it."""
    return Draws(f"quarters/{unit_id}").chance(_MEAN_SHARE)


def _product(draws: Draws, aim: Aim) -> Facts:
    assigned = draws.between(4, 20)
    late = draws.between(1, 2) if draws.chance(_LATE[aim]) else 0
    return {
        "assigned": assigned,
        "done": part(draws, assigned, *_DONE[aim]),
        "failed_checks": 1 if draws.chance(_FAILED[aim]) else 0,
        "delays": late,
        "excused_delays": 1 if late and draws.chance(0.1) else 0,
    }
