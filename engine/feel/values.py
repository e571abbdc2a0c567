"""What the values of FEEL are in Python, of which kind each is, and how each is written.

==============================  ====================================================
FEEL                            Python
==============================  ====================================================
number                          `Decimal`
string, boolean                 `str`, `bool`
date, time, date and time       `date`, `time`, `datetime`; `WideDate`, `WideTime`, `WideDateTime` beyond them
days and time duration          `timedelta`; `WideDuration` beyond it
years and months duration       `YearsMonths`
list, context                   `list`, `dict` with `str` keys; neither is ever changed once made
range, function                 `Range`, `Function` (or a built-in)
null                            `None`
nothing stated                  `Unknown`
==============================  ====================================================
"""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, cast, runtime_checkable

from engine.feel import limits
from engine.feel.budget import current_budget
from engine.feel.causes import null
from engine.feel.errors import FeelLimitError
from engine.feel.temporal import WideDate, WideDateTime, WideDuration, WideTime, YearsMonths
from engine.feel.temporal_text import text_of_temporal
from engine.feel.types import ANY
from engine.feel.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.feel.temporal import Temporal
    from engine.feel.types import Type

CONTEXT: Final = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""The arithmetic of FEEL's numbers, decimal128; use its methods, never the ambient context."""

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two endpoints.

    Attributes:
        low, high: the endpoints; None where the range has none on that side.
        low_closed, high_closed: whether the endpoint itself belongs to it.
        operator: how it was written if as a test (``<``, ``<=``, ``>``, ``>=``, ``=``, ``!=``), else empty.
            ``!=`` is everything but its endpoint, which stands on both sides.
    """

    low: object
    high: object
    low_closed: bool = True
    high_closed: bool = True
    operator: Literal["", "<", "<=", ">", ">=", "=", "!="] = ""

    def __str__(self) -> str:
        return text(self)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function.

    Attributes:
        name: by which an argument can be given.
        type: what an argument is converted to.
        optional: whether it may be left out; null is then the same as leaving it out.
        nullable: whether null is an argument like others; if not, a call with null does not fit.
        variadic: whether it takes all further arguments; only the last can be.
    """

    name: str
    type: Type = ANY
    optional: bool = False
    nullable: bool = True
    variadic: bool = False


@runtime_checkable
class Invocable(Protocol):
    """What can be called from FEEL: a function literal or a built-in."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes."""
        ...

    def accepts(self, count: int) -> bool:
        """Whether it can be called with `count` arguments in order."""
        ...

    def call(self, args: Sequence[object]) -> object:
        """Its result for arguments in order; null with a cause where they do not fit."""
        ...

    def call_named(self, args: Mapping[str, object]) -> object:
        """Its result for arguments by name; null with a cause where they do not fit."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """The value of a function literal; two are equal only if they are one.

    Attributes:
        parameters: what it takes; none is optional or variadic.
        result: the declared type of the result.
        body: what to run, with exactly one argument a parameter.
        name: by which causes call it.
    """

    parameters: tuple[Parameter, ...]
    result: Type
    body: Callable[..., object]
    name: str = "function"

    def accepts(self, count: int) -> bool:
        """Whether it has `count` parameters."""
        return count == len(self.parameters)

    def call(self, args: Sequence[object]) -> object:
        """Its result for arguments in order, converted to the declared types."""
        from engine.feel.conformance import coerce

        if len(args) != len(self.parameters):
            return null("arity", function=self.name, count=len(args))
        converted = [coerce(arg, each.type) for arg, each in zip(args, self.parameters, strict=True)]
        return coerce(self.body(*converted), self.result)

    def call_named(self, args: Mapping[str, object]) -> object:
        """Its result for arguments by name; one that is left out is null."""
        if wrong := args.keys() - {each.name for each in self.parameters}:
            return null("parameter-names", function=self.name, names=", ".join(sorted(wrong)))
        return self.call([args.get(each.name) for each in self.parameters])

    def __str__(self) -> str:
        return text(self)


Kind: TypeAlias = Literal[
    "null",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "range",
    "function",
    "Unknown",
]

_KINDS: Final[dict[type, Kind]] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    datetime: "date and time",
    WideDateTime: "date and time",
    date: "date",
    WideDate: "date",
    time: "time",
    WideTime: "time",
    timedelta: "days and time duration",
    WideDuration: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
    Unknown: "Unknown",
}


def kind(value: object) -> Kind:
    """The kind of a value: the name of its type in FEEL, without what it contains."""
    found = _KINDS.get(value.__class__)
    if found is not None:
        return found
    for type_, name in _KINDS.items():  # a subclass; datetime stands before date
        if isinstance(value, type_):
            return name
    if isinstance(value, Invocable):
        return "function"
    raise TypeError(f"{type(value).__name__} is not a type of FEEL's values")


_NAME: Final = re.compile(r"[^\W\d]\w*")


def text(value: object) -> str:
    """FEEL's text of a value, what ``string()`` gives; inside lists and records, its literal."""
    writer = _Writer()
    writer.write(value, inner=False)
    return "".join(writer.parts)


