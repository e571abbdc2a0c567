"""What names mean while an expression is made into columns: rows of a table, and in loops the items of their lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Final, NamedTuple, TypeAlias

import polars as pl

from engine.ruleset.types import DeclaredType
from engine.table.layout import Source
from engine.table.values import NotColumnarError, Value

MAX_ITEMS: Final = 50_000_000  # of all lists of a table together, in a loop
ITEM: Final = "item"


class Scope:
    """Rows that expressions are evaluated on: those of a table, or the items of a list column, one after the other.

    Attributes:
        frame: the rows; columns are added to it.
        apart: where columns cannot say what FEEL does, so that the row is evaluated by itself; each may be null, which
            says nothing.
    """

    def __init__(
        self, frame: pl.DataFrame, above: Scope | None = None, lengths: pl.Series | None = None
    ) -> None:
        self.frame = frame
        self.apart: list[pl.Expr] = []
        self._above = above
        self._lengths = lengths
        self._kept = 0

    def keep(self, series: pl.Series) -> pl.Expr:
        """Add a column."""
        self._kept += 1
        name = f"= {self._kept}"  # no fact has such a name
        self.frame = self.frame.with_columns(series.alias(name))
        return pl.col(name)

    def series(self, expr: pl.Expr) -> pl.Series:
        """The values of an expression, one for each row."""
        # Beside another column, a value that is the same for all rows is repeated.
        return self.frame.select(expr.alias("value"), pl.int_range(pl.len()).alias("row")).to_series()

    def explode(self, expr: pl.Expr) -> Scope:
        """The items of a list column, a row each.

        Raises:
            NotColumnarError: there are too many.
        """
        lists = self.series(expr)
        lengths = lists.list.len().cast(pl.Int64).fill_null(0)
        if int(lengths.sum()) > MAX_ITEMS:
            raise NotColumnarError("there are too many items in the lists of a table")
        items = lists.explode(empty_as_null=False, keep_nulls=False)
        return Scope(pl.DataFrame({ITEM: items}), self, lengths)

    @property
    def lengths(self) -> pl.Series:
        """How many of the rows belong to each row above."""
        if self._lengths is None:
            raise TypeError("only the items of lists belong to rows above")
        return self._lengths

    def lift(self, expr: pl.Expr) -> pl.Expr:
        """The value that each row has of an expression over the rows above."""
        if self._above is None:
            raise TypeError("there are no rows above")
        return self.keep(self._above.series(expr).gather(self._rows))

    @cached_property
    def _rows(self) -> pl.Series:
        """For each row, the number of the row above that it belongs to."""
        counted = pl.DataFrame({"n": self.lengths}).with_row_index("row").filter(pl.col("n") > 0)
        return counted.select(pl.col("row").repeat_by("n")).to_series().explode(empty_as_null=False)

    def counted(self, flag: pl.Expr) -> pl.Expr:
        """A column of the rows above: of how many of their items `flag` is true."""
        if self._above is None:
            raise TypeError("there are no rows above")
        sums = self.series(flag.fill_null(value=False).cast(pl.Int64)).cum_sum()
        until = pl.concat([pl.Series([0], dtype=pl.Int64), sums]).gather(self._ends)
        return self._above.keep(until - until.shift(1, fill_value=0))

    @cached_property
    def _ends(self) -> pl.Series:
        """For each row above, how many rows belong to it and to those before it."""
        return self.lengths.cum_sum()

    def pass_on_apart(self) -> None:
        """Let the rows above be evaluated by themselves that have an item which has to be."""
        if self._above is not None and self.apart:
            self._above.apart.append(self.counted(reduce(or_, self.apart)) > 0)
            self.apart.clear()


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
    """A list column."""

    def __init__(
        self, scope: Scope, declared: DeclaredType, source: Source, item: Callable[[Scope], Thing]
    ) -> None:
        self.scope = scope
        self.declared = declared
        self.source = source
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
        return Items(scope, self.declared, source, self._item)


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
    return Value(thing.kind, scope.lift(thing.expr), null, thing.scale, thing.low, thing.high)
