"""Records that show what is found, evaluated as any record is, and no larger than they need to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.analysis.model import Witness
from engine.analysis.study import Study
from engine.evaluation import evaluator_of
from engine.facts import RecordError
from engine.feel.errors import FeelLimitError
from engine.judgement import VerdictStatus
from engine.verdict import Verdict

Expected = Callable[[Verdict], Mapping[str, Any] | None]
"""What a case expects of a verdict; None where the verdict does not show what it should."""


def witness(
    study: Study, day: dt.date, facts: Mapping[str, Any], name: str, expected: Expected
) -> Witness | None:
    """A witness made of a record; None where its verdict does not show what it should.

    Facts and fields without which the verdict shows the same are left out.

    Args:
        study: the ruleset.
        day: of the evaluation.
        facts: the record.
        name: what it shows.
        expected: what is expected of its verdict.
    """

    def shown(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            return expected(evaluator_of(study.ruleset).evaluate(record, day))
        except (RecordError, FeelLimitError):
            return None

    wanted = shown(facts)
    if wanted is None:
        return None
    return Witness(name, _smaller(facts, lambda record: shown(record) == wanted), day, wanted)


def _smaller(facts: Mapping[str, Any], same: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    """What is left of a record when everything is taken out without which `same` still holds."""
    left = dict(facts)
    for name in facts:
        without = {each: value for each, value in left.items() if each != name}
        if same(without):
            left = without
        elif isinstance(facts[name], Mapping):
            left = {**left, name: _smaller(facts[name], _same_within(left, name, same))}
    return left


def _same_within(
    record: Mapping[str, Any], name: str, same: Callable[[Mapping[str, Any]], bool]
) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the record says the same with other fields in one of its facts."""
    return lambda fields: same({**record, name: fields})


def findings_expected(verdict: Verdict, criteria: Iterable[str]) -> dict[str, str]:
    """The statuses of some criteria, as a case expects them."""
    wanted = set(criteria)
    return {
        finding.criterion.name: finding.status.value
        for finding in verdict.findings
        if finding.criterion.name in wanted
    }


def result_expected(verdict: Verdict) -> dict[str, Any]:
    """What a verdict comes to, as a case expects it."""
    judgement = verdict.judgement
    if judgement.status is VerdictStatus.DECIDED:
        return {"outcome": judgement.outcome}
    expected: dict[str, Any] = {"status": judgement.status.value}
    if judgement.lowest is not None:
        expected |= {"lowest": judgement.lowest, "highest": judgement.highest}
    if verdict.because:
        expected["because"] = list(verdict.because)
    return expected
