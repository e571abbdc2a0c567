"""Which value a name has at a place of the tree."""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.feel.codegen.code import Operand
from engine.feel.functions import BUILTINS
from engine.feel.references import free_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.feel.tree import Node


@dataclass(frozen=True, slots=True)
class Variables:
    """Names that a loop, a function or a context binds."""

    values: dict[str, Operand]


@dataclass(frozen=True, slots=True)
class Item:
    """The inside of a filter, where a name may be a field of the item; that shows only when it runs."""

    value: Operand


@dataclass(slots=True)
class Scopes:
    """The scopes around a place, the innermost last.

    Attributes:
        outer: the names that the context of the whole expression has.
        outermost: what a name is that no scope binds.
    """

    outer: Container[str]
    outermost: Callable[[str], Operand]
    stack: list[Variables | Item] = field(default_factory=list)

    @contextmanager
    def inside(self, scope: Variables | Item) -> Iterator[None]:
        """Add a scope for the length of a block."""
        self.stack.append(scope)
        try:
            yield
        finally:
            self.stack.pop()

    def resolve(self, name: str) -> tuple[list[Operand], Operand]:
        """The items whose field `name` may be, the innermost first, and what it is if it is none of theirs."""
        items: list[Operand] = []
        for scope in reversed(self.stack):
            match scope:
                case Variables(values):
                    if name in values:
                        return items, values[name]
                case Item(value):
                    items.append(value)
                    if name == "item":
                        return items, value
        return items, self.outermost(name)

    def is_builtin(self, name: str) -> bool:
        """Whether `name` is that of a built-in function, and nothing around has it too."""
        if name not in BUILTINS or name in self.outer:
            return False
        return not any(isinstance(scope, Variables) and name in scope.values for scope in self.stack)


@dataclass(slots=True)
class Known:
    """Expressions whose value is at hand, so that they need not be evaluated again.

    A layer is a block of code that may not run; what is learned there is forgotten at its end. A layer that binds
    names hides what the layers around it know of expressions with those names.
    """

    layers: list[tuple[dict[Node, Operand], frozenset[str] | None]] = field(
        default_factory=lambda: [({}, frozenset())]
    )

    @contextmanager
    def layer(self, binds: frozenset[str] | None = frozenset()) -> Iterator[None]:
        """A block that may not run; `binds` is None where any name may be bound (a filter)."""
        self.layers.append(({}, binds))
        try:
            yield
        finally:
            self.layers.pop()

    def find(self, key: Node) -> Operand | None:
        """The value of the expression `key`."""
        hidden: set[str] = set()
        behind_filter = False
        for values, binds in reversed(self.layers):
            if key in values:
                names = free_names(key)
                return None if (names if behind_filter else names & hidden) else values[key]
            behind_filter = behind_filter or binds is None
            hidden.update(binds or ())
        return None

    def learn(self, key: Node, value: Operand) -> None:
        """Remember the value of an expression for the rest of the innermost layer."""
        self.layers[-1][0][key] = value
