"""Records from the wire to what the engine takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from chuan.v1 import value_pb2

from server.errors import FieldViolation
from server.limits import MAX_NUMBER_LENGTH, MAX_RECORD_DEPTH

# What Decimal accepts besides (underscores, spaces, digits of other scripts) is no number to other readers.
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?Infinity|-?NaN", re.ASCII)
_SHOWN_NAME_LENGTH: Final = 60  # code points of a name in a path; names that are not ours may be anything

Violations = list[FieldViolation]


def record_from(
    message: value_pb2.Record, path: str, violations: Violations, depth: int = 1
) -> dict[str, object]:
    """What the engine takes of a record: text, `Decimal`, booleans, None, lists and dicts.

    A field that cannot be read is left out and reported, so that the engine can still look at the others.

    Args:
        message: the record.
        path: of the message, such as ``record``.
        violations: everything wrong is added here.
        depth: how many records and lists it is in, itself included.
    """
    record: dict[str, object] = {}
    for field in message.fields:
        name = field.name
        if name in record:
            violations.append(FieldViolation(_at(path, name), "This field comes twice; give it once."))
            continue
        value = field.value
        kind = value.WhichOneof("kind")
        # What is right comes before the path is written, which only a violation needs.
        if kind in _PLAIN:
            record[name] = getattr(value, kind)
        elif kind == "number" and (number := _decimal(value.number)) is not None:
            record[name] = number
        else:
            converted = _CONVERT[kind](value, _at(path, name), violations, depth)
            if converted is not _WRONG:
                record[name] = converted
    return record


def _at(path: str, name: str) -> str:
    shown = name if len(name) <= _SHOWN_NAME_LENGTH else name[:_SHOWN_NAME_LENGTH] + "…"
    return f"{path}.{shown}"


_WRONG: Final = object()
_PLAIN: Final = frozenset({"text", "boolean", "date", "time", "date_time", "duration"})


def _number(value: value_pb2.Value, path: str, violations: Violations, _depth: int) -> object:
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


def _list(value: value_pb2.Value, path: str, violations: Violations, depth: int) -> object:
    if depth >= MAX_RECORD_DEPTH:
        return _too_deep(path, violations)
    items: list[object] = []
    for index, item in enumerate(value.list.items):
        kind = item.WhichOneof("kind")
        if kind in _PLAIN:
            items.append(getattr(item, kind))
        else:
            items.append(_CONVERT[kind](item, f"{path}[{index}]", violations, depth + 1))
    # Without its wrong items the others would move up, and what the engine says of them would be misplaced.
    return _WRONG if any(item is _WRONG for item in items) else items


def _record(value: value_pb2.Value, path: str, violations: Violations, depth: int) -> object:
    if depth >= MAX_RECORD_DEPTH:
        return _too_deep(path, violations)
    return record_from(value.record, path, violations, depth + 1)


def _too_deep(path: str, violations: Violations) -> object:
    violations.append(
        FieldViolation(path, f"Lists and records are nested more than {MAX_RECORD_DEPTH} deep.")
    )
    return _WRONG


def _null(_value: value_pb2.Value, _path: str, _violations: Violations, _depth: int) -> object:
    return None


def _unknown(_value: value_pb2.Value, path: str, violations: Violations, _depth: int) -> object:
    violations.append(FieldViolation(path, "Leave out a field whose value is not known."))
    return _WRONG


def _expression(_value: value_pb2.Value, path: str, violations: Violations, _depth: int) -> object:
    violations.append(FieldViolation(path, "A record holds values; give the value itself."))
    return _WRONG


def _nothing(_value: value_pb2.Value, path: str, violations: Violations, _depth: int) -> object:
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
