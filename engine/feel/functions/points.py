"""Functions that the score of a ruleset is made of. They are ours, beside those of the standard.

A third of 70 points has no end as a decimal, and three of them have to be 70 again: what a division loses is far
below any threshold that a law can set, so points are settled where such losses begin, and only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Final

from engine.feel.causes import null
from engine.feel.functions.registry import builtin, optional, required
from engine.feel.operators import CONTEXT
from engine.feel.types import BOOLEAN, NUMBER, ListOf
from engine.feel.values import text

PART_DECIMALS: Final = 24  # decimals of the points of a part
TOTAL_DECIMALS: Final = 20  # decimals of a total: the parts' settling is forgotten in it
_WIDE: Final = Context(prec=80, rounding=ROUND_HALF_EVEN)  # holds any points with their decimals
_WHOLE_DIGITS: Final = 40  # of points; what is larger has no decimals to settle
_ZERO: Final = Decimal(0)


def settled(points: Decimal, decimals: int) -> Decimal:
    """`points` without what a division left after so many `decimals`; unchanged where there are no more."""
    exponent = points.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -decimals or points.adjusted() > _WHOLE_DIGITS:
        return points
    return _WIDE.quantize(points, Decimal(1).scaleb(-decimals)).normalize(_WIDE)


def _part(
    points: Decimal, deductions: Sequence[Decimal], maximum: Decimal, capped: bool, floor: Decimal | None
) -> Decimal | None:
    """The points of a part after its deductions: from 0 to `maximum`, or null with the cause."""
    if None in deductions:
        return null("arguments", deductions, function="score_part")
    reached, maximum = settled(points, PART_DECIMALS), settled(maximum, PART_DECIMALS)
    if reached < _ZERO or min(deductions, default=_ZERO) < _ZERO:
        return null("negative-points")
    if reached > maximum:
        if not capped:
            return null("over-maximum", maximum=text(maximum))
        reached = maximum
    try:
        left = settled(CONTEXT.subtract(reached, _sum(deductions)), PART_DECIMALS)
    except ArithmeticError:
        return null("number-range")
    if floor is not None and left < floor:
        return floor
    return null("deducted-below-zero") if left < _ZERO else left


def _total(parts: Sequence[Decimal]) -> Decimal | None:
    if None in parts:
        return null("arguments", parts, function="score_total")
    try:
        return settled(_sum(parts), TOTAL_DECIMALS)
    except ArithmeticError:
        return null("number-range")


def _sum(points: Sequence[Decimal]) -> Decimal:
    return reduce(CONTEXT.add, points, _ZERO)


_NUMBERS: Final = ListOf(NUMBER)

BUILTINS: Final = (
    builtin(
        "score_part",
        (
            (
                required("points", NUMBER),
                required("deductions", _NUMBERS),
                required("maximum", NUMBER),
                required("capped", BOOLEAN),
                optional("floor", NUMBER),
            ),
            NUMBER,
            _part,
        ),
    ),
    builtin("score_total", ((required("parts", _NUMBERS),), NUMBER, _total)),
)
