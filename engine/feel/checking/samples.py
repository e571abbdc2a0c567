"""What the operators give for values of two types, found out by applying them to one value of each.

So the check cannot say other than the evaluation: what is null for every pair of values of two types is null for
the samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.feel import types
from engine.feel.cause_texts import KINDS
from engine.feel.conformance import TYPE_NAMES
from engine.feel.operators.access import PROPERTIES
from engine.feel.temporal import YearsMonths
from engine.feel.types import ANY, ContextOf, Enum, FunctionOf, ListOf, RangeOf, Simple, Type
from engine.feel.values import Range, kind

_ONE: Final = Decimal(1)
_SAMPLES: Final[Mapping[str, object]] = MappingProxyType(
    {
        "number": _ONE,
        "string": "",
        "boolean": True,
        "date": date(2000, 1, 1),
        "time": time(tzinfo=UTC),
        "date and time": datetime(2000, 1, 1, tzinfo=UTC),
        "days and time duration": timedelta(1),
        "years and months duration": YearsMonths(1),
        "list": [],
        "context": {},
        "range": Range(_ONE, _ONE),
        "Null": None,
    }
)


def kind_name(type_: Type) -> str | None:
    """The kind of the values of a type, a key of the samples; None where it may be any."""
    match type_:
        case Simple("Any") | FunctionOf():
            return None
        case Simple(name):
            return name if name in _SAMPLES else None
        case Enum():
            return "string"
        case ListOf():
            return "list"
        case RangeOf():
            return "range"
        case ContextOf():
            return "context"
    return None


def outcome(operation: Callable[..., object], *operands: Type) -> Type | None:
    """The type that `operation` gives for values of the types; None if it is null for all of them."""
    kinds = [kind_name(operand) for operand in operands]
    if any(name is None for name in kinds):
        return ANY
    found = operation(*(_SAMPLES[name] for name in kinds if name is not None))
    return None if found is None else TYPE_NAMES.get(kind(found), ANY)


def in_words(type_: Type) -> str:
    """A type as a message calls it."""
    match type_:
        case Enum(name, values):
            return name or "one of " + ", ".join(values)
        case Simple("Null"):
            return "null"
        case FunctionOf():
            return "a function"
        case Simple("Any"):
            return "a value"
        case ListOf(item) if item != ANY:
            return f"a list of {_plural(item)}"
    return KINDS["en"].get(kind_name(type_) or "", str(type_))


def _plural(type_: Type) -> str:
    words: dict[Type, str] = {
        types.NUMBER: "numbers",
        types.STRING: "texts",
        types.DATE: "dates",
        types.BOOLEAN: "true/false values",
    }
    return words.get(type_, str(type_))


def property_type(owner: Type, name: str) -> Type | None:
    """The type of a property of a value that is no record; None if it has none of the name."""
    properties = PROPERTIES.get(kind_name(owner) or "", {})
    if name not in properties:
        return None
    if isinstance(owner, RangeOf) and name in ("start", "end"):
        return owner.item
    found = properties[name](_SAMPLES[kind_name(owner) or ""])
    return ANY if found is None else TYPE_NAMES.get(kind(found), ANY)


def property_names(owner: Type) -> tuple[str, ...]:
    """The names of the properties of a value that is no record."""
    return tuple(PROPERTIES.get(kind_name(owner) or "", ()))
