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
_DATE_LENGTH: Final = len("YYYY-MM-DD")
_LONGEST_DURATION: Final = 60  # code points
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
            (name, _fact_reader(fact), _unknown(fact.declared, name), (None, name))
            for name, fact in facts.items()
        )

    def read(self, record: Mapping[str, object]) -> dict[str, object]:
        """The typed value of every declared fact, by name; `Unknown` where `record` says nothing.

        Raises:
            RecordError: with every violation.
        """
        violations: list[Violation] = []
        values = {
            name: read(record[name], place, violations) if name in record else unknown
            for name, read, unknown, place in self._readers
        }
        if not self._names >= record.keys():
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


def _format(place: Place) -> str:
    parts: list[str] = []
    while place is not None:
        place, key = place
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(parts)).lstrip(".")


def _clip(name: object) -> str:
    text = str(name)
    return text if len(text) <= _SHOWN_NAME_LENGTH else text[:_SHOWN_NAME_LENGTH] + "…"


def _fact_reader(fact: Fact) -> Reader:
    read = _reader(fact.declared)
    if fact.allowed is not None:
        read = _limited(read, fact)
    return _nullable(read) if fact.empty else read


def _field_reader(field: Field) -> Reader:
    read = _reader(field.type)
    return _nullable(read) if field.empty else read


def _limited(read_any: Reader, fact: Fact) -> Reader:
    def read(value: object, place: Place, violations: list[Violation]) -> object:
        found = read_any(value, place, violations)
        if found is not None and fact.allows(found) is not True:
            _fail(place, violations, "not_allowed", allowed=fact.allowed_text)
        return found

    return read


def _nullable(read_stated: Reader) -> Reader:
    def read(value: object, place: Place, violations: list[Violation]) -> object:
        return None if value is None else read_stated(value, place, violations)

    return read


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
    if isinstance(value, str) and len(value) == _DATE_LENGTH and value[4] == value[7] == "-":
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


def _choice_reader(choices: tuple[str, ...]) -> Reader:
    known = frozenset(choices)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if value.__class__ is str and value in known:
            return value
        return _refuse(value, place, violations, "choice", choices=", ".join(choices))

    return read


def _list_reader(read_item: Reader) -> Reader:
    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, list | tuple):
            return _refuse(value, place, violations, "list")
        if len(value) > MAX_LIST_LENGTH:
            return _fail(place, violations, "long_list", limit=MAX_LIST_LENGTH)
        return [read_item(item, (place, index), violations) for index, item in enumerate(value)]

    return read


def _record_reader(fields: Mapping[str, Field]) -> Reader:
    readers = tuple((name, _field_reader(field), field.type) for name, field in fields.items())
    known = ", ".join(fields)

    def read(value: object, place: Place, violations: list[Violation]) -> object:
        if not isinstance(value, Mapping):
            return _refuse(value, place, violations, "record", fields=known)
        if not fields.keys() >= value.keys():
            for name in value:
                if name not in fields:
                    _fail((place, _clip(name)), violations, "unknown_field", fields=known)
        return {
            name: read_field(value[name], (place, name), violations)
            if name in value
            else _unknown(type_, _format((place, name)))
            for name, read_field, type_ in readers
        }

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
