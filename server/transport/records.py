"""Records from the wire to what the engine takes.

Thousands of records say the same of a fact, so what a field says is kept by its bytes: to know one again costs a
tenth of reading it. Nothing tells whose record it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, cast

from chuan.v1 import value_pb2

from server.errors import FieldViolation
from server.limits import MAX_NUMBER_LENGTH
from server.transport.raw import fields_of, raw_class

# What Decimal accepts besides (underscores, spaces, digits of other scripts) is no number to other readers.
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?Infinity|-?NaN", re.ASCII)
_SHOWN_NAME_LENGTH: Final = 60  # code points of a name in a path; names that are not ours may be anything
_SCALARS: Final = (str, bool, Decimal, type(None))

_KEPT_FIELDS: Final = 16_384  # as they came, of all records; the next one empties the place
_KEPT_LENGTH: Final = (
    80  # bytes of a field that is kept: a number, a word, a date with its name, a short list
)

Violations = list[FieldViolation]

_FIELD: Final = cast("type[value_pb2.Field]", raw_class(value_pb2.Field.DESCRIPTOR))
_kept: Final[dict[bytes, tuple[str, object]]] = {}


def record_from(fields: Iterable[bytes], path: str, violations: Violations, deeper: int) -> dict[str, object]:
    """What the engine takes of a record: text, `Decimal`, booleans, None, lists and dicts.

    A field that cannot be read is left out and reported, so that the engine can still look at the others.

    Args:
        fields: of the record, as `server.transport.raw` leaves them.
        path: of the record, such as ``record``.
        violations: everything wrong is added here.
        deeper: how many records and lists there may be inside each other, itself included.

    Raises:
        DecodeError: a field is no message of the contract.
    """
    record: dict[str, object] = {}
    kept = _kept if deeper > 1 else {}  # so deep, a list is wrong that elsewhere is right
    for field in fields:
        known = kept.get(field)
        name, value = known if known is not None else _read(field, path, violations, deeper)
        if name in record:
            violations.append(FieldViolation(_at(path, name), "This field comes twice; give it once."))
        elif value is not _WRONG:
            record[name] = value.copy() if isinstance(value, list | dict) else value
    return record


def _read(field: bytes, path: str, violations: Violations, deeper: int) -> tuple[str, object]:
    """The name and the value of a field that is not known."""
    message, wrong = _FIELD.FromString(field), len(violations)
    name, value = message.name, message.value
    kind = value.WhichOneof("kind")
    # What is right comes before the path is written, which only a violation needs.
    if kind in _PLAIN:
        found: object = getattr(value, kind)
    elif kind == "number" and (number := _decimal(value.number)) is not None:
        found = number
    else:
        found = _CONVERT[kind](value, _at(path, name), violations, deeper)
    if len(field) <= _KEPT_LENGTH and len(violations) == wrong and _may_be_kept(found):
        if len(_kept) >= _KEPT_FIELDS:
            _kept.clear()
        _kept[field] = (name, found)
    return name, found


def _may_be_kept(value: object) -> bool:
    """Whether it is a scalar, or a list or record of scalars, of which copies are given."""
    if isinstance(value, list | dict):
        return all(
            isinstance(item, _SCALARS) for item in (value if isinstance(value, list) else value.values())
        )
    return isinstance(value, _SCALARS)


def _at(path: str, name: str) -> str:
    shown = name if len(name) <= _SHOWN_NAME_LENGTH else name[:_SHOWN_NAME_LENGTH] + "…"
    return f"{path}.{shown}"


_WRONG: Final = object()
_PLAIN: Final = frozenset({"text", "boolean", "date", "time", "date_time", "duration"})


def _number(value: value_pb2.Value, path: str, violations: Violations, _deeper: int) -> object:
    number = _decimal(value.number)
    if number is None:
        violations.append(
            FieldViolation(path, _LONG_NUMBER if len(value.number) > MAX_NUMBER_LENGTH else _NO_NUMBER)
        )
        return _WRONG
    return number


_LONG_NUMBER: Final = f"The number is longer than {MAX_NUMBER_LENGTH} characters."
_NO_NUMBER: Final = 'The number is not decimal text; write it as in "-12.50".'


def _decimal(text: str) -> Decimal | None:
    return _short_decimal(text) if len(text) <= MAX_NUMBER_LENGTH else None


@lru_cache(4_096)
def _short_decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None  # an exponent beyond what Decimal holds


def _list(value: value_pb2.Value, path: str, violations: Violations, deeper: int) -> object:
    if deeper <= 1:
        return _too_deep(path, violations)
    items: list[object] = []
    for index, item in enumerate(value.list.items):
        kind = item.WhichOneof("kind")
        if kind in _PLAIN:
            items.append(getattr(item, kind))
        else:
            items.append(_CONVERT[kind](item, f"{path}[{index}]", violations, deeper - 1))
    # Without its wrong items the others would move up, and what the engine says of them would be misplaced.
    return _WRONG if any(item is _WRONG for item in items) else items


def _record(value: value_pb2.Value, path: str, violations: Violations, deeper: int) -> object:
    if deeper <= 1:
        return _too_deep(path, violations)
    return record_from(fields_of(value.record), path, violations, deeper - 1)


def _too_deep(path: str, violations: Violations) -> object:
    violations.append(
        FieldViolation(path, "Lists and records are nested deeper than the limit record_depth.")
    )
    return _WRONG


def _null(_value: value_pb2.Value, _path: str, _violations: Violations, _deeper: int) -> object:
    return None


def _unknown(_value: value_pb2.Value, path: str, violations: Violations, _deeper: int) -> object:
    violations.append(FieldViolation(path, "Leave out a field whose value is not known."))
    return _WRONG


def _expression(_value: value_pb2.Value, path: str, violations: Violations, _deeper: int) -> object:
    violations.append(FieldViolation(path, "A record holds values; give the value itself."))
    return _WRONG


def _nothing(_value: value_pb2.Value, path: str, violations: Violations, _deeper: int) -> object:
    violations.append(FieldViolation(path, "The value has no kind; set one, or leave the field out."))
    return _WRONG


_CONVERT: Final[Mapping[str | None, Callable[[value_pb2.Value, str, Violations, int], object]]] = {
    "number": _number,
    "list": _list,
    "record": _record,
    "null": _null,
    "unknown": _unknown,
    "expression": _expression,
    None: _nothing,
}
