"""The type of a value, whether a value conforms to a type, and FEEL's implicit conversions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.feel import types
from engine.feel.budget import Budget, current_budget
from engine.feel.causes import null
from engine.feel.temporal import WideDate, YearsMonths, make_date_time, make_time
from engine.feel.types import ContextOf, Enum, FunctionOf, ListOf, RangeOf, Simple, Type
from engine.feel.unknown import Unknown
from engine.feel.values import Function, Invocable, Range, kind

if TYPE_CHECKING:
    from collections.abc import Iterable

MISFIT: Final = object()
"""What `convert` gives for a value that cannot be of the type."""

TYPE_NAMES: Final = MappingProxyType(
    {
        type_.name: type_
        for type_ in (
            types.ANY,
            types.NULL,
            types.NUMBER,
            types.STRING,
            types.BOOLEAN,
            types.DATE,
            types.TIME,
            types.DATE_TIME,
            types.DAYS_DURATION,
            types.MONTHS_DURATION,
        )
    }
    | {
        # The names of the conversion functions and of older editions of the standard.
        "any": types.ANY,
        "Null": types.NULL,
        "dateTime": types.DATE_TIME,
        "dayTimeDuration": types.DAYS_DURATION,
        "yearMonthDuration": types.MONTHS_DURATION,
    }
)
"""The names of the types without parts."""


_CLASSES: Final[dict[str, type]] = {
    "Any": object,
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": date,
    "time": time,
    "date and time": datetime,
    "days and time duration": timedelta,
    "years and months duration": YearsMonths,
}


def plain_class(type_: Type) -> type | None:
    """The Python class whose own instances are all of `type_`, `object` for Any; None if one must look inside."""
    match type_:
        case Simple(name):
            return _CLASSES.get(name)
        case ListOf(item):
            return list if item is types.ANY else None
        case RangeOf(item):
            return Range if item is types.ANY else None
        case ContextOf(fields):
            return None if fields else dict
    return None


def type_of(value: object) -> Type:
    """The type of a value; what is unknown has type Any."""
    return _type_of(value, current_budget())


def _type_of(value: object, budget: Budget) -> Type:
    budget.spend()
    match value:
        case Unknown():
            return types.ANY
        case None:
            return types.NULL
        case list():
            return ListOf(_common(_type_of(item, budget) for item in value))
        case dict():
            return ContextOf(MappingProxyType({name: _type_of(item, budget) for name, item in value.items()}))
        case Range():
            return RangeOf(_common((_type_of(value.low, budget), _type_of(value.high, budget))))
        case Invocable():
            result = value.result if isinstance(value, Function) else types.ANY
            return FunctionOf(tuple(each.type for each in value.parameters), result)
    return TYPE_NAMES[kind(value)]


def _common(found: Iterable[Type]) -> Type:
    """The one type of all, null aside; else Any."""
    kinds = [type_ for type_ in found if type_ != types.NULL]
    return kinds[0] if kinds and all(type_ == kinds[0] for type_ in kinds) else types.ANY


def conforms(value: object, type_: Type) -> bool | Unknown:
    """Whether `value` is of `type_`; null conforms to every type. Unknown if an unknown part decides."""
    return _conforms(value, type_, current_budget())


def _conforms(value: object, type_: Type, budget: Budget) -> bool | Unknown:
    if value is None or type_ is types.ANY:
        return True
    if isinstance(value, Unknown):
        return Unknown.union(value)
    if value.__class__ is plain_class(type_):
        return True
    budget.spend()
    match type_:
        case Simple(name):
            return name == "Any" or kind(value) == name
        case Enum():
            return isinstance(value, str) and value in type_.values
        case ListOf(item):
            if not isinstance(value, list):
                return False
            budget.spend(len(value))
            return set(map(type, value)) == {plain_class(item)} or _all(
                ((each, item) for each in value), budget
            )
        case RangeOf(item):
            return isinstance(value, Range) and _all(((value.low, item), (value.high, item)), budget)
        case ContextOf(fields):
            if not isinstance(value, dict) or not fields.keys() <= value.keys():
                return False
            return _all(((value[name], wanted) for name, wanted in fields.items()), budget)
        case FunctionOf():
            return isinstance(value, Invocable) and type_conforms(type_of(value), type_)
    return False


def _all(pairs: Iterable[tuple[object, Type]], budget: Budget) -> bool | Unknown:
    """Whether each value conforms to the type beside it; one that does not settles it."""
    unknown: list[Unknown] = []
    for value, type_ in pairs:
        answer = _conforms(value, type_, budget)
        if answer is False:
            return False
        if isinstance(answer, Unknown):
            unknown.append(answer)
    return Unknown.union(*unknown) if unknown else True


def type_conforms(found: Type, wanted: Type) -> bool:
    """Whether every value of `found` is one of `wanted`."""
    if found == wanted or wanted == types.ANY or found == types.NULL:
        return True
    match found, wanted:
        case (ListOf(item), ListOf(other)) | (RangeOf(item), RangeOf(other)):
            return type_conforms(item, other)
        case ContextOf(fields), ContextOf(others):
            return all(
                name in fields and type_conforms(fields[name], other) for name, other in others.items()
            )
        case FunctionOf(), FunctionOf():
            return _function_conforms(found, wanted)
        case Enum(), Simple("string"):
            return True
        case Enum(), Enum():
            return set(found.values) <= set(wanted.values)
    return False


def _function_conforms(found: Type, wanted: Type) -> bool:
    """Parameters the other way round, results the same way."""
    if not isinstance(found, FunctionOf) or not isinstance(wanted, FunctionOf):
        return False
    return (
        len(found.parameters) == len(wanted.parameters)
        and all(
            type_conforms(other, mine)
            for mine, other in zip(found.parameters, wanted.parameters, strict=True)
        )
        and type_conforms(found.result, wanted.result)
    )


def coerce(value: object, type_: Type) -> object:
    """`value` as a value of `type_`, by FEEL's implicit conversions, or null with a cause.

    A list of one item becomes that item, an item a list of one, a date midnight UTC of it; each only where it
    is needed. An unknown value stays unknown, since whatever it turns out to be may conform.
    """
    converted = convert(value, type_)
    return null("conversion", value, type=type_) if converted is MISFIT else converted


def convert(value: object, type_: Type) -> object:
    """As `coerce`, but `MISFIT` where that gives null with a cause."""
    answer = conforms(value, type_)
    if answer is True:
        return value
    if isinstance(answer, Unknown):
        return value if isinstance(value, Unknown) else answer
    if isinstance(value, list) and len(value) == 1 and not isinstance(type_, ListOf):
        return convert(value[0], type_)
    if isinstance(type_, ListOf) and not isinstance(value, list):
        item = conforms(value, type_.item)
        if isinstance(item, Unknown):
            return item
        return [value] if item else MISFIT
    if type_ == types.DATE_TIME and isinstance(value, date | WideDate):
        return make_date_time(value, make_time(0, UTC))
    return MISFIT
