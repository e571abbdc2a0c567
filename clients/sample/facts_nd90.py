"""Records by Decree 90/2020: levels of general criteria, tasks, criteria of results, targets of the unit."""

from __future__ import annotations

from datetime import date
from typing import Final

from clients.sample.draws import Draws, Weighted
from clients.sample.facts_common import Facts, Held, by_aim, degraded, disciplined, part, peers
from clients.sample.people import Aim

ND48_FROM: Final = date(2023, 9, 15)
"""Since Decree 48/2023 records say what the share of excellent ratings is taken of."""

_DISCIPLINE: Final = ("decided_on", "form", "kind", "act_id", "used_in_year", "in_duty")
_LEVELS: Final = by_aim(
    Weighted({"met": 70, "not_met": 30}),
    Weighted({"well": 15, "met": 85}),
    Weighted({"well": 70, "met": 30}),
    Weighted({"well": 1}),
)
_GENERAL: Final = ("politics", "ethics", "working_style", "organisation")


def staff(held: Held, group: str) -> Facts:
    """Somebody without a leading post."""
    facts = _anybody(held, group)
    draws, aim = held.draws, held.results
    facts["general"] = {name: draws.weigh(_LEVELS[aim]) for name in _GENERAL}
    total = draws.between(8, 24)
    done = on_time = good = effective = total
    highly = part(draws, total, 40, 95)
    exceeded = part(draws, total, 0, 45)
    if aim is Aim.EXCELLENT:
        highly, exceeded = total, -(-total * draws.between(50, 80) // 100)
    elif aim < Aim.GOOD:
        done = total if aim is Aim.COMPLETED else part(draws, total, 30, 45)
        on_time, good, effective = (part(draws, done, 70, 95) for _ in range(3))
        highly, exceeded = part(draws, effective, 20, 60), part(draws, done, 0, 15)
    facts["tasks"] = {
        "total": total,
        "done": done,
        "on_time": on_time,
        "good_quality": good,
        "effective": effective,
        "highly_effective": highly,
        "exceeded": exceeded,
    }
    criteria = 20
    facts["result_criteria"] = {
        "total": criteria,
        "done": criteria if aim > Aim.NOT_COMPLETED else part(draws, criteria, 40, 60),
        "not_ensured": _not_ensured(draws, aim, criteria),
    }
    facts.update(_shares(held))
    return facts


def leader(held: Held, group: str) -> Facts:
    """Somebody with a leading post; how the unit did counts too."""
    facts = _anybody(held, group)
    draws, aim = held.draws, held.results
    facts["general"] = {name: draws.weigh(_LEVELS[aim]) for name in (*_GENERAL, "leadership")}
    total = draws.between(10, 24)
    done = on_time = good = effective = total
    highly = total if aim is Aim.EXCELLENT else part(draws, total, 40, 95)
    if aim < Aim.GOOD:
        done = total if aim is Aim.COMPLETED else part(draws, total, 30, 45)
        on_time, good, effective = (part(draws, done, 80, 95) for _ in range(3))
        highly = part(draws, effective, 20, 60)
    facts["result_criteria"] = {
        "total": total,
        "done": done,
        "on_time": on_time,
        "good_quality": good,
        "effective": effective,
        "highly_effective": highly,
        "not_ensured": _not_ensured(draws, aim, total),
    }
    year = held.year
    facts["targets"] = {
        "total": year.total,
        "done": year.done,
        "on_time_and_good": min(year.on_time, year.good),
        "exceeded": year.exceeded,
    }
    facts["corruption_in_unit"] = False
    facts.update(_shares(held))
    return facts


def _anybody(held: Held, group: str) -> Facts:
    person = held.person
    return {
        "subject": {"group": group, "is_leader": held.leads},
        "assessment_year": held.on.year,
        "months_worked": person.months,
        "maternity_leave": person.maternity,
        "absence_months": person.absence,
        "degradation": degraded(held),
        "discipline": disciplined(held, _DISCIPLINE),
    }


def _not_ensured(draws: Draws, aim: Aim, total: int) -> int:
    """How many criteria fell short. One in thirty falls into the gap between 20 and 50 percent that the law leaves."""
    if aim >= Aim.GOOD:
        return 0
    if aim is Aim.NOT_COMPLETED:
        return part(draws, total, 60, 80)
    return part(draws, total, 25, 50) if draws.chance(1 / 30) else part(draws, total, 5, 20)


def _shares(held: Held) -> Facts:
    if held.on < ND48_FROM:
        return {}
    rated, excellent = held.year.party_rated
    return {**peers(held, outstanding=False), "party_members": {"rated": rated, "excellent": excellent}}
