"""Expressions made into columns: what FEEL says of a record, said of all rows of a table at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

import polars as pl

from engine.feel import tree
from engine.feel.compiler import Expression
from engine.feel.functions import BUILTINS
from engine.feel.references import free_names
from engine.feel.tree import Node
from engine.feel.values import Range
from engine.table import functions, values
from engine.table.rows import ITEM
from engine.table.scopes import Items, Names, Record, Thing
from engine.table.values import Kind, NotColumnarError, Value

_MOST_ITEMS: Final = 10_000  # of one list, as records may have
_MOST_WRITTEN_OUT: Final = 100  # numbers of a series, each of which becomes an expression of its own
_PARTS_OF_DAY: Final = {"year": (1, 9999), "month": (1, 12), "day": (1, 31)}


class Compiler:
    """Makes expressions into columns.

    Args:
        constants: what names are that are the same for all rows: the parameters of the day.
    """

    def __init__(self, constants: Mapping[str, object]) -> None:
        self._constants = constants

    def value(self, node: Node, names: Names) -> Value:
        """The values of an expression.

        Raises:
            NotColumnarError: columns cannot say them.
        """
        thing = self.thing(node, names)
        if not isinstance(thing, Value):
            raise NotColumnarError("a list or a record is used as a whole")
        return thing

    def thing(self, node: Node, names: Names) -> Thing:
        """What an expression is: values, a list column, or a record.

        Raises:
            NotColumnarError: columns cannot say it.
        """
        if self._is_constant(node, names):
            return values.literal(self._constant(node))
        match node:
            case tree.Name(name):
                return names(name)
            case tree.Path(value, name):
                return self._path(self.thing(value, names), name)
            case tree.Comparison(operator, left, right):
                return self._comparison(operator, left, right, names)
            case tree.And(operands):
                return values.all_of([self.value(each, names) for each in operands])
            case tree.Or(operands):
                return values.any_of([self.value(each, names) for each in operands])
            case tree.Arithmetic() | tree.Negate():
                return self._arithmetic(node, names)
            case tree.Between(value, low, high):
                found = self.value(value, names)
                ends = (self.value(low, names), self.value(high, names))
                return values.all_of(
                    [values.compare(">=", found, ends[0]), values.compare("<=", found, ends[1])]
                )
            case tree.In(value, tests):
                return self.passes(self.value(value, names), tests, names)
            case tree.If(condition, consequence, alternative):
                return self._choice(condition, consequence, alternative, names)
            case tree.Quantified(quantifier, (iterator,), condition):
                return self._quantified(quantifier, iterator, condition, names)
            case tree.Call(tree.Name("not"), (operand,), ()):
                return values.negate(self.value(operand, names))
            case tree.Call(tree.Name("count"), (operand,), ()):
                return self._count(operand, names)
            case tree.Call(tree.Name(name), arguments, ()):
                return functions.call(name, [self._argument(each, names) for each in arguments])
            case tree.Call(tree.Name(name)):
                raise NotColumnarError(f"{name}() with named arguments has no columns")
            case tree.ContextLiteral(entries):
                return self._context(entries, names)
        raise NotColumnarError(f"{_WORDS.get(type(node), type(node).__name__.lower())} has no columns")

    def _argument(self, node: Node, names: Names) -> functions.Argument:
        if isinstance(node, tree.ListLiteral):
            return [self.value(item, names) for item in node.items]
        return self.value(node, names)

    def _context(self, entries: Sequence[tree.Entry], names: Names) -> Record:
        """A record that is written out, whose entries do not look at those before them."""
        written: dict[str, Node] = {}
        for entry in entries:
            if not written.keys().isdisjoint(free_names(entry.value)):
                raise NotColumnarError("a record whose entries use each other has no columns")
            written[entry.name] = entry.value
        return Record(tuple(written), cache(lambda name: self.thing(written[name], names)))

    def passes(self, value: Value, tests: Sequence[Node], names: Names) -> Value:
        """Whether values pass one of some tests, which may be ranges, lists, or expressions to be equal to.

        Raises:
            NotColumnarError: columns cannot say it.
        """
        return values.any_of([self._passes(value, test, names) for test in tests])

    def _passes(self, value: Value, test: Node, names: Names) -> Value:
        if isinstance(test, tree.HalfComparison):
            return values.compare(test.operator, value, self.value(test.operand, names))
        if not self._is_constant(test, names):
            return values.compare("=", value, self.value(test, names))
        match self._constant(test):
            case Range(low, high, low_closed, high_closed, ""):
                above = values.compare(">=" if low_closed else ">", value, values.literal(low))
                below = values.compare("<=" if high_closed else "<", value, values.literal(high))
                return values.all_of([above, below])
            case [_, *_] as items:
                return values.any_of([values.compare("=", value, values.literal(item)) for item in items])
            case constant:
                return values.compare("=", value, values.literal(constant))

    def _is_constant(self, node: Node, names: Names) -> bool:
        if isinstance(node, tree.Null | tree.FunctionLiteral | tree.Series | tree.HalfComparison):
            return False
        return all(
            name in self._constants or (name in BUILTINS and name not in ("now", "today"))
            for name in free_names(node)
        ) and not any(_bound(name, names) for name in free_names(node))

    def _constant(self, node: Node) -> object:
        return Expression(node, None, self._constants)(self._constants)

    def _path(self, thing: Thing, name: str) -> Thing:
        if isinstance(thing, Record):
            return thing.field(name)
        if isinstance(thing, Value) and thing.kind == "date" and name in _PARTS_OF_DAY:
            low, high = _PARTS_OF_DAY[name]
            part = getattr(thing.expr.dt, name)().cast(pl.Int64)
            return Value("number", part, thing.null, 0, low, high, nullable=thing.nullable)
        raise NotColumnarError(f".{name} of a list, or of a value without such a part, has no columns")

    def _comparison(self, operator: tree.ComparisonOperator, left: Node, right: Node, names: Names) -> Value:
        if operator in ("=", "!=") and (isinstance(left, tree.Null) or isinstance(right, tree.Null)):
            found = values.is_null(self.value(right if isinstance(left, tree.Null) else left, names))
            return found if operator == "=" else values.negate(found)
        return values.compare(operator, self.value(left, names), self.value(right, names))

    def _arithmetic(self, node: tree.Arithmetic | tree.Negate, names: Names) -> Value:
        if isinstance(node, tree.Negate):
            return values.add(values.literal(Decimal(0)), self.value(node.operand, names), -1)
        left, right = self.value(node.left, names), self.value(node.right, names)
        match node.operator:
            case "+":
                return values.add(left, right)
            case "-":
                return values.add(left, right, -1)
            case "*":
                return values.multiply(left, right)
            case "/":
                return values.divide(left, right)
        raise NotColumnarError("a power has no columns")

    def _choice(self, condition: Node, consequence: Node, alternative: Node, names: Names) -> Value:
        asked = self.value(condition, names)
        branches = self.value(consequence, names), self.value(alternative, names)
        if asked.nullable:
            names.scope.apart.append(asked.unknown)  # then both branches count, which is seldom worth columns
        return values.choose(asked, *branches)

    def _quantified(self, quantifier: str, iterator: tree.Iterator, condition: Node, names: Names) -> Value:
        every = quantifier == "every"
        items = self._written_out(iterator.source, names)
        if items is not None:
            found = [self.value(condition, _binding(names, {iterator.name: item})) for item in items]
            if not found:
                return values.literal(every)
            return values.all_of(found) if every else values.any_of(found)
        each = self._each(iterator.source, iterator.name, condition, names)
        settled, other = (each.fails, each.holds) if every else (each.holds, each.fails)
        if each.unsettled:
            names.scope.apart.append((settled == 0) & (other < each.length))
        return _of_lists("boolean", (settled == 0) if every else (settled > 0), each.items)

    def _written_out(self, source: Node, names: Names) -> list[Thing] | None:
        """The items of a list, or of a series of whole numbers, that stands in the expression."""
        if isinstance(source, tree.ListLiteral):
            return [self.thing(item, names) for item in source.items]
        if not isinstance(source, tree.Series):
            return None
        ends = [
            self._constant(end) if self._is_constant(end, names) else None
            for end in (source.low, source.high)
        ]
        match ends:
            case [Decimal() as low, Decimal() as high] if (
                0 <= high - low < _MOST_WRITTEN_OUT and low % 1 == 0
            ):
                return [values.literal(low + step) for step in range(int(high - low) + 1)]
        raise NotColumnarError("a series without known ends, or a long one, has no columns")

    def _count(self, operand: Node, names: Names) -> Value:
        if isinstance(operand, tree.Filter):
            each = self._each(operand.value, None, operand.predicate, names)
            if each.unsettled:
                names.scope.apart.append(each.holds + each.fails < each.length)
            return _of_lists("number", each.holds, each.items)
        items_ = self.thing(operand, names)
        if not isinstance(items_, Items):
            raise NotColumnarError("count of what is no list column has no columns")
        number = items_.source.expr.list.len().cast(pl.Int64)
        return Value("number", number, None, 0, 0, _MOST_ITEMS, nullable=items_.nullable)

    def _each(self, source: Node, name: str | None, condition: Node, names: Names) -> _Each:
        """Of how many items of a list a condition is true, and of how many false.

        Args:
            source: the list.
            name: what the items are called; None in a filter, where their fields are names too.
            condition: what is asked of each.
            names: what is in scope around it.
        """
        items = self.thing(source, names)
        if not isinstance(items, Items):
            raise NotColumnarError("a loop over what is no list column has no columns")
        inside = items.inside
        bound: dict[str, Thing] = {name or ITEM: items.item}
        if name is None:
            fields = items.declared.item.fields if items.declared.item is not None else {}
            if isinstance(items.item, Record):
                bound = {field: items.item.field(field) for field in fields if field != ITEM} | bound
        found = self.value(condition, Names(inside, bound.get, names))
        if found.kind != "boolean":
            raise NotColumnarError("an item at a position has no columns")
        holds = inside.counted(found.expr)
        length = items.source.expr.list.len().cast(pl.Int64)
        fails = inside.counted(~found.expr) if found.nullable else length - holds
        inside.pass_on_apart()
        return _Each(items, length, holds, fails, unsettled=found.nullable)


class _Each(NamedTuple):
    """What a condition says of the items of lists.

    Attributes:
        items: the lists.
        length: how many items each has.
        holds: of how many of them the condition is true.
        fails: of how many it is false.
        unsettled: whether it may be neither.
    """

    items: Items
    length: pl.Expr
    holds: pl.Expr
    fails: pl.Expr
    unsettled: bool


def _of_lists(kind: Kind, expr: pl.Expr, items: Items) -> Value:
    """A value that every list has, and that is unknown where the list is."""
    if items.nullable:
        expr = pl.when(items.source.expr.is_not_null()).then(expr)
    high = _MOST_ITEMS if kind == "number" else 0
    return Value(kind, expr, None, 0, 0, high, nullable=items.nullable)


def _bound(name: str, names: Names | None) -> bool:
    """Whether a loop has given the name to something of its own."""
    while names is not None and names.above is not None:
        if names.find(name) is not None:
            return True
        names = names.above
    return False


def _binding(names: Names, bound: Mapping[str, Thing]) -> Names:
    """`names` with some more, of the same rows."""

    def find(name: str) -> Thing | None:
        return bound[name] if name in bound else names.find(name)

    return Names(names.scope, find, names.above)


_WORDS: Final[Mapping[type[Node], str]] = {
    tree.Lookup: "a decision table",
    tree.Filter: "a filter outside count()",
    tree.For: "a for loop",
    tree.Quantified: "a loop over several lists",
    tree.ListLiteral: "a list that is written out",
    tree.RangeLiteral: "a range as a value",
    tree.InstanceOf: "instance of",
    tree.Null: "null as a value",
    tree.Call: "a function that is a value",
}
