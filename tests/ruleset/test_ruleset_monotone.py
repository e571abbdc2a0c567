"""The proof that a decision is monotone, against trying every signature."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ruleset.decisions import read_decision
from engine.ruleset.document import DecisionDeclaration, Document
from engine.ruleset.report import Report
from engine.ruleset.source import read
from engine.ruleset.validate import validate

OUTCOMES = ("worst", "poor", "fair", "best")
CRITERIA = ("c0", "c1", "c2", "c3")

subsets = st.lists(st.sampled_from(CRITERIA), unique=True, max_size=3)
decisions = st.fixed_dictionaries(
    {
        "ladder": st.dictionaries(st.sampled_from(OUTCOMES), subsets, min_size=1, max_size=3),
        "grounds": st.dictionaries(st.sampled_from(OUTCOMES), subsets.filter(bool), max_size=2),
        "ceilings": st.lists(
            st.fixed_dictionaries(
                {"unless": st.sampled_from(CRITERIA), "at_most": st.sampled_from(OUTCOMES)}
            ),
            max_size=2,
        ),
        "otherwise": st.sampled_from(("undetermined", *OUTCOMES)),
    }
)

HEAD = f"""
ruleset: example.monotone
version: 1.0.0
kind: evaluation
title: {{vi: Thử, en: Test}}
effective: {{from: 2024-01-01}}
outcomes: [{", ".join(OUTCOMES)}]
sources:
  rule: {{title: {{vi: Quy chế}}, issued: 2023-12-01}}
facts:
  f: {{type: boolean, label: {{vi: f, en: f}}}}
criteria:
""" + "".join(f"  {name}: {{holds: f, cite: rule 1, label: {{vi: c, en: c}}}}\n" for name in CRITERIA)


SOURCE = read(f"{HEAD}decision: {{ladder: {{}}}}\n", "monotone.yaml")
DOCUMENT, _ = validate(SOURCE, Document)


def is_accepted(decision: dict[str, Any]) -> bool:
    assert DOCUMENT is not None
    report = Report(SOURCE)
    read_decision(DOCUMENT.model_copy(update={"decision": DecisionDeclaration(**decision)}), {}, report)
    assert {problem.code for problem in report.problems} <= {"not-monotone"}
    return not report.problems


def resolve(decision: dict[str, Any], met: frozenset[str]) -> int:
    """The rank that design 3.3 gives; what is undetermined may be as low as the lowest outcome."""
    grounds = [
        OUTCOMES.index(outcome) for outcome, names in decision["grounds"].items() if not met.issuperset(names)
    ]
    if grounds:
        return min(grounds)
    attained = [
        OUTCOMES.index(outcome) for outcome, names in decision["ladder"].items() if met.issuperset(names)
    ]
    otherwise = 0 if decision["otherwise"] == "undetermined" else OUTCOMES.index(decision["otherwise"])
    ceilings = [OUTCOMES.index(each["at_most"]) for each in decision["ceilings"] if each["unless"] not in met]
    return min([max(attained, default=otherwise), *ceilings])


def is_monotone(decision: dict[str, Any]) -> bool:
    signatures = [
        frozenset(names)
        for count in range(len(CRITERIA) + 1)
        for names in itertools.combinations(CRITERIA, count)
    ]
    return all(
        resolve(decision, met) <= resolve(decision, met | {name}) for met in signatures for name in CRITERIA
    )


@settings(deadline=None)
@given(decisions)
def test_what_is_accepted_is_monotone_and_what_is_refused_is_not(decision: dict[str, Any]) -> None:
    if is_accepted(decision):
        assert is_monotone(decision)
    elif decision["otherwise"] == "undetermined" or not decision["ceilings"]:
        assert not is_monotone(decision)
