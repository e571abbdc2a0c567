"""Code for what runs a piece of code several times, or later: loops, quantifiers, filters, functions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.codegen import python as py
from engine.feel.codegen.code import Operand, captured, shape_of
from engine.feel.codegen.operator_code import OperatorCode
from engine.feel.codegen.scopes import Item, Variables
from engine.feel.types import ANY, BOOLEAN, ListOf
from engine.feel.values import Parameter

if TYPE_CHECKING:
    from engine.feel.tree import Node

_MAX_NESTED_LOOPS: Final = 8  # of one Python function, which allows 20 blocks inside one another
_PARTIAL_READERS: Final = frozenset(("count", "sum", "min", "max", "list contains"))
_BOOLEAN_NODES: Final = (
    tree.Comparison,
    tree.And,
    tree.Or,
    tree.In,
    tree.Between,
    tree.InstanceOf,
    tree.Quantified,
    tree.Boolean,
)


@dataclass(frozen=True, slots=True)
class _Rounds:
    """What the loops of one node do.

    Attributes:
        name: the variable of their result.
        body: adds the code of one round.
        stop: what to do where a source is null or unknown.
        ended: true in the generated code once no further round is needed.
        light: whether a round takes no longer than reading what it looks at.
    """

    name: str
    body: Callable[[], None]
    stop: Callable[[Operand], py.Body]
    ended: ast.expr
    light: bool


class LoopCode(OperatorCode):
    """Loops, quantifiers, filters and functions."""

    def for_loop(self, node: tree.For) -> Operand:
        """``for … return …``: a list of what the body gives, null or unknown if a source is."""
        found = self.result(py.items([]), "list")
        name = self.code.fresh()
        self.code.set(name, found.load())

        def body() -> None:
            partial = {"partial": self._partial(node.body, found)} if _reads_partial(node.body) else {}
            with self.scopes.inside(Variables(partial)):
                self.code.add(py.do(py.method(found.load(), "append", self.emit(node.body).load())))

        def stop(source: Operand) -> py.Body:
            return [py.assign(name, source.load())]

        stopped = py.compare(py.load(name), "is not", found.load())
        self._nest(node.iterators, _Rounds(name, body, stop, stopped, self._is_light(node.body)))
        self.code.add(py.do(py.call("check_length", found.load())))
        return Operand(name, "any")

    def quantified(self, node: tree.Quantified) -> Operand:
        """``some`` and ``every``: ``or`` and ``and`` over all rounds, ended by the first that settles them."""
        settling = node.quantifier == "some"
        join = "or_" if settling else "and_"
        name = self.code.fresh()
        self.code.set(name, py.constant(not settling))
        settled = py.compare(py.load(name), "is", py.constant(settling))

        def body() -> None:
            found = self.emit(node.condition)
            joined = py.assign(name, py.call(join, py.load(name), found.load()))
            doubtful = py.compare(found.load(), "is not", py.constant(not settling))
            self.code.add(py.when(doubtful, [joined, py.when(settled, [py.leave_loop()])]))

        def stop(source: Operand) -> py.Body:
            return [py.assign(name, py.call(join, py.load(name), source.load()))]

        self._nest(node.iterators, _Rounds(name, body, stop, settled, self._is_light(node.condition)))
        return Operand(name, "logic", type=BOOLEAN)

    def _nest(self, iterators: tuple[tree.Iterator, ...], rounds: _Rounds) -> None:
        """One loop inside another for each iterator, the outermost first."""
        self._contained(rounds.name, lambda: self._loop(iterators, rounds))

    def _loop(self, iterators: tuple[tree.Iterator, ...], rounds: _Rounds) -> None:
        iterator = iterators[0]
        source = self._source(iterator.source, light=rounds.light and len(iterators) == 1)
        item = self._item(source)
        self.repeats += 1
        bound = frozenset((iterator.name, "partial"))
        with self.branch([], bound) as body, self.scopes.inside(Variables({iterator.name: item})):
            if len(iterators) > 1:
                self._nest(iterators[1:], rounds)
                self.code.add(py.when(rounds.ended, [py.leave_loop()]))
            else:
                rounds.body()
        self.repeats -= 1
        nothing = py.compare(source.load(), "is", py.constant(None))
        unknown = py.has_class(source.load(), "Unknown")
        loop = py.loop(item.name, source.load(), body)
        self.code.add(py.when(py.either([nothing, unknown]), rounds.stop(source), [loop]))

    def _contained(self, name: str, emit: Callable[[], None]) -> None:
        """Emit a loop that sets `name`: in a function of its own where Python allows no further block inside."""
        if self.code.loops < _MAX_NESTED_LOOPS:
            self.code.loops += 1
            emit()
            self.code.loops -= 1
            return
        outer, self.code.loops = self.code.loops, 1
        with self.branch([]) as body:
            emit()
            self.code.add(py.give(py.load(name)))
        self.code.loops = outer
        function = self.code.fresh()
        self.code.add(py.function(function, (name,), captured(body, (name,)), body))
        self.code.set(name, py.call(function, py.load(name)))

    def _source(self, node: Node, *, light: bool) -> Operand:
        """What a loop goes through; its length is charged."""
        if isinstance(node, tree.Series):
            low, high = self.emit(node.low), self.emit(node.high)
            return self.result(py.call("series", low.load(), high.load(), self.budget()))
        value = self.emit(node)
        name = self.code.fresh()
        if self.traced:
            self.code.set(name, py.call("iterate", value.load(), self.budget()))
            return Operand(name)
        with self.branch([]) as known:
            self.charge(value, light=light)
            self.code.set(name, value.load())
        slowly = [py.assign(name, py.call("iterate", value.load(), py.load("budget")))]
        self.code.add(py.when(py.has_class(value.load(), "list"), known, slowly))
        return Operand(name, type=value.type)

    def charge(self, items: Operand, *, light: bool) -> None:
        """Take a step for each of `items` from the budget.

        A light loop, in no other one, takes no longer than reading the facts; it alone is no reason for a budget.
        """
        spend = py.do(py.method(py.load("budget"), "spend", py.call("len", items.load())))
        self.code.add(spend)
        if light:
            self.optional.append((self.code.block, spend))
        else:
            self.needs_budget = True

    def _is_light(self, body: Node) -> bool:
        return self.repeats == 0 and _is_light(body)

    def _item(self, source: Operand) -> Operand:
        type_ = source.type.item if isinstance(source.type, ListOf) else ANY
        return Operand(self.code.fresh(), shape_of(type_), False, type_)

    def _partial(self, body: Node, found: Operand) -> Operand:
        """The results so far; a copy of them where the body could keep the list itself."""
        if _only_reads_partial(body):
            return found
        return self.result(py.call("snapshot", found.load(), self.budget()))

    def filter(self, node: tree.Filter) -> Operand:
        """``value[predicate]``."""
        value = self.emit(node.value)
        position = self._position(node.predicate)
        if position is not None:
            return self.call("index", value, position)
        name = self.code.fresh()
        with self.branch([]) as body:
            self.code.set(name, py.items([]))
            self._contained(name, lambda: self._filter_items(node.predicate, value, name))
        unknown = [py.assign(name, py.call("union", value.load()))]
        self.code.add(py.when(py.has_class(value.load(), "Unknown"), unknown, body))
        return Operand(name, "any", type=value.type)

    def _position(self, predicate: Node) -> Operand | None:
        if isinstance(predicate, tree.Number) or (
            isinstance(predicate, tree.Negate) and isinstance(predicate.operand, tree.Number)
        ):
            return self.emit(predicate)
        return None

    def _filter_items(self, predicate: Node, value: Operand, name: str) -> None:
        logical = is_logical(predicate)
        items = self.result(
            py.choose(py.has_class(value.load(), "list"), value.load(), py.call("as_items", value.load()))
        )
        self.charge(items, light=logical and self._is_light(predicate))
        unsure = self.result(py.items([]))
        item_type = value.type.item if isinstance(value.type, ListOf) else ANY
        item = Operand(self.code.fresh(), "any", False, item_type)
        with self.branch([], None) as round_:
            self.repeats += 1
            with self.scopes.inside(Item(item)):
                answer = self.emit(predicate)
            self.repeats -= 1
            is_true = py.compare(answer.load(), "is", py.constant(True))
            keep = py.do(py.method(py.load(name), "append", item.load()))
            doubt: py.Body = [py.do(py.method(unsure.load(), "append", answer.load()))]
            if not logical:
                sure = py.negated(unsure.load())
                by_position = py.both([py.has_class(answer.load(), "Decimal"), sure])
                at = [py.assign(name, py.call("index", items.load(), answer.load())), py.leave_loop()]
                doubt = [py.when(by_position, [*at], doubt)]
            is_false = py.compare(answer.load(), "is not", py.constant(False))
            self.code.add(py.when(is_true, [keep], [py.when(is_false, doubt)]))
        source = items.load()
        if not logical:  # a position asks for an item also where there is none
            source = py.either([source, py.load("NO_ITEM")])
        self.code.add(py.loop(item.name, source, round_))
        if not logical:
            empty = py.negated(items.load())
            is_list = py.has_class(py.load(name), "list")
            self.code.add(py.when(py.both([empty, is_list]), [py.assign(name, py.items([]))]))
        self.code.add(
            py.when(unsure.load(), [py.assign(name, py.call("settle_filter", py.load(name), unsure.load()))])
        )

    def function_value(self, node: tree.FunctionLiteral) -> Operand:
        """``function(…) …``: a Python function, with the variables around it as they are now."""
        parameters = tuple(Parameter(each.name, each.type or ANY) for each in node.parameters)
        given = tuple(self.code.fresh() for _ in parameters)
        variables = {
            parameter.name: Operand(name, shape_of(parameter.type), False, parameter.type)
            for parameter, name in zip(parameters, given, strict=True)
        }
        loops, self.code.loops = self.code.loops, 0
        self.repeats += 1
        with self.branch([], frozenset(variables)) as body:
            if node.external:
                self.code.add(py.give(py.call("null", self.code.text("external"))))
            else:
                self.code.add(py.do(py.method(self.budget(), "enter")))
                with self.scopes.inside(Variables(variables)):
                    found = self.emit(node.body)
                self.code.add(py.do(py.method(self.budget(), "leave")))
                self.code.add(py.give(found.load()))
        self.repeats -= 1
        self.code.loops = loops
        name = self.code.fresh()
        self.code.add(py.function(name, given, captured(body, given), body))
        kept = py.load(self.code.keep(parameters))
        return self.result(py.call("Function", kept, py.load(self.code.keep(ANY)), py.load(name)))


def is_logical(node: Node) -> bool:
    """Whether the value of `node` is true, false, null or unknown, never a position."""
    if isinstance(node, tree.Call):
        return isinstance(node.function, tree.Name) and node.function.name == "not"
    return isinstance(node, _BOOLEAN_NODES)


def _reads_partial(node: Node) -> bool:
    if isinstance(node, tree.Name):
        return node.name == "partial"
    return any(_reads_partial(child) for child in tree.children(node))


def _only_reads_partial(node: Node) -> bool:
    """Whether the list ``partial`` itself can reach no place that outlives the round."""
    match node:
        case tree.Name(name):
            return name != "partial"
        case tree.Filter(tree.Name("partial"), tree.Number() | tree.Negate(tree.Number())):
            return True
        case tree.Call(tree.Name(function), (tree.Name("partial"), *others)) if function in _PARTIAL_READERS:
            return all(_only_reads_partial(other) for other in others)
    return all(_only_reads_partial(child) for child in tree.children(node))


def _is_light(node: Node) -> bool:
    """Whether evaluating `node` takes no longer than reading the values that it looks at."""
    match node:
        case tree.Comparison("=" | "!=", left, right):
            return (_is_scalar(left) or _is_scalar(right)) and _is_light(left) and _is_light(right)
        case tree.In(value, tests):
            return _is_light(value) and all(map(_is_scalar_test, tests))
        case tree.Call(tree.Name("not"), (operand,), ()):
            return _is_light(operand)
        case tree.Comparison() | tree.And() | tree.Or() | tree.Between() | tree.Path() | tree.Negate():
            return all(map(_is_light, tree.children(node)))
        case tree.Name():
            return True
    return _is_scalar(node)


def _is_scalar(node: Node) -> bool:
    return isinstance(node, tree.Number | tree.Text | tree.Boolean | tree.Null | tree.AtLiteral)


def _is_scalar_test(node: Node) -> bool:
    match node:
        case tree.ListLiteral(items):
            return all(map(_is_scalar, items))
        case tree.RangeLiteral(low, high):
            return _is_scalar(low) and _is_scalar(high)
        case tree.HalfComparison(_, operand):
            return _is_scalar(operand)
    return _is_scalar(node)
