"""Findings: what each criterion says of one record, and what it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

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


# A finding of this kind is made for every criterion of every record: names of the module are read, and a tuple is
# made, in a third of the time that the enum and the class take.
_MET: Final = Status.MET
_UNMET: Final = Status.UNMET
_NOT_APPLICABLE: Final = Status.NOT_APPLICABLE
_new: Final = tuple.__new__


def find(ruleset: Ruleset, values: Mapping[str, object]) -> tuple[Finding, ...]:
    """Evaluate every criterion of `ruleset` on `values`: its facts and parameters, by name.

    Raises:
        FeelLimitError: an expression passed a limit of the language.
    """
    results = ruleset.program.run(values)
    findings: list[Finding] = []
    for criterion in ruleset.criteria:
        seen = results[criterion.reads_at]
        if criterion.applies_at is not None:
            applies = results[criterion.applies_at]
            if applies is False:
                findings.append(_new(Finding, (criterion, _NOT_APPLICABLE, seen, (), None)))
                continue
            if applies is not True:
                findings.append(_unknown(ruleset, criterion, seen, applies, criterion.applies, values))
                continue
        holds = results[criterion.holds_at]
        if holds is True:
            findings.append(_new(Finding, (criterion, _MET, seen, (), None)))
        elif holds is False:
            findings.append(_new(Finding, (criterion, _UNMET, seen, (), None)))
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
