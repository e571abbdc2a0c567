"""Relations between points and ranges (10.3.4.9 of the standard), and ``range()``, which reads one from text.

Each relation is a formula over less, equal, and whether an endpoint belongs; null and unknown go through it
by three-valued logic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.feel.causes import null
from engine.feel.errors import FeelSyntaxError
from engine.feel.functions import temporal
from engine.feel.functions.registry import RANGE, builtin, required
from engine.feel.lexer import tokenize, unquote
from engine.feel.operators import and_, equal, in_, less, make_range, or_
from engine.feel.temporal_text import parse_temporal
from engine.feel.types import BOOLEAN, STRING
from engine.feel.values import CONTEXT, Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.feel.functions.registry import Builtin
    from engine.feel.lexer import Token

    Relation = Callable[[object, object], object]


def _starts_before(first: Range, second: Range) -> object:
    """The start of `first` is below that of `second`."""
    closed_earlier = first.low_closed and not second.low_closed
    return or_(less(first.low, second.low), and_(equal(first.low, second.low), closed_earlier))


def _ends_before(first: Range, second: Range) -> object:
    """The end of `first` is below that of `second`, or they are the same."""
    return or_(
        less(first.high, second.high),
        and_(equal(first.high, second.high), not first.high_closed or second.high_closed),
    )


def _starts_no_later(first: Range, second: Range) -> object:
    """The start of `first` is below that of `second`, or they are the same."""
    return or_(
        less(first.low, second.low),
        and_(equal(first.low, second.low), first.low_closed or not second.low_closed),
    )


def _reaches(first: Range, second: Range) -> object:
    """The end of `first` is not below the start of `second`."""
    touching = first.high_closed and second.low_closed
    return or_(less(second.low, first.high), and_(equal(first.high, second.low), touching))


def _before_point_range(point: object, range_: Range) -> object:
    return or_(less(point, range_.low), and_(equal(point, range_.low), not range_.low_closed))


def _before_range_point(range_: Range, point: object) -> object:
    return or_(less(range_.high, point), and_(equal(range_.high, point), not range_.high_closed))


def _before_ranges(first: Range, second: Range) -> object:
    apart = not first.high_closed or not second.low_closed
    return or_(less(first.high, second.low), and_(equal(first.high, second.low), apart))


def _meets(first: Range, second: Range) -> object:
    return and_(first.high_closed and second.low_closed, equal(first.high, second.low))


def _overlaps(first: Range, second: Range) -> object:
    return and_(_reaches(first, second), _reaches(second, first))


def _overlaps_before(first: Range, second: Range) -> object:
    return and_(_starts_before(first, second), and_(_reaches(first, second), _ends_before(first, second)))


def _finishes_point(point: object, range_: Range) -> object:
    return and_(range_.high_closed, equal(range_.high, point))


def _finishes(first: Range, second: Range) -> object:
    same_end = and_(first.high_closed == second.high_closed, equal(first.high, second.high))
    return and_(same_end, _starts_no_later(second, first))


def _includes(first: Range, second: Range) -> object:
    return and_(_starts_no_later(first, second), _ends_before(second, first))


def _starts_point(point: object, range_: Range) -> object:
    return and_(range_.low_closed, equal(range_.low, point))


def _starts(first: Range, second: Range) -> object:
    same_start = and_(first.low_closed == second.low_closed, equal(first.low, second.low))
    return and_(same_start, _ends_before(first, second))


def _coincides(first: Range, second: Range) -> object:
    same_bounds = (first.low_closed, first.high_closed) == (second.low_closed, second.high_closed)
    return and_(same_bounds, and_(equal(first.low, second.low), equal(first.high, second.high)))


def _swapped(relation: Callable[..., object]) -> Relation:
    return lambda first, second: relation(second, first)


_POINT, _POINT1, _POINT2 = (required(name) for name in ("point", "point1", "point2"))
_RANGE, _RANGE1, _RANGE2 = (required(name, RANGE) for name in ("range", "range1", "range2"))


def _relation(
    name: str,
    *,
    ranges: Callable[..., object] | None = None,
    point_range: Callable[..., object] | None = None,
    range_point: Callable[..., object] | None = None,
    points: Callable[..., object] | None = None,
) -> Builtin:
    """A relation with the signatures it has; those with ranges come first, since a point may be anything."""
    signatures = (
        ((_RANGE1, _RANGE2), ranges),
        ((_POINT, _RANGE), point_range),
        ((_RANGE, _POINT), range_point),
        ((_POINT1, _POINT2), points),
    )
    return builtin(
        name,
        *((parameters, BOOLEAN, function) for parameters, function in signatures if function is not None),
    )


def _range(text: str) -> object:
    """The range that `text` writes; its endpoints are literals."""
    try:
        tokens = tokenize(text)[:-1]
        brackets = [token.text for token in (tokens[0], tokens[-1])] if len(tokens) > 3 else ["", ""]
        dots = [position for position, token in enumerate(tokens) if token.text == ".."]
        if brackets[0] not in _OPENING or brackets[1] not in _CLOSING or len(dots) != 1:
            return null("text-form", function="range")
        low = _literal(text, tokens[1 : dots[0]])
        high = _literal(text, tokens[dots[0] + 1 : -1])
    except FeelSyntaxError:
        return null("text-form", function="range")
    return make_range(low, high, brackets[0] == "[", brackets[1] == "]")


def _literal(text: str, tokens: Sequence[Token]) -> object:
    """The value of a literal of a kind that ranges have, or null."""
    match [token.kind if token.kind in {"number", "string"} else token.text for token in tokens]:
        case ["number"]:
            return CONTEXT.create_decimal(tokens[0].text)
        case ["-", "number"]:
            return CONTEXT.minus(CONTEXT.create_decimal(tokens[1].text))
        case ["string"]:
            return unquote(text, tokens[0])
        case ["@", "string"]:
            return parse_temporal(unquote(text, tokens[1]))
        case [*words, "(", "string", ")"] if (name := " ".join(words)) in _CONSTRUCTORS:
            return _CONSTRUCTORS[name].call((unquote(text, tokens[-2]),))
    return None


_OPENING: Final = {"[", "(", "]"}
_CLOSING: Final = {"]", ")", "["}
_CONSTRUCTORS: Final = {
    each.name: each
    for each in temporal.BUILTINS
    if each.name in {"date", "time", "date and time", "duration"}
}

BUILTINS: Final = (
    _relation(
        "before",
        ranges=_before_ranges,
        point_range=_before_point_range,
        range_point=_before_range_point,
        points=less,
    ),
    _relation(
        "after",
        ranges=_swapped(_before_ranges),
        point_range=_swapped(_before_range_point),
        range_point=_swapped(_before_point_range),
        points=_swapped(less),
    ),
    _relation("meets", ranges=_meets),
    _relation("met by", ranges=_swapped(_meets)),
    _relation("overlaps", ranges=_overlaps),
    _relation("overlaps before", ranges=_overlaps_before),
    _relation("overlaps after", ranges=_swapped(_overlaps_before)),
    _relation("finishes", ranges=_finishes, point_range=_finishes_point),
    _relation("finished by", ranges=_swapped(_finishes), range_point=_swapped(_finishes_point)),
    _relation("includes", ranges=_includes, range_point=_swapped(in_)),
    _relation("during", ranges=_swapped(_includes), point_range=in_),
    _relation("starts", ranges=_starts, point_range=_starts_point),
    _relation("started by", ranges=_swapped(_starts), range_point=_swapped(_starts_point)),
    _relation("coincides", ranges=_coincides, points=equal),
    builtin("range", ((required("from", STRING),), RANGE, _range)),
)
