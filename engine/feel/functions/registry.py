"""What a built-in function is: its overloads, and how a call finds the one that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.feel import limits
from engine.feel.budget import charge
from engine.feel.causes import null
from engine.feel.conformance import MISFIT, convert
from engine.feel.types import ANY, ContextOf, ListOf, RangeOf, Simple, Type
from engine.feel.unknown import Unknown
from engine.feel.values import Parameter, list_too_long, string_too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LIST: Final = ListOf(ANY)
CONTEXT: Final = ContextOf()
RANGE: Final = RangeOf(ANY)
FUNCTION: Final = Simple("function")  # whatever its parameters; a function that takes one checks them


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

    def accepts(self, count: int) -> bool:
        """Whether `count` arguments in order may fit."""
        least = sum(not each.optional for each in self.parameters)
        return least <= count and (count <= len(self.parameters) or self._is_variadic)

    def accepts_names(self, names: Mapping[str, object]) -> bool:
        """Whether arguments of these names may fit; one not given is null, so it must be allowed to be."""
        known = {each.name: each for each in self.parameters}
        return names.keys() <= known.keys() and not self._is_variadic

    @property
    def _is_variadic(self) -> bool:
        return bool(self.parameters) and self.parameters[-1].variadic

    def bind(self, args: Sequence[object]) -> list[object] | None:
        """The arguments converted to the declared types, or None if one does not fit."""
        bound: list[object] = []
        for position, arg in enumerate(args):
            parameter = self.parameters[min(position, len(self.parameters) - 1)]
            converted = arg if parameter.type == ANY else convert(arg, parameter.type)
            if converted is MISFIT:
                return None
            if converted is None and not (parameter.nullable or parameter.optional):
                return None
            bound.append(converted)
        bound += [None] * (len(self.parameters) - len(bound))
        return bound

    def run(self, bound: list[object]) -> object:
        """The result for bound arguments; unknown where one of a declared type is."""
        unknown = [
            arg
            for position, arg in enumerate(bound)
            if isinstance(arg, Unknown)
            and self.parameters[min(position, len(self.parameters) - 1)].type != ANY
        ]
        if unknown:
            return Unknown.union(*unknown)
        result = self.function(*bound)
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

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Of the first overload."""
        return self.overloads[0].parameters

    def accepts(self, count: int) -> bool:
        """Whether an overload takes `count` arguments in order."""
        return any(overload.accepts(count) for overload in self.overloads)

    def call(self, args: Sequence[object]) -> object:
        """The result for arguments in order; null with a cause where no overload fits."""
        candidates = [overload for overload in self.overloads if overload.accepts(len(args))]
        if not candidates:
            return null("arity", function=self.name, count=len(args))
        return self._first_fit([(overload, args) for overload in candidates])

    def call_named(self, args: Mapping[str, object]) -> object:
        """The result for arguments by name; null with a cause where no overload fits."""
        candidates = [overload for overload in self.overloads if overload.accepts_names(args)]
        if not candidates or not args:
            return null("parameter-names", function=self.name, names=", ".join(args))
        return self._first_fit(
            [
                (overload, [args.get(parameter.name) for parameter in overload.parameters])
                for overload in candidates
            ]
        )

    def _first_fit(self, candidates: list[tuple[Overload, Sequence[object]]]) -> object:
        for overload, args in candidates:
            bound = overload.bind(args)
            if bound is not None:
                charge(*bound)
                result = overload.run(bound)
                charge(result)
                return result
        return null("arguments", *candidates[0][1], function=self.name)

    def __str__(self) -> str:
        return self.name


def builtin(name: str, *overloads: tuple[tuple[Parameter, ...], Type, Callable[..., object]]) -> Builtin:
    """A built-in from its signatures: parameters, type of the result, what it does."""
    return Builtin(name, tuple(Overload(*overload) for overload in overloads))
