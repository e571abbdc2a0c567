"""The values of a fact as a line of steps, and the places on it where a result changes."""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from engine.foresight.model import Case, R
from engine.ruleset.types import DeclaredType

MAX_EXHAUSTIVE: Final = 200  # whole numbers tried one by one
DECIMALS: Final = 4  # decimals to which a threshold of a number that is not whole is looked for
MAX_NUMBER: Final = 10**9  # numbers are tried up to this
YEARS: Final = 100  # dates are tried up to so many years on either side of the date of the evaluation


@dataclass(frozen=True)
class Scale:
    """A kind of value as whole steps: dates as days, counts as themselves, numbers in units of the last decimal."""

    to_step: Callable[[Any], int]
    of_step: Callable[[int], Any]
    low: int
    high: int
    coarse: int

    def values(self, seeds: Iterable[Any]) -> list[Any]:
        """The values to try: few enough, all; otherwise the ends, the seeds and their neighbours."""
        steps = {self.low, self.high}
        for seed in seeds:
            step = self.to_step(seed) if isinstance(seed, Decimal | dt.date) else None
            if step is not None:
                steps.update((step - 1, step, step + 1))
        # Whole values one by one, as far as twice the largest that plays a part.
        top = max((step for step in steps if step < self.high), default=self.high) // self.coarse * 2
        steps.update(step * self.coarse for step in range(min(top, MAX_EXHAUSTIVE) + 1))
        return [self.of_step(step) for step in sorted(steps) if self.low <= step <= self.high]


def scale_of(declared: DeclaredType, day: dt.date) -> Scale:
    """The scale of a fact that is a count, a number or a date; dates lie around `day`."""
    if declared.kind == "date":
        span = YEARS * 366
        return Scale(
            lambda value: value.toordinal() if isinstance(value, dt.date) else day.toordinal(),
            dt.date.fromordinal,
            max(day.toordinal() - span, 1),
            min(day.toordinal() + span, dt.date.max.toordinal()),
            coarse=366,
        )
    unit = 0 if declared.kind == "count" else DECIMALS
    one = 10**unit
    low = 0 if declared.kind == "count" else -MAX_NUMBER * one
    return Scale(
        lambda value: int((Decimal(value) * one).to_integral_value()) if isinstance(value, Decimal) else 0,
        lambda step: Decimal(step).scaleb(-unit).normalize() + 0,
        low,
        MAX_NUMBER * one,
        coarse=one,
    )


def pieces(points: Sequence[Any], result_of: Callable[[Any], R], scale: Scale) -> Iterator[Case[R]]:
    """The line of values cut where the result changes; each cut found to the last step."""
    if not points:
        return
    results = [result_of(point) for point in points]
    start, first = None, results[0]
    for (left, before), (right, after) in itertools.pairwise(zip(points, results, strict=True)):
        if before == after:
            continue
        last, then = _boundary(scale, scale.to_step(left), scale.to_step(right), before, result_of)
        yield Case(start, last, first)
        start, first = then, after
    yield Case(start, None, first)


def _boundary(
    scale: Scale, left: int, right: int, before: Any, result_of: Callable[[Any], Any]
) -> tuple[Any, Any]:
    """The last value that still gives what `left` gives, and the next one."""
    steps = range(left + 1, right + 1)
    changed = bisect_left(steps, True, key=lambda step: result_of(scale.of_step(step)) != before)
    return scale.of_step(left + changed), scale.of_step(left + changed + 1)
