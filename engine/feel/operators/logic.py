"""Three-valued logic: what is neither true nor false counts as null; what is unknown may be either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.feel.causes import null
from engine.feel.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable


def and_(left: object, right: object) -> bool | Unknown | None:
    """``left and right``: false if either is false."""
    if left is False or right is False:
        return False
    if left is True and right is True:
        return True
    return all_of((left, right))


def or_(left: object, right: object) -> bool | Unknown | None:
    """``left or right``: true if either is true."""
    if left is True or right is True:
        return True
    if left is False and right is False:
        return False
    return any_of((left, right))


def not_(value: object) -> bool | Unknown | None:
    """``not(value)``."""
    if value is True or value is False:
        return value is False
    return value if isinstance(value, Unknown) else null("not-boolean", value)


def all_of(values: Iterable[object]) -> bool | Unknown | None:
    """The conjunction: false if one is false, true if all are true, unknown if one is unknown, else null."""
    return _settle(values, settling=False)


def any_of(values: Iterable[object]) -> bool | Unknown | None:
    """The disjunction: true if one is true, false if all are false, unknown if one is unknown, else null."""
    return _settle(values, settling=True)


def _settle(values: Iterable[object], *, settling: bool) -> bool | Unknown | None:
    """`settling` if a value is that; an unknown one may still be it, so it outweighs null."""
    unknown: list[object] = []
    others: list[object] = []
    for value in values:
        if value is settling:
            return settling
        if isinstance(value, Unknown):
            unknown.append(value)
        elif value is not (not settling):
            others.append(value)
    if unknown:
        return Unknown.union(*unknown)
    return null("not-boolean", others[0]) if others else not settling
