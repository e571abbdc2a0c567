"""The types of FEEL (DMN 1.5, 10.3.2), as immutable objects; `str()` of each gives its FEEL name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


class Type:
    """Base of the types; compare with `==`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """A type without parts, known by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


ANY = Simple("Any")
NULL = Simple("Null")
NUMBER = Simple("number")
STRING = Simple("string")
BOOLEAN = Simple("boolean")
DATE = Simple("date")
TIME = Simple("time")
DATE_TIME = Simple("date and time")
DAYS_DURATION = Simple("days and time duration")
MONTHS_DURATION = Simple("years and months duration")


@dataclass(frozen=True, slots=True)
class Enum(Type):
    """A string that is one of `values`, in their order, lowest first; declared by a ruleset under `name`."""

    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """``list<item>``."""

    item: Type = ANY

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class RangeOf(Type):
    """``range<item>``."""

    item: Type = ANY

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextOf(Type):
    """``context<name: type, …>``; `name` is set where a ruleset declares the type under one."""

    fields: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))
    name: str = ""

    def __hash__(self) -> int:
        return hash((tuple(self.fields.items()), self.name))

    def __str__(self) -> str:
        inner = ", ".join(f"{name}: {type_}" for name, type_ in self.fields.items())
        return self.name or (f"context<{inner}>" if inner else "context")


@dataclass(frozen=True, slots=True)
class FunctionOf(Type):
    """``function<parameter, …> -> result``."""

    parameters: tuple[Type, ...] = ()
    result: Type = ANY

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"
