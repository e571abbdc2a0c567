"""What names mean while an expression is made into columns: rows of a table, and in loops the items of their lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

from engine.ruleset.types import DeclaredType
from engine.table.layout import Source
from engine.table.rows import Scope
from engine.table.values import NotColumnarError, Value


@dataclass(frozen=True, slots=True)
class Record:
    """A record.

    Attributes:
        fields: the names of its fields.
        field: what one of them is.
    """

    fields: tuple[str, ...]
    field: Callable[[str], Thing]


class Items:
    """A list column.

    Attributes:
        scope: the rows that have the lists.
        declared: the type of the list.
        source: where it is stated.
        nullable: whether any is null.
    """

    def __init__(
        self,
        scope: Scope,
        declared: DeclaredType,
        source: Source,
        item: Callable[[Scope], Thing],
        *,
        nullable: bool,
    ) -> None:
        self.scope = scope
        self.declared = declared
        self.source = source
        self.nullable = nullable
        self._item = item

    @cached_property
    def inside(self) -> Scope:
        """The items, a row each."""
        return self.scope.explode(self.source.expr)

    @cached_property
    def item(self) -> Thing:
        """What one item is, in the scope of the items."""
        return self._item(self.inside)

    def lifted(self, scope: Scope) -> Items:
        """The list of the row above that each row of `scope` belongs to."""
        source = self.source._replace(expr=scope.lift(self.source.expr))
        return Items(scope, self.declared, source, self._item, nullable=self.nullable)


Thing: TypeAlias = Value | Record | Items


class Names(NamedTuple):
    """What is in scope.

    Attributes:
        scope: the rows.
        find: what a name is there; None where it is not bound here.
        above: the names of the rows above.
    """

    scope: Scope
    find: Callable[[str], Thing | None]
    above: Names | None = None

    def __call__(self, name: str) -> Thing:
        """What a name is.

        Raises:
            NotColumnarError: it is nothing that columns can say.
        """
        found = self.find(name)
        if found is not None:
            return found
        if self.above is None:
            raise NotColumnarError(f"{name} has no columns")
        return _lifted(self.above(name), self.scope)


def _lifted(thing: Thing, scope: Scope) -> Thing:
    match thing:
        case Items():
            return thing.lifted(scope)
        case Record():
            return Record(thing.fields, lambda name: _lifted(thing.field(name), scope))
    if thing.constant:
        return thing
    if thing.over is not None:
        raise NotColumnarError("a ratio of the row is asked for in a loop")
    null = None if thing.null is None else scope.lift(thing.null)
    return replace(thing, expr=scope.lift(thing.expr), null=null)
