"""The common task in the engines that we stand beside: the way they want it said, the records the way they like them.

What an engine has to be given beforehand (dates as its own dates, no exact decimals) is prepared outside the time
that is measured, which flatters it.
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any, Final

import cel
import zen

from bench.hr import CRITERIA, OUTCOMES, Answer, Record, climb


class RustCel:
    """common-expression-language: one expression that gives twelve booleans; the ladder is climbed in Python."""

    def __init__(self) -> None:
        self._program = cel.compile("[" + ", ".join(_CEL[name] for name in CRITERIA) + "]")

    def prepare(self, record: Record) -> Record:
        """A record with its dates as moments."""
        days = {
            name: None if record[name] is None else datetime.fromisoformat(record[name]).replace(tzinfo=UTC)
            for name in ("birth_date", "hire_date", "last_discipline_date")
        }
        return record | days

    def answer(self, record: Record) -> Answer:
        """The outcome and the criteria not met."""
        return climb(dict(zip(CRITERIA, self._program.execute(record), strict=True)))


class Zen:
    """zen-engine: a decision graph (JDM) of an expression node and a decision table, with its trace."""

    def __init__(self) -> None:
        content = zen.ZenDecisionContent(json.dumps(_zen_graph()))
        self._decision = zen.ZenEngine().create_decision(content)

    def evaluate(self, record: Record) -> Any:
        """All that it says of a record; see `answer_of`."""
        return self._decision.evaluate(record, _TRACED)

    def answer(self, record: Record) -> Answer:
        """The outcome and the criteria not met."""
        result = self.evaluate(record)["result"]
        return result["outcome"], [name for name in CRITERIA if not result[name]]


_TRACED: Final[Any] = {"trace": True}

_CEL_MONTHS: Final = "(2024 * 12 + 11 - ({0}.getFullYear() * 12 + {0}.getMonth()))"
_CEL: Final = {
    "C01": _CEL_MONTHS.format("hire_date") + " >= 12",
    "C02": "contract_type in ['PERMANENT', 'FIXED']",
    "C03": "!discipline_active && (last_discipline_date == null || "
    + _CEL_MONTHS.format("last_discipline_date")
    + " >= 24)",
    "C04": "kpi_score >= 70.0",
    "C05": "kpi_score >= 85.5",
    "C06": "attendance_pct >= 95.0",
    "C07": "days_absent <= 5 || (union_member && days_absent <= 8)",
    "C08": "size([ratings[2], ratings[3], ratings[4]].filter(x, x in ['A', 'B'])) >= 2",
    "C09": "size(ratings.filter(x, x == 'A')) >= 2 && !ratings.exists(x, x == 'D')",
    "C10": "tasks_done_on_time * 100 >= tasks_assigned * 90",
    "C11": "initiatives >= 1 || (education in ['MASTER', 'PHD'] && training_hours >= 40)",
    "C12": "!(position_code in ['TP', 'PP', 'GD']) || salary_coef >= 4.0",
}

_ZEN_MONTHS: Final = "d('2024-12-31').diff(d({0}), 'month')"
_ZEN: Final = {
    "C01": _ZEN_MONTHS.format("hire_date") + " >= 12",
    "C02": "contract_type in ['PERMANENT', 'FIXED']",
    "C03": "not discipline_active and (last_discipline_date == null or "
    + _ZEN_MONTHS.format("last_discipline_date")
    + " >= 24)",
    "C04": "kpi_score >= 70",
    "C05": "kpi_score >= 85.5",
    "C06": "attendance_pct >= 95",
    "C07": "days_absent <= 5 or (union_member and days_absent <= 8)",
    "C08": "count(ratings[2:], # in ['A', 'B']) >= 2",
    "C09": "count(ratings, # == 'A') >= 2 and none(ratings, # == 'D')",
    "C10": "tasks_done_on_time * 100 >= tasks_assigned * 90",
    "C11": "initiatives >= 1 or (education in ['MASTER', 'PHD'] and training_hours >= 40)",
    "C12": "position_code not in ['TP', 'PP', 'GD'] or salary_coef >= 4",
}

_ZEN_LADDER: Final = (
    ("excellent", CRITERIA),
    ("good", ("C01", "C02", "C03", "C04", "C06", "C07", "C08", "C10")),
    ("completed", ("C01", "C02", "C04", "C06")),
    ("completed", ("C01", "C02", "C04", "C07")),
    ("not_completed", ()),
)


def _zen_graph() -> dict[str, object]:
    """Request → criteria → ladder → response."""
    assert {outcome for outcome, _ in _ZEN_LADDER} == set(OUTCOMES)
    expressions = [{"id": f"e{name}", "key": name, "value": text} for name, text in _ZEN.items()]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in CRITERIA],
        "outputs": [{"id": "outcome", "name": "outcome", "field": "outcome"}],
        "rules": [
            {
                "_id": f"r{number}",
                **{name: "true" if name in needed else "" for name in CRITERIA},
                "outcome": f'"{outcome}"',
            }
            for number, (outcome, needed) in enumerate(_ZEN_LADDER)
        ],
        "passThrough": True,
    }
    nodes = [
        ("request", "inputNode", None),
        ("criteria", "expressionNode", {"expressions": expressions}),
        ("ladder", "decisionTableNode", table),
        ("response", "outputNode", None),
    ]
    names = [name for name, _, _ in nodes]
    return {
        "nodes": [
            {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
            | ({"content": content} if content else {})
            for name, kind, content in nodes
        ],
        "edges": [
            {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
            for source, target in itertools.pairwise(names)
        ],
    }
