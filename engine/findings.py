"""Findings: what each criterion says of one record, and what it looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Final, NamedTuple

from engine.feel.causes import Cause
from engine.feel.compiler import Judged
from engine.feel.unknown import Unknown
from engine.ruleset.ruleset import Criterion, Ruleset
from engine.ruleset.status import Status as Status  # the face of this module

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
    """Makes the findings of one ruleset. Safe to use from many threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def find(self, judged: Judged, values: Mapping[str, object], *, unknown: bool) -> Found:
        """What the criteria say.

        Args:
            judged: what the ruleset's program gave.
            values: of which it did: facts and parameters by name.
            unknown: whether a status is unknown.

        Raises:
            FeelLimitError: to find out why one is unknown passed a limit of the language.
        """
        signature, seen, results = judged
        if not unknown:
            return Found(signature, seen, self._findings)
        # Why one is unknown has to be asked for while the values are at hand, and may pass a limit.
        findings = tuple(
            self._explained(each, results, values) if each.status is Status.UNKNOWN else each
            for each in self._findings(signature, seen)
        )
        return Found(signature, seen, lambda _signature, _seen: findings)

    def _findings(self, signature: Signature, seen: Sequence[tuple[object, ...]]) -> tuple[Finding, ...]:
        """The findings of `signature` on what the criteria saw; of unknown ones it is not said why."""
        # One for each criterion of every record is made, so the loops are those of the built-ins.
        parts = zip(self._ruleset.criteria, signature, seen, repeat(()), repeat(None))
        return tuple(map(_FINDING, parts))

    def _explained(
        self, finding: Finding, results: tuple[object, ...], values: Mapping[str, object]
    ) -> Finding:
        """A finding whose status is not known, with what it would need or why it has no value."""
        criterion = finding.criterion
        expression, result = criterion.expression, results[criterion.holds_at]
        if criterion.applies_at is not None and results[criterion.applies_at] is not True:
            expression, result = criterion.applies or "", results[criterion.applies_at]
        if not isinstance(result, Unknown):
            return finding._replace(cause=self._ruleset.why_null(expression, values))
        # Not only what the result came from: behind one unknown fact another may be waiting to be asked for, as
        # what an item of an unknown list is compared with.
        facts = result.facts.union(*(value.facts for value in finding.seen if isinstance(value, Unknown)))
        return finding._replace(missing=tuple(sorted(facts)))


class Found:
    """What the criteria say of one record; it does not change, and two are equal whose findings are.

    Attributes:
        signature: the statuses.
        seen: the values that each criterion looked at.
    """

    __slots__ = ("_findings", "_make", "seen", "signature")

    def __init__(
        self,
        signature: Signature,
        seen: Sequence[tuple[object, ...]],
        make: Callable[[Signature, Sequence[tuple[object, ...]]], tuple[Finding, ...]],
    ) -> None:
        self.signature = signature
        self.seen = seen
        self._make = make
        self._findings: tuple[Finding, ...] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One for each criterion, in the ruleset's order.

        Made when first asked for: of most verdicts nobody wants more than the outcome and what follows from it.
        """
        found = self._findings
        if found is None:
            found = self._findings = self._make(self.signature, self.seen)
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Found) and self.findings == other.findings

    def __hash__(self) -> int:
        return hash(self.signature)

    def __repr__(self) -> str:
        return f"Found({', '.join(self.signature)})"


_FINDING: Final = partial(tuple.__new__, Finding)
