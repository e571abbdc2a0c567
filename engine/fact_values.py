"""Values of facts: for each type a reader that knows every form of it, and says what is wrong with what is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Clamped, Context, Decimal, InvalidOperation, Overflow, Rounded, Subnormal
from typing import Any, Final

from engine.feel.temporal import YearsMonths
from engine.feel.temporal_text import parse_duration
from engine.feel.unknown import Unknown
from engine.ruleset.ruleset import Fact
from engine.ruleset.types import DeclaredType
from engine.violations import Violation

MAX_TEXT_LENGTH: Final = 10_000  # code points of one text in a record
MAX_LIST_LENGTH: Final = 10_000  # items of one list in a record
MAX_DIGITS: Final = 34  # digits of a number, as FEEL has them
MAX_EXPONENT: Final = 6144  # of a number, as FEEL has it
DATE_LENGTH: Final = len("YYYY-MM-DD")
_LONGEST_DURATION: Final = 60  # code points
SHOWN_NAME_LENGTH: Final = 60  # code points of a key that is not ours, in a path

FITS: Final = Context(
    prec=MAX_DIGITS,
    Emax=MAX_EXPONENT - 1,
    Emin=1 - MAX_EXPONENT,
    traps=[Clamped, InvalidOperation, Overflow, Rounded, Subnormal],
)
"""Refuses what it would have to round: asking a number for its digits takes several times as long."""

_ZERO: Final = Decimal(0)

Place = tuple["Place | None", str | int] | None
"""Where a value stands: in what, and under which name or number."""

Reader = Callable[[object, Place, list[Violation]], object]
"""Reads a value at its place; everything that is wrong with it goes into the list."""


def unknown_of(declared: DeclaredType, path: str) -> Unknown:
    """The value of a fact that is not stated; only a record has fields that are facts of their own."""
    return Unknown.fact(path) if declared.kind == "record" else Unknown(frozenset((path,)))


def format_place(place: Place) -> str:
    """A place as people write it, such as ``discipline[0].decided_on``."""
    parts: list[str] = []
    while place is not None:
        place, key = place
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(parts)).lstrip(".")


def clipped(name: object) -> str:
    """A key that is not ours, as much of it as a path shows."""
    text = str(name)
    return text if len(text) <= SHOWN_NAME_LENGTH else text[:SHOWN_NAME_LENGTH] + "…"


@dataclass(frozen=True, slots=True)
class Member:
    """A fact, or a field of a record.

    Attributes:
        declared: its type.
        read: reads every value of it.
        empty: whether null is a value of it.
        allowed: the unary tests that its values have to pass, if they are not free.
    """

    declared: DeclaredType
    read: Reader
    empty: bool = False
    allowed: Callable[[Mapping[str, Any]], Any] | None = None


def limited(read_any: Reader, fact: Fact) -> Reader:
    """Reads values that the fact allows."""

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        found = read_any(value, place, violations)
        if found is not None and fact.allows(found) is not True:
            _fail(place, violations, "not_allowed", allowed=fact.allowed_text)
        return found

    return read


def nullable(read_stated: Reader) -> Reader:
    """Reads null too."""

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        return None if value is None else read_stated(value, place, violations)

    return read


def _fail(place: Place, violations: list[Violation], code: str, **details: object) -> object:
    """Report a violation; the value read in its place is None."""
    violations.append(
        Violation(format_place(place), code, {name: str(value) for name, value in details.items()})
    )
    return None


def _refuse(value: object, place: Place, violations: list[Violation], code: str, **details: object) -> object:
    """Report that `value` is not what was declared. Readers ask first for what is right, so null ends up here."""
    return _fail(place, violations, "null") if value is None else _fail(place, violations, code, **details)


def _number(value: object, place: Place, violations: list[Violation]) -> object:
    if value.__class__ is int:
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return _refuse(value, place, violations, "binary_number" if isinstance(value, float) else "number")
    if not value.is_finite():
        return _fail(place, violations, "finite")
    try:
        FITS.plus(value)
    except ArithmeticError:
        return _fail(place, violations, "digits")
    return value


def _count(value: object, place: Place, violations: list[Violation]) -> object:
    number = _number(value, place, violations)
    if isinstance(number, Decimal) and (number < _ZERO or number != number.to_integral_value()):
        return _fail(place, violations, "count")
    return number


def _text(value: object, place: Place, violations: list[Violation]) -> object:
    if not isinstance(value, str):
        return _refuse(value, place, violations, "text")
    if len(value) > MAX_TEXT_LENGTH:
        return _fail(place, violations, "long_text", limit=MAX_TEXT_LENGTH)
    return value


def _boolean(value: object, place: Place, violations: list[Violation]) -> object:
    if value is True or value is False:
        return value
    return _refuse(value, place, violations, "boolean")


def _date(value: object, place: Place, violations: list[Violation]) -> object:
    # `fromisoformat` reads more forms than the one that we document.
    if isinstance(value, str) and len(value) == DATE_LENGTH and value[4] == value[7] == "-":
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return _refuse(value, place, violations, "date")


def _time(value: object, place: Place, violations: list[Violation]) -> object:
    if isinstance(value, dt.time):
        return value
    if isinstance(value, str):
        try:
            return dt.time.fromisoformat(value)
        except ValueError:
            pass
    return _refuse(value, place, violations, "time")


def _duration(value: object, place: Place, violations: list[Violation]) -> object:
    return _duration_of(dt.timedelta, "duration", value, place, violations)


def _months(value: object, place: Place, violations: list[Violation]) -> object:
    return _duration_of(YearsMonths, "months", value, place, violations)


def _duration_of(kind: type, code: str, value: object, place: Place, violations: list[Violation]) -> object:
    readable = isinstance(value, str) and len(value) <= _LONGEST_DURATION
    duration = parse_duration(str(value)) if readable else value
    if isinstance(duration, kind):
        return duration
    return _refuse(value, place, violations, code)


def choice_reader(choices: tuple[str, ...]) -> Reader:
    """Reads one of some words."""
    known = frozenset(choices)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if value.__class__ is str and value in known:
            return value
        return _refuse(value, place, violations, "choice", choices=", ".join(choices))

    return read


def list_reader(read_item: Reader) -> Reader:
    """Reads a list of what `read_item` reads."""

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, list | tuple):
            return _refuse(value, place, violations, "list")
        if len(value) > MAX_LIST_LENGTH:
            return _fail(place, violations, "long_list", limit=MAX_LIST_LENGTH)
        return [read_item(item, (place, index), violations) for index, item in enumerate(value)]

    return read


def record_reader(members: Mapping[str, Member]) -> Reader:
    """Reads a record of these fields; one that it leaves out is `Unknown`."""
    known = ", ".join(members)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, Mapping):
            return _refuse(value, place, violations, "record", fields=known)
        if not members.keys() >= value.keys():
            for name in value:
                if name not in members:
                    _fail((place, clipped(name)), violations, "unknown_field", fields=known)
        return {
            name: member.read(value[name], (place, name), violations)
            if name in value
            else unknown_of(member.declared, format_place((place, name)))
            for name, member in members.items()
        }

    return read


SCALARS: Final[Mapping[str, Reader]] = {
    "number": _number,
    "count": _count,
    "text": _text,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "duration": _duration,
    "months": _months,
}
"""The readers of the simple types, by their kinds."""
