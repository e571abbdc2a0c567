"""The common task: an employee's record of 20 fields, 12 criteria, a ladder of four outcomes (data/hr.yaml)."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from engine import Ruleset, Verdict
from engine.findings import Status
from engine.records import parse_record
from engine.ruleset import load

ASSESSED_ON: Final = date(2024, 12, 31)
CRITERIA: Final = tuple(f"C{number:02d}" for number in range(1, 13))
OUTCOMES: Final = ("excellent", "good", "completed", "not_completed")
SEED: Final = 42

Answer = tuple[str, list[str]]
"""An outcome, and the names of the criteria that are not met."""

Record = dict[str, Any]

_GOOD: Final = frozenset("AB")
_MONTHS: Final = ASSESSED_ON.year * 12 + ASSESSED_ON.month


def ruleset() -> Ruleset:
    """The task as one of our rulesets."""
    return load(Path(__file__).parent / "data" / "hr.yaml")


def records(count: int) -> list[Record]:
    """The same `count` records each time, as JSON gives them: dates are text, numbers int or float."""
    chance = random.Random(SEED)  # noqa: S311 - the point is that anyone gets the same records
    return [_record(number, chance) for number in range(count)]


def stated(record: Record) -> Record:
    """A record as our engine gets it: read from JSON text, numbers decimal, dates still text."""
    return parse_record(json.dumps(record))


def typed(record: Record) -> Record:
    """A record as a programmer has it: dates are dates, numbers decimal where they have decimals."""
    days = {
        name: None if record[name] is None else date.fromisoformat(record[name])
        for name in ("birth_date", "hire_date", "last_discipline_date")
    }
    decimals = {name: Decimal(str(record[name])) for name in ("salary_coef", "kpi_score", "attendance_pct")}
    return record | days | decimals


def answer(verdict: Verdict) -> Answer:
    """What a verdict says, as the other engines say it."""
    failed = [
        finding.criterion.name
        for finding in verdict.findings
        if finding.status is Status.UNMET and finding.criterion.name in CRITERIA
    ]
    return str(verdict.outcome), failed


def climb(holds: Mapping[str, bool]) -> Answer:
    """The ladder, for engines that have none: from whether each criterion holds."""
    failed = [name for name in CRITERIA if not holds[name]]
    if not failed:
        return "excellent", failed
    if holds["C01"] and holds["C02"] and holds["C04"]:
        if all(holds[name] for name in ("C03", "C06", "C07", "C08", "C10")):
            return "good", failed
        if holds["C06"] or holds["C07"]:
            return "completed", failed
    return "not_completed", failed


def by_hand(record: Record) -> Answer:
    """The task as a programmer writes it in Python, of a typed record."""
    disciplined = record["last_discipline_date"]
    absent = record["days_absent"]
    ratings = record["ratings"]
    return climb(
        {
            "C01": _months_since(record["hire_date"]) >= 12,
            "C02": record["contract_type"] in ("PERMANENT", "FIXED"),
            "C03": not record["discipline_active"]
            and (disciplined is None or _months_since(disciplined) >= 24),
            "C04": record["kpi_score"] >= 70,
            "C05": record["kpi_score"] >= _EIGHTY_FIVE_AND_A_HALF,
            "C06": record["attendance_pct"] >= 95,
            "C07": absent <= 5 or (record["union_member"] and absent <= 8),
            "C08": sum(rating in _GOOD for rating in ratings[-3:]) >= 2,
            "C09": ratings.count("A") >= 2 and "D" not in ratings,
            "C10": record["tasks_done_on_time"] * 100 >= record["tasks_assigned"] * 90,
            "C11": record["initiatives"] >= 1
            or (record["education"] in ("MASTER", "PHD") and record["training_hours"] >= 40),
            "C12": record["position_code"] not in ("TP", "PP", "GD") or record["salary_coef"] >= 4,
        }
    )


_EIGHTY_FIVE_AND_A_HALF: Final = Decimal("85.5")


def _months_since(day: date) -> int:
    """Full months from `day` to the day of assessment."""
    return _MONTHS - day.year * 12 - day.month - (day.day > ASSESSED_ON.day)


def _record(number: int, chance: random.Random) -> Record:
    assigned = chance.randrange(10, 60)
    discipline = chance.random()
    return {
        "id": f"E{number:08d}",
        "full_name": f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLE_NAMES)} {chance.choice(_GIVEN_NAMES)}",
        "birth_date": _day(chance, date(1965, 1, 1), date(2002, 12, 31)),
        "hire_date": _day(chance, date(2005, 1, 1), ASSESSED_ON),
        "department": chance.choice(
            ("Kế toán", "Nhân sự", "Kỹ thuật", "Hành chính", "Pháp chế", "Kinh doanh")
        ),
        "position_code": chance.choice(("CV", "CVC", "CVCC", "NV", "TP", "PP", "GD")),
        "contract_type": chance.choices(("PERMANENT", "FIXED", "PROBATION"), (13, 1, 1))[0],
        "education": chance.choice(("PHD", "MASTER", "BACHELOR", "COLLEGE", "NONE")),
        "salary_coef": chance.randrange(234, 678) / 100,
        "kpi_score": chance.randrange(5500, 10001) / 100,
        "attendance_pct": chance.randrange(9000, 10001) / 100,
        "days_absent": chance.randrange(0, 11),
        "tasks_assigned": assigned,
        "tasks_done_on_time": min(assigned, int(assigned * (0.8 + 0.25 * chance.random()))),
        "discipline_active": discipline < 0.03,
        "last_discipline_date": _day(chance, date(2020, 1, 1), ASSESSED_ON) if discipline < 0.15 else None,
        "union_member": chance.random() < 0.7,
        "initiatives": chance.randrange(0, 4),
        "ratings": chance.choices("ABCD", (45, 40, 12, 3), k=5),
        "training_hours": chance.randrange(0, 81),
    }


def _day(chance: random.Random, first: date, last: date) -> str:
    return date.fromordinal(chance.randrange(first.toordinal(), last.toordinal() + 1)).isoformat()


_SURNAMES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Bùi", "Võ")
_MIDDLE_NAMES: Final = ("Văn", "Thị", "Đức", "Thanh", "Ngọc", "Minh")
_GIVEN_NAMES: Final = ("Anh", "Bình", "Châu", "Dũng", "Hương", "Khánh", "Lộc", "Phượng", "Quỳnh", "Tuấn")