def unknown_parts(value: object) -> list[Unknown]:
    """What is unknown in `value`: itself, or something within a list or a record."""
    found: list[Unknown] = []
    budget = current_budget()
    open_ = [value]
    while open_:
        part = open_.pop()
        budget.spend()
        if isinstance(part, Unknown):
            found.append(part)
        elif isinstance(part, list):
            open_ += part
        elif isinstance(part, dict):
            open_ += part.values()
    return found


def string_too_long(length: int) -> FeelLimitError:
    """The error for a string of `length` code points or more."""
    return FeelLimitError(
        "MAX_STRING_LENGTH", f"a string of {length:,} characters; {limits.MAX_STRING_LENGTH:,} are allowed"
    )


def list_too_long(length: int) -> FeelLimitError:
    """The error for a list of `length` items or more."""
    return FeelLimitError(
        "MAX_LIST_LENGTH", f"a list of {length:,} items; {limits.MAX_LIST_LENGTH:,} are allowed"
    )


def text_of_number(value: Decimal) -> str:
    """Plain digits, without an exponent and without zeros that say nothing."""
    if not value:
        return "0"
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


class _Writer:
    """Collects the pieces of a text, up to the length that a string may have."""

    __slots__ = ("length", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, part: str) -> None:
        self.length += len(part)
        if self.length > limits.MAX_STRING_LENGTH:
            raise string_too_long(self.length)
        self.parts.append(part)

    def write(self, value: object, *, inner: bool = True) -> None:
        match value:
            case None:
                self.add("null")
            case bool():
                self.add("true" if value else "false")
            case Decimal():
                self.add(text_of_number(value))
            case str():
                self.add(quoted(value) if inner else value)
            case list():
                self.write_all("[", (("", item) for item in value), "]")
            case dict():
                self.write_all("{", ((f"{_key(name)}: ", item) for name, item in value.items()), "}")
            case Range():
                self.write_range(value)
            case Unknown():
                self.add("?")
            case Function() | Invocable():
                self.add(f"function({', '.join(each.name for each in value.parameters)})")
            case _:
                written = text_of_temporal(cast("Temporal", value))
                self.add(f'@"{written}"' if inner else written)

    def write_all(self, start: str, items: Iterable[tuple[str, object]], end: str) -> None:
        self.add(start)
        for position, (label, item) in enumerate(items):
            self.add(f", {label}" if position else label)
            self.write(item)
        self.add(end)

    def write_range(self, value: Range) -> None:
        if value.operator:
            self.add(f"{value.operator} ")
            self.write(value.low if value.low is not None else value.high)
            return
        self.add("[" if value.low_closed else "(")
        self.write(value.low)
        self.add("..")
        self.write(value.high)
        self.add("]" if value.high_closed else ")")


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else quoted(name)


def quoted(value: str) -> str:
    """A string as a literal of FEEL."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
