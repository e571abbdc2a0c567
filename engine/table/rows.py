"""The rows that expressions are evaluated on, and the steps that make columns of them.

A ruleset is made into columns once, on the first piece of a table. What that takes beyond one expression, such as going
through the items of a list, is recorded as steps; the next piece repeats them, unless its numbers are larger or its
nulls stand elsewhere than was reckoned with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, or_
from typing import Final, NamedTuple

import polars as pl

from engine.table.values import MOST, NotColumnarError

MAX_ITEMS: Final = 50_000_000  # of all lists of a table together, in a loop
ITEM: Final = "item"
_COUNT_BITS: Final = 14  # of a count of items: a row with a longer list is evaluated by itself
_COUNTS: Final = 4  # that are summed up in one number


class StaleError(Exception):
    """A piece of a table has what was not reckoned with: larger numbers, or nulls where there were none."""


class Bounds(NamedTuple):
    """What is known of the values of a column.

    Attributes:
        low: no number is lower.
        high: none is higher.
        nullable: whether any is null.
    """

    low: int = 0
    high: int = 0
    nullable: bool = False

    def with_(self, other: Bounds) -> Bounds:
        """What is known of these values and of others."""
        return Bounds(min(self.low, other.low), max(self.high, other.high), self.nullable or other.nullable)

    def widened(self) -> Bounds:
        """With room for other numbers of that size, so that the next piece is within it too."""
        low = min(self.low, 1) if self.low >= 0 else -_room(-self.low)
        return self._replace(low=low, high=_room(self.high) if self.high > 0 else min(self.high, 0))


class Tape:
    """The steps that make columns of a piece, in order.

    Attributes:
        seen: what is known of the columns of all pieces so far, by where they stand.
    """

    def __init__(self, seen: dict[str, Bounds]) -> None:
        self.seen = seen
        self._steps: list[Callable[[], None]] = []

    def do(self, step: Callable[[], None]) -> None:
        """Do a step, and remember it."""
        step()
        self._steps.append(step)

    def repeat(self) -> None:
        """Do all steps again.

        Raises:
            StaleError: the piece has what was not reckoned with.
        """
        try:
            for step in self._steps:
                step()
        except NotColumnarError as error:
            raise StaleError from error


class Scope:
    """Rows that expressions are evaluated on: those of a table, or the items of a list column, one after the other.

    Attributes:
        tape: on which the steps are recorded.
        frame: the rows of the piece; columns are added to it.
        apart: where columns cannot say what FEEL does, so that the row is evaluated by itself; each may be null, which
            says nothing.
    """

    def __init__(self, tape: Tape, path: str = "", above: Scope | None = None) -> None:
        self.tape = tape
        self.frame = pl.DataFrame()
        self.apart: list[pl.Expr] = []
        self._path = path
        self._above = above
        self._inner: list[Scope] = []
        self._assumed: list[tuple[pl.Expr, Bounds, bool]] = []
        self._pending: list[tuple[str, pl.Expr]] = []
        self._lifted: dict[str, pl.Expr] = {}
        self._kept = 0
        self._lengths = self._ends = pl.Series(dtype=pl.Int64)
        self._rows: pl.Series | None = None

    def load(self, frame: pl.DataFrame, lengths: pl.Series | None = None) -> None:
        """Take the rows of a piece.

        Args:
            frame: the rows.
            lengths: of items: how many of them belong to each row above.

        Raises:
            StaleError: they have what was not reckoned with.
        """
        self.frame, self._rows = frame, None
        if lengths is not None:
            self._lengths, self._ends = lengths, lengths.cum_sum()
        for (_, bounds, _), seen in zip(self._assumed, self._look(), strict=True):
            if seen.with_(bounds) != bounds:
                raise StaleError

    def assume(self, expr: pl.Expr, *, numbers: bool = False) -> Bounds:
        """What is known of the values of an expression over the columns of the table, in this piece and the others.

        Args:
            expr: the expression.
            numbers: whether they have bounds.
        """
        self._assumed.append((expr, Bounds(), numbers))
        (seen,) = self._look(-1)
        name = f"{self._path}/{expr}"
        known = seen if name not in self.tape.seen else seen.with_(self.tape.seen[name])
        self.tape.seen[name] = known
        if numbers and max(-known.low, known.high) > MOST:
            self._assumed.pop()
            raise NotColumnarError("the numbers of the table are too large for 64 bits")
        bounds = known.widened()
        self._assumed[-1] = (expr, bounds, numbers)
        return bounds

    def keep(self, make: Callable[[], pl.Series]) -> pl.Expr:
        """Add a column, which is made anew of each piece."""
        name = self._name()

        def step() -> None:
            self.frame = self.frame.with_columns(make().alias(name))

        self.tape.do(step)
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
        self.settle_for(expr)
        inside = Scope(self.tape, f"{self._path}/{expr}", self)

        def step() -> None:
            lists = self.series(expr)
            lengths = lists.list.len().cast(pl.Int64).fill_null(0)
            if int(lengths.sum()) > MAX_ITEMS:
                raise NotColumnarError("there are too many items in the lists of a table")
            items = lists.explode(empty_as_null=False, keep_nulls=False)
            inside.load(pl.DataFrame({ITEM: items}), lengths)

        self.tape.do(step)
        self._inner.append(inside)
        return inside

    def lift(self, expr: pl.Expr) -> pl.Expr:
        """The value that each row has of an expression over the rows above."""
        above = self._outer
        above.settle_for(expr)
        if not expr.meta.is_column():
            return self.keep(lambda: above.series(expr).gather(self._row_above()))
        name = expr.meta.output_name()
        if name not in self._lifted:
            self._lifted[name] = self.keep(lambda: above.frame[name].gather(self._row_above()))
        return self._lifted[name]

    def counted(self, flag: pl.Expr) -> pl.Expr:
        """A column of the rows above: of how many of their items `flag` is true.

        It is not there before the rows above are settled, so that many flags are counted at once.
        """
        name = self._outer._name()  # noqa: SLF001 - another of this class
        self._pending.append((name, flag))
        return pl.col(name)

    def settle_for(self, expr: pl.Expr) -> None:
        """Make the columns that count items, if one of them is asked for."""
        waiting = {name for inside in self._inner for name, _ in inside._pending}  # noqa: SLF001 - of this class
        if not waiting.isdisjoint(expr.meta.root_names()):
            self.settle()

    def settle(self) -> None:
        """Make the columns that count items."""
        for inside in self._inner:
            inside.settle()
            if inside._pending:  # noqa: SLF001 - another of this class
                self.tape.do(inside._counting())  # noqa: SLF001 - as above

    def pass_on_apart(self) -> None:
        """Let the rows above be evaluated by themselves that have an item which has to be."""
        if self._above is not None and self.apart:
            self._above.apart.append(self.counted(reduce(or_, self.apart)) > 0)
            self.apart.clear()

    def release(self) -> None:
        """Let go of the rows."""
        self.frame, self._rows = self.frame.clear(), None
        self._lengths = self._ends = self._ends.clear()
        for inside in self._inner:
            inside.release()

    @property
    def _outer(self) -> Scope:
        if self._above is None:
            raise TypeError("only the items of lists belong to rows above")
        return self._above

    def _name(self) -> str:
        self._kept += 1
        return f"= {self._kept}"  # no fact has such a name

    def _look(self, start: int = 0) -> list[Bounds]:
        """What is so of the columns of this piece that something is assumed of."""
        asked = self._assumed[start:]
        if not asked:
            return []
        found = self.frame.select(
            *(expr.null_count().alias(f"{at} nulls") for at, (expr, _, _) in enumerate(asked)),
            *(expr.min().alias(f"{at} low") for at, (expr, _, numbers) in enumerate(asked) if numbers),
            *(expr.max().alias(f"{at} high") for at, (expr, _, numbers) in enumerate(asked) if numbers),
        )
        values = found.row(0, named=True)
        return [
            Bounds(values.get(f"{at} low") or 0, values.get(f"{at} high") or 0, values[f"{at} nulls"] > 0)
            for at in range(len(asked))
        ]

    def _row_above(self) -> pl.Series:
        """For each row, the number of the row above that it belongs to."""
        if self._rows is None:
            counted = pl.DataFrame({"n": self._lengths}).with_row_index("row").filter(pl.col("n") > 0)
            repeated = counted.select(pl.col("row").repeat_by("n")).to_series()
            self._rows = repeated.explode(empty_as_null=False)
        return self._rows

    def _counting(self) -> Callable[[], None]:
        """The step that makes the columns that are pending."""
        batches = [self._pending[at : at + _COUNTS] for at in range(0, len(self._pending), _COUNTS)]
        self._pending.clear()
        above = self._outer
        sums = [
            reduce(
                add,
                [
                    flag.fill_null(value=False).cast(pl.Int64) * (1 << _COUNT_BITS * at)
                    for at, (_, flag) in enumerate(batch)
                ],
            )
            .cum_sum()
            .alias(f"sum {number}")
            for number, batch in enumerate(batches)
        ]
        columns = [
            ((pl.col(f"sum {number}") // (1 << _COUNT_BITS * at)) & ((1 << _COUNT_BITS) - 1)).alias(name)
            for number, batch in enumerate(batches)
            for at, (name, _) in enumerate(batch)
        ]

        def step() -> None:
            # Sums may pass 64 bits and begin anew; the differences between them are right all the same.
            found = self.frame.select(*sums, pl.int_range(pl.len()).alias("row"))
            totals = []
            for number in range(len(batches)):
                until = pl.concat([pl.Series([0], dtype=pl.Int64), found[f"sum {number}"]]).gather(self._ends)
                totals.append((until - until.shift(1, fill_value=0)).alias(f"sum {number}"))
            above.frame = above.frame.with_columns(pl.DataFrame(totals).select(columns).get_columns())

        return step


def _room(number: int) -> int:
    """The largest number of as many bits."""
    return max(number, min((1 << number.bit_length()) - 1, MOST))
