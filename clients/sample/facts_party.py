"""Records of Party rating: Regulations 132, 124 and 366."""

from __future__ import annotations

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
from clients.sample.people import Aim, UnitYear

_DISCIPLINE: Final = ("decided_on", "form", "kind", "act_id", "used_in_year")
_OF_30: Final = by_aim((8, 14), (15, 19), (21, 25), (27, 30))
_OF_70: Final = by_aim((18, 30), (38, 48), (52, 64), (64, 70))
_RESULTS: Final = by_aim(
    Weighted({"average": 50, "poor": 50}),
    Weighted({"good": 50, "average": 50}),
    Weighted({"excellent": 35, "good": 65}),
    Weighted({"excellent": 1}),
)
_OTHERS: Final = by_aim(
    Weighted({"average": 60, "poor": 40}),
    Weighted({"good": 40, "average": 60}),
    Weighted({"excellent": 20, "good": 60, "average": 20}),
    Weighted({"excellent": 60, "good": 40}),
)
_QUARTERS: Final = by_aim(
    Weighted({"completed": 50, "not_completed": 50}),
    Weighted({"good": 40, "completed": 60}),
    Weighted({"excellent": 15, "good": 80, "completed": 5}),
    Weighted({"excellent": 70, "good": 30}),
)


def individual_366(held: Held, group: str) -> Facts:
    """A Party member without a leading post, the year."""
    facts = _anybody_366(held, group)
    draws, aim = held.draws, held.results
    total = draws.between(8, 24)
    done = on_time = good = total
    exceeded = part(draws, total, 0, 25)
    if aim is Aim.EXCELLENT:
        exceeded = -(-total * draws.between(30, 70) // 100)
    elif aim is Aim.COMPLETED:
        on_time, good = total - part(draws, total, 5, 20), part(draws, total, 80, 95)
    elif aim is Aim.NOT_COMPLETED:
        done = part(draws, total, 30, 45)
        on_time, good, exceeded = part(draws, done, 50, 90), part(draws, done, 50, 90), 0
    facts["tasks"] = {
        "total": total,
        "done": done,
        "on_time": on_time,
        "good_and_effective": good,
        "exceeded": exceeded,
    }
    found = draws.between(0, 3)
    facts["shortcomings"] = {
        "total": found,
        "remedied": found if aim >= Aim.GOOD else draws.between(0, found),
    }
    return facts


def leader_366(held: Held, group: str) -> Facts:
    """A secretary or deputy secretary, the year; the class of the organisation is fed by the campaign."""
    facts = _anybody_366(held, group)
    draws, year = held.draws, held.year
    total = draws.between(8, 24)
    facts["tasks"] = {"total": total, "done": part(draws, total, 30, 45) if held.fails else total}
    facts["unit_tasks"] = _tasks_366(held.year)
    facts["force_majeure"] = False
    facts["shortcomings"] = {"total": year.shortcomings[0], "remedied": year.shortcomings[1]}
    return facts


def collective_366(judged: Judged) -> Facts:
    """A cell or committee, or an agency or unit, the year."""
    year, draws = judged.year, judged.draws
    return {
        "subject": {"group": "party_organisation"},
        "period": "year",
        "general_points": points(draws, *_OF_30[year.aim]),
        "task_points": points(draws, *_OF_70[year.aim]),
        "tasks": _tasks_366(year),
        "shortcomings": {"total": year.shortcomings[0], "remedied": year.shortcomings[1]},
        "members_disciplined": 0,
        "units_disciplined": 0,
        "disciplined": False,
        "degradation": False,
        "basis": {
            "collective_rated": True,
            "organisations": judged.below,
            "organisations_rated": judged.below,
            "members": judged.members,
            "members_rated": judged.members,
        },
        "review_days": 1,
        "provincial_standing_committee": False,
        "quarters": _quarters(draws, year.aim),
        "unit_id": judged.unit.parent or judged.unit.id,
        "peer_group": judged.unit.kind_name,
        "unit_outstanding": False,
    }


def individual_124(held: Held, group: str) -> Facts:
    """A Party member without a leading post."""
    total = held.draws.between(8, 24)
    tasks = {"total": total, "done": part(held.draws, total, 30, 45) if held.fails else total}
    return _anybody_124(held, group) | {"tasks": tasks}


def leader_124(held: Held, group: str) -> Facts:
    """A secretary or deputy secretary."""
    year = held.year
    return _anybody_124(held, group) | {
        "targets": {"total": year.total, "done": year.done},
        "main_targets_met": year.aim > Aim.NOT_COMPLETED,
        "force_majeure": False,
        "members_disciplined": 0,
        "self_detected_and_remedied": False,
    }


def collective_124(judged: Judged) -> Facts:
    """A cell or committee, or an agency or unit."""
    year = judged.year
    return {
        "subject": {"group": "party_organisation"},
        "levels": _levels(judged.draws, year.aim),
        "targets": {"total": year.total, "done": year.done},
        "main_targets_met": year.aim > Aim.NOT_COMPLETED,
        "force_majeure": False,
        "sub_units": {"total": judged.below, "disciplined": 0},
        "unit_violation": False,
        "self_detected_and_remedied": False,
        "collective_disciplined": False,
        "disunity": False,
        "degraded_member": False,
        "complaint": False,
        "unit_id": judged.unit.parent or judged.unit.id,
        "peer_group": judged.unit.kind_name,
    }


def member_132(held: Held, group: str) -> Facts:
    """A Party member."""
    draws = held.draws
    total = draws.between(8, 24)
    return {
        "subject": {"group": group},
        "assessment_year": held.on.year,
        "levels": _levels(draws, held.results),
        "outstanding": held.results is Aim.EXCELLENT,
        "tasks": {"total": total, "done": part(draws, total, 30, 45) if held.fails else total},
        "degradation": degraded(held),
        "discipline": disciplined(held, _DISCIPLINE),
        "state_class": _state_class(held),
    }


def _anybody_366(held: Held, group: str) -> Facts:
    person, draws = held.person, held.draws
    subject: Facts = {"group": group, "is_leader": held.leads}
    if held.leads:
        subject["is_head"] = held.role == "head"
    return {
        "subject": subject,
        "period": "year",
        "assessment_year": held.on.year,
        "months_worked": person.months,
        "posts": held.posts,
        "general_points": points(draws, *_OF_30[held.results]),
        "task_points": points(draws, *_OF_70[held.results]),
        "degradation": degraded(held),
        "discipline": disciplined(held, _DISCIPLINE),
        "state_class": _state_class(held),
        "quarters": _quarters(draws, held.results),
        **peers(held, outstanding=True),
    }


def _anybody_124(held: Held, group: str) -> Facts:
    return {
        "subject": {"group": group, "is_leader": held.leads},
        "assessment_year": held.on.year,
        "levels": _levels(held.draws, held.results),
        "degradation": degraded(held),
        "forbidden_act": False,
        "exemplary_violation": False,
        "discipline": disciplined(held, _DISCIPLINE),
        "state_class": _state_class(held),
        "complaint": False,
        **peers(held, outstanding=False),
    }


def _tasks_366(year: UnitYear) -> Facts:
    return {
        "total": year.total,
        "done": year.done,
        "on_time": year.on_time,
        "good_and_effective": year.good,
        "exceeded": year.exceeded,
    }


def _levels(draws: Draws, aim: Aim) -> Facts:
    return {
        "results": [draws.weigh(_RESULTS[aim]) for _ in range(3)],
        "others": [draws.weigh(_OTHERS[aim]) for _ in range(4)],
    }


def _quarters(draws: Draws, aim: Aim) -> list[Facts]:
    """The first three quarters: the fourth goes into the year."""
    return [{"number": number, "rating": draws.weigh(_QUARTERS[aim])} for number in (1, 2, 3)]


def _state_class(held: Held) -> str:
    """The rating that the State campaign is expected to give; the Party asks only whether it is the lowest."""
    return "not_rated" if held.person.months < 6 else held.person.aim.word
