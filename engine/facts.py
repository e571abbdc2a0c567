"""Facts: a raw record read against the fact declarations of a ruleset.

A raw record is what JSON gives: text, numbers (`Decimal` or `int`, never `float`), booleans, null, lists and
records; dates as ``YYYY-MM-DD`` or `datetime.date`. What the record leaves out becomes `Unknown`; null says
that there is none, and is refused where a ruleset does not declare that there may be none. Everything that is
wrong is reported, not the first thing.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Mapping, Sequence
from decimal import Clamped, Context, Decimal, InvalidOperation, Overflow, Rounded, Subnormal
from typing import Final

from engine.feel.temporal import YearsMonths
from engine.feel.temporal_text import parse_duration
from engine.feel.unknown import Unknown
from engine.ruleset.ruleset import Fact
from engine.ruleset.types import DeclaredType, Field
from engine.violations import Violation

MAX_TEXT_LENGTH: Final = 10_000  # code points of one text in a record
MAX_LIST_LENGTH: Final = 10_000  # items of one list in a record
MAX_DIGITS: Final = 34  # digits of a number, as FEEL has them
MAX_EXPONENT: Final = 6144  # of a number, as FEEL has it
_SHOWN_NAME_LENGTH: Final = 60  # code points of a key that is not ours, in a path

# Refuses what it would have to round: asking a number for its digits takes several times as long.
_FITS: Final = Context(
    prec=MAX_DIGITS,
    Emax=MAX_EXPONENT - 1,
    Emin=1 - MAX_EXPONENT,
    traps=[Clamped, InvalidOperation, Overflow, Rounded, Subnormal],
)

_ZERO: Final = Decimal(0)

Place = tuple["Place | None", str | int] | None
Reader = Callable[[object, Place, list[Violation]], object]


class RecordError(Exception):
    """A record is not usable; `violations` has everything that is wrong with it."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(f"{v.path}: {v.text()}" for v in violations))
        self.violations = tuple(violations)


