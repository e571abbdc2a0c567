"""What a built-in function is: its overloads, and how a call finds the one that fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine.feel import limits
from engine.feel.budget import charge
from engine.feel.causes import null
from engine.feel.conformance import MISFIT, convert, plain_class
from engine.feel.types import ANY, ContextOf, ListOf, RangeOf, Simple, Type
from engine.feel.unknown import Unknown
from engine.feel.values import Parameter, list_too_long, string_too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LIST: Final = ListOf(ANY)
CONTEXT: Final = ContextOf()
RANGE: Final = RangeOf(ANY)
FUNCTION: Final = Simple("function")  # whatever its parameters; a function that takes one checks them


def _shape(type_: Type) -> tuple[type | None, frozenset[type] | None]:
    """The class of arguments that need no conversion (`object` for any), and of their items where that matters."""
    if isinstance(type_, ListOf) and (item := plain_class(type_.item)) not in {object, None}:
        return list, frozenset({item})
    return plain_class(type_), None


def required(name: str, type_: Type = ANY, *, nullable: bool | None = None) -> Parameter:
    """A parameter that must be given; null is an argument for it only where it takes anything."""
    return Parameter(name, type_, nullable=type_ == ANY if nullable is None else nullable)


def optional(name: str, type_: Type = ANY) -> Parameter:
    """A parameter that may be left out."""
    return Parameter(name, type_, optional=True)


def variadic(name: str, type_: Type = ANY) -> Parameter:
    """A last parameter that takes one argument or more."""
    return Parameter(name, type_, nullable=type_ == ANY, variadic=True)


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a built-in.

    Attributes:
        parameters: what it takes, in order.
        result: the type of what it gives.
        function: what it does. It gets one argument a parameter, of the declared types, optional ones as None
            where left out and variadic ones as further arguments. What is unknown reaches it only through
            parameters, and inside lists and contexts, that are declared to hold anything.
    """

    parameters: tuple[Parameter, ...]
    result: Type
    function: Callable[..., object]
    _least: int = field(init=False, repr=False)
    _variadic: bool = field(init=False, repr=False)
    _shapes: tuple[tuple[type | None, frozenset[type] | None], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out once what every call asks."""
        set_ = object.__setattr__
        set_(self, "_least", sum(not each.optional for each in self.parameters))
        set_(self, "_variadic", bool(self.parameters) and self.parameters[-1].variadic)
        set_(self, "_shapes", tuple(_shape(each.type) for each in self.parameters))

    def accepts(self, count: int) -> bool:
        """Whether `count` arguments in order may fit."""
        return self._least <= count and (count <= len(self.parameters) or self._variadic)

    def accepts_names(self, names: Mapping[str, object]) -> bool:
        """Whether arguments of these names may fit; one not given is null, so it must be allowed to be."""
        return not self._variadic and names.keys() <= {each.name for each in self.parameters}

    def call(self, args: Sequence[object]) -> object:
        """The result for arguments in order, as many as it accepts; `MISFIT` if one is not of its type."""
        shapes = self._shapes
        if len(args) > len(shapes):
            shapes += shapes[-1:] * (len(args) - len(shapes))
        for arg, (class_, items) in zip(args, shapes, strict=False):
            if class_ is object:
                continue
            if arg.__class__ is not class_ or (items and not items.issuperset(map(type, arg))):  # type: ignore[call-overload]  # a list, as its class has just shown
                return self._call_converted(args)
        return self._run(args)

    def _call_converted(self, args: Sequence[object]) -> object:
        bound: list[object] = []
        unknown: list[object] = []
        for position, arg in enumerate(args):
            parameter = self.parameters[min(position, len(self.parameters) - 1)]
            converted = arg if parameter.type is ANY else convert(arg, parameter.type)
            if converted is MISFIT or (converted is None and not (parameter.nullable or parameter.optional)):
                return MISFIT
            if isinstance(converted, Unknown) and parameter.type is not ANY:
                unknown.append(converted)
            bound.append(converted)
        return Unknown.union(*unknown) if unknown else self._run(bound)

    def _run(self, args: Sequence[object]) -> object:
        missing = len(self.parameters) - len(args)
        result = self.function(*args, *(None,) * missing) if missing > 0 else self.function(*args)
        if isinstance(result, list) and len(result) > limits.MAX_LIST_LENGTH:
            raise list_too_long(len(result))
        if isinstance(result, str) and len(result) > limits.MAX_STRING_LENGTH:
            raise string_too_long(len(result))
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function of the standard.

    Attributes:
        name: as authors write it.
        overloads: its signatures; of those that fit a call, the first is taken.
    """

    name: str
    overloads: tuple[Overload, ...]
    _by_count: tuple[tuple[Overload, ...], ...] = field(init=False, repr=False)  # the last for all above

    def __post_init__(self) -> None:
        """Sort the overloads by the number of arguments that they accept."""
        most = max(len(each.parameters) for each in self.overloads) + 1
        by_count = tuple(tuple(each for each in self.overloads if each.accepts(n)) for n in range(most + 1))
        object.__setattr__(self, "_by_count", by_count)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Of the first overload."""
        return self.overloads[0].parameters

    def accepts(self, count: int) -> bool:
        """Whether an overload takes `count` arguments in order."""
        return bool(self._accepting(count))

    def call(self, args: Sequence[object]) -> object:
        """The result for arguments in order; null with a cause where no overload fits."""
        candidates = self._accepting(len(args))
        if not candidates:
            return null("arity", function=self.name, count=len(args))
        for overload in candidates:
            result = overload.call(args)
            if result is not MISFIT:
                charge(args, result)
                return result
        return null("arguments", *args, function=self.name)

    def call_named(self, args: Mapping[str, object]) -> object:
        """The result for arguments by name; null with a cause where no overload fits."""
        candidates = [overload for overload in self.overloads if args and overload.accepts_names(args)]
        if not candidates:
            return null("parameter-names", function=self.name, names=", ".join(args))
        for overload in candidates:
            ordered = [args.get(parameter.name) for parameter in overload.parameters]
            result = overload.call(ordered)
            if result is not MISFIT:
                charge(ordered, result)
                return result
        return null("arguments", *args.values(), function=self.name)

    def _accepting(self, count: int) -> tuple[Overload, ...]:
        return self._by_count[min(count, len(self._by_count) - 1)]

    def __str__(self) -> str:
        return self.name


def builtin(name: str, *overloads: tuple[tuple[Parameter, ...], Type, Callable[..., object]]) -> Builtin:
    """A built-in from its signatures: parameters, type of the result, what it does."""
    return Builtin(name, tuple(Overload(*overload) for overload in overloads))
