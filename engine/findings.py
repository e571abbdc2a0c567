"""Findings: what each criterion says of one record, and what it looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple

from engine.feel.causes import Cause
from engine.feel.unknown import Unknown
from engine.ruleset.ruleset import Criterion, Ruleset


class Status(StrEnum):
    """What a criterion says (design, section 3.3)."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


Signature = tuple[Status, ...]
"""The statuses of all findings, in the order of the ruleset's criteria."""


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


class Finder:
    """Evaluates the criteria of one ruleset. Safe to use from many threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._criteria = ruleset.criteria
        self._holds = _getter([criterion.holds_at for criterion in ruleset.criteria])
        self._seen = _getter([criterion.reads_at for criterion in ruleset.criteria])
        self._conditional = [
            (criterion.index, criterion.applies_at)
            for criterion in ruleset.criteria
            if criterion.applies_at is not None
        ]

    def find(self, values: Mapping[str, object]) -> tuple[Signature, tuple[Finding, ...]]:
        """The statuses and the findings on `values`: facts and parameters by name.

        Raises:
            FeelLimitError: an expression passed a limit of the language.
        """
        # One finding for each criterion of every record is made, so the loops are those of the built-ins.
        results = self._ruleset.program.run(values)
        statuses: list[Status | None] = list(map(_STATUS_OF, map(id, self._holds(results))))
        for index, applies_at in self._conditional:
            applies = results[applies_at]
            if applies is not True:
                statuses[index] = Status.NOT_APPLICABLE if applies is False else None
        if None not in statuses:
            signature: Signature = tuple(statuses)  # type: ignore[arg-type]  # None is not among them
            parts = zip(self._criteria, signature, self._seen(results), repeat(()), repeat(None))
            return signature, tuple(map(_FINDING, parts))
        findings = tuple(
            Finding(criterion, status, results[criterion.reads_at])
            if status is not None
            else self._unknown(criterion, results, values)
            for criterion, status in zip(self._criteria, statuses, strict=True)
        )
        return tuple([finding.status for finding in findings]), findings

    def _unknown(
        self, criterion: Criterion, results: tuple[object, ...], values: Mapping[str, object]
    ) -> Finding:
        """A finding whose status is not known: what it would need, or why it has no value."""
        seen = results[criterion.reads_at]
        expression, result = criterion.expression, results[criterion.holds_at]
        if criterion.applies_at is not None and results[criterion.applies_at] is not True:
            expression, result = criterion.applies or "", results[criterion.applies_at]
        if not isinstance(result, Unknown):
            return Finding(criterion, Status.UNKNOWN, seen, cause=self._ruleset.why_null(expression, values))
        # Not only what the result came from: behind one unknown fact another may be waiting to be asked for, as
        # what an item of an unknown list is compared with.
        facts = result.facts.union(*(value.facts for value in seen if isinstance(value, Unknown)))
        return Finding(criterion, Status.UNKNOWN, seen, missing=tuple(sorted(facts)))


# By identity, since 1 equals True, and no other value has to be looked at.
_STATUS_OF: Final = {id(True): Status.MET, id(False): Status.UNMET}.get
_FINDING: Final = partial(tuple.__new__, Finding)


def _getter(places: Sequence[int] | Sequence[slice]) -> Callable[[tuple[object, ...]], tuple[Any, ...]]:
    """Gives what stands at `places`, of which there may be one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda results: tuple([results[place] for place in places])