class FactsReader:
    """Reads records for the facts of one ruleset."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._names = facts.keys()
        self._readers = tuple(
            (
                name,
                _reader(fact.declared),
                fact,
                fact.allowed is not None,
                _unknown(fact.declared, name),
                (None, name),
            )
            for name, fact in facts.items()
        )

    def read(self, record: Mapping[str, object]) -> dict[str, object]:
        """The typed value of every declared fact, by name; `Unknown` where `record` says nothing.

        Raises:
            RecordError: with every violation.
        """
        violations: list[Violation] = []
        values: dict[str, object] = {}
        seen = 0
        for name, read, fact, limited, unknown, place in self._readers:
            if name not in record:
                values[name] = unknown
                continue
            seen += 1
            stated = record[name]
            if stated is None:
                values[name] = None if fact.empty else _fail(place, violations, "null")
                continue
            values[name] = value = read(stated, place, violations)
            if limited and value is not None:
                _check_allowed(fact, value, place, violations)
        if seen != len(record):
            violations.extend(self._unknown_fact(name) for name in record if name not in self._names)
        if violations:
            raise RecordError(violations)
        return values

    def _unknown_fact(self, name: object) -> Violation:
        near = difflib.get_close_matches(str(name)[:_SHOWN_NAME_LENGTH], self._names, n=1)
        hint = f"→ {near[0]}" if near else "→ " + ", ".join(self._names)
        return Violation(_format((None, _clip(name))), "unknown_fact", {"hint": hint})


def _unknown(declared: DeclaredType, path: str) -> Unknown:
    """The value of a fact that is not stated; only a record has fields that are facts of their own."""
    return Unknown.fact(path) if declared.kind == "record" else Unknown(frozenset((path,)))


def _check_allowed(fact: Fact, value: object, place: Place, violations: list[Violation]) -> None:
    if fact.allows(value) is not True:
        _fail(place, violations, "not_allowed", allowed=fact.allowed_text)


def _format(place: Place) -> str:
    parts: list[str] = []
    while place is not None:
        place, key = place
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(parts)).lstrip(".")


def _clip(name: object) -> str:
    text = str(name)
    return text if len(text) <= _SHOWN_NAME_LENGTH else text[:_SHOWN_NAME_LENGTH] + "…"


def _reader(declared: DeclaredType) -> Reader:
    """A function that reads one value of the declared type, reporting what is wrong at its place."""
    if declared.item is not None:
        return _list_reader(_reader(declared.item))
    if declared.kind == "record":
        return _record_reader(declared.fields)
    if declared.kind == "enum":
        return _choice_reader(tuple(declared.values))
    return _SCALARS[declared.kind]


def _fail(place: Place, violations: list[Violation], code: str, **details: object) -> object:
    """Report a violation; the value read in its place is None."""
    violations.append(Violation(_format(place), code, {name: str(value) for name, value in details.items()}))
    return None


def _number(value: object, place: Place, violations: list[Violation]) -> object:
    if value.__class__ is int:
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return _fail(place, violations, "binary_number" if isinstance(value, float) else "number")
    if not value.is_finite():
        return _fail(place, violations, "finite")
    try:
        _FITS.plus(value)
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
        return _fail(place, violations, "text")
    if len(value) > MAX_TEXT_LENGTH:
        return _fail(place, violations, "long_text", limit=MAX_TEXT_LENGTH)
    return value


def _boolean(value: object, place: Place, violations: list[Violation]) -> object:
    if value is True or value is False:
        return value
    return _fail(place, violations, "boolean")


def _date(value: object, place: Place, violations: list[Violation]) -> object:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    # `fromisoformat` reads more forms than the one that we document.
    if isinstance(value, str) and len(value) == len("YYYY-MM-DD") and value[4] == value[7] == "-":
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    return _fail(place, violations, "date")


def _time(value: object, place: Place, violations: list[Violation]) -> object:
    if isinstance(value, dt.time):
        return value
    if isinstance(value, str):
        try:
            return dt.time.fromisoformat(value)
        except ValueError:
            pass
    return _fail(place, violations, "time")


def _duration(value: object, place: Place, violations: list[Violation]) -> object:
    return _duration_of(dt.timedelta, "duration", value, place, violations)


def _months(value: object, place: Place, violations: list[Violation]) -> object:
    return _duration_of(YearsMonths, "months", value, place, violations)


def _duration_of(kind: type, code: str, value: object, place: Place, violations: list[Violation]) -> object:
    if isinstance(value, str):
        value = parse_duration(value) if len(value) <= _SHOWN_NAME_LENGTH else value
    if isinstance(value, kind):
        return value
    return _fail(place, violations, code)


def _choice_reader(choices: tuple[str, ...]) -> Reader:
    known = frozenset(choices)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if value.__class__ is str and value in known:
            return value
        return _fail(place, violations, "choice", choices=", ".join(choices))

    return read


def _list_reader(read_item: Reader) -> Reader:
    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, list | tuple):
            return _fail(place, violations, "list")
        if len(value) > MAX_LIST_LENGTH:
            return _fail(place, violations, "long_list", limit=MAX_LIST_LENGTH)
        return [
            _fail((place, index), violations, "null")
            if item is None
            else read_item(item, (place, index), violations)
            for index, item in enumerate(value)
        ]

    return read


def _record_reader(fields: Mapping[str, Field]) -> Reader:
    readers = tuple((name, _reader(field.type), field) for name, field in fields.items())
    known = ", ".join(fields)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, Mapping):
            return _fail(place, violations, "record", fields=known)
        result: dict[str, object] = {}
        seen = 0
        for name, read_field, field in readers:
            if name not in value:
                result[name] = _unknown(field.type, _format((place, name)))
                continue
            seen += 1
            stated = value[name]
            if stated is not None:
                result[name] = read_field(stated, (place, name), violations)
            else:
                result[name] = None if field.empty else _fail((place, name), violations, "null")
        if seen != len(value):
            for name in value:
                if name not in fields:
                    _fail((place, _clip(name)), violations, "unknown_field", fields=known)
        return result

    return read


_SCALARS: Final[Mapping[str, Reader]] = {
    "number": _number,
    "count": _count,
    "text": _text,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "duration": _duration,
    "months": _months,
}
