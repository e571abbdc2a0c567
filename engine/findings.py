"""Findings: what each criterion says of one record, and what it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from engine.feel.causes import Cause
from engine.feel.unknown import Unknown
from engine.ruleset.ruleset import Criterion, Ruleset


class Status(StrEnum):
    """What a criterion says (design, section 3.3)."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Finding(NamedTuple):
    """One criterion, evaluated.

    Attributes:
        criterion: the criterion.
        status: what it says.
        seen: the values of ``criterion.reads``, in that order.
        missing: where the status is unknown: the facts that were not stated.
        cause: where it could not be computed from what was stated: why.
    """

    criterion: Criterion
    status: Status
    seen: tuple[object, ...]
    missing: tuple[str, ...] = ()
    cause: Cause | None = None


def find(ruleset: Ruleset, values: Mapping[str, object]) -> tuple[Finding, ...]:
    """Evaluate every criterion of `ruleset` on `values`: its facts and parameters, by name.

    Raises:
        FeelLimitError: an expression passed a limit of the language.
    """
    results = ruleset.program.run(values)
    findings = []
    for criterion in ruleset.criteria:
        seen = results[criterion.reads_at]
        if criterion.applies_at is not None:
            applies = results[criterion.applies_at]
            if applies is False:
                findings.append(Finding(criterion, Status.NOT_APPLICABLE, seen))
                continue
            if applies is not True:
                findings.append(_unknown(ruleset, criterion, seen, applies, criterion.applies, values))
                continue
        holds = results[criterion.holds_at]
        if holds is True:
            findings.append(Finding(criterion, Status.MET, seen))
        elif holds is False:
            findings.append(Finding(criterion, Status.UNMET, seen))
        else:
            findings.append(_unknown(ruleset, criterion, seen, holds, criterion.expression, values))
    return tuple(findings)


def _unknown(
    ruleset: Ruleset,
    criterion: Criterion,
    seen: tuple[object, ...],
    result: object,
    expression: str | None,
    values: Mapping[str, object],
) -> Finding:
    if isinstance(result, Unknown):
        return Finding(criterion, Status.UNKNOWN, seen, missing=tuple(sorted(result.facts)))
    cause = ruleset.why_null(expression or criterion.expression, values)
    return Finding(criterion, Status.UNKNOWN, seen, cause=cause)
