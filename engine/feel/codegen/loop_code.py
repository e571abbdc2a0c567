"""Code for what runs a piece of code several times, or later: loops, quantifiers, filters, functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.codegen import python as py
from engine.feel.codegen.code import Operand, captured, shape_of
from engine.feel.codegen.operator_code import OperatorCode
from engine.feel.codegen.scopes import Item, Variables
from engine.feel.types import ANY, BOOLEAN, ListOf
from engine.feel.values import Parameter

if TYPE_CHECKING:
    from collections.abc import Callable

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

        unbroken = py.compare(py.load(name), "is not", found.load())
        self._nest(node.iterators, body, stop, unbroken)
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
            joined = py.call(join, py.load(name), found.load())
            self.code.add(
                py.when(
                    py.compare(found.load(), "is not", py.constant(not settling)), [py.assign(name, joined)]
                )
            )

        def stop(source: Operand) -> py.Body:
            return [py.assign(name, py.call(join, py.load(name), source.load()))]

        self._nest(node.iterators, body, stop, settled)
        return Operand(name, "logic", type=BOOLEAN)

    def _nest(
        self,
        iterators: tuple[tree.Iterator, ...],
        body: Callable[[], None],
        stop: Callable[[Operand], py.Body],
        ended: ast.expr,
    ) -> None:
        """One loop inside another for each iterator.

        Args:
            iterators: the outermost first.
            body: adds the code of one round.
            stop: what to do where a source is null or unknown.
            ended: true in the generated code once no further round is needed.
        """
        iterator = iterators[0]
        source = self._source(iterator.source)
        item = self._item(source)
        with self.branch([], frozenset((iterator.name, "partial"))) as round_:
            with self.scopes.inside(Variables({iterator.name: item})):
                if len(iterators) > 1:
                    self._inner(lambda: self._nest(iterators[1:], body, stop, ended))
                else:
                    body()
            self.code.add(py.when(ended, [ast.Break()]))
        nothing = py.compare(source.load(), "is", py.constant(None))
        unknown = py.has_class(source.load(), "Unknown")
        rounds = py.loop(item.name, source.load(), round_)
        self.code.add(py.when(py.either([nothing, unknown]), stop(source), [rounds]))

    def _inner(self, nest: Callable[[], None]) -> None:
        self.code.loops += 1
        nest()
        self.code.loops -= 1

    def _source(self, node: Node) -> Operand:
        if isinstance(node, tree.Series):
            low, high = self.emit(node.low), self.emit(node.high)
            return self.result(py.call("series", low.load(), high.load(), self.budget()))
        value = self.emit(node)
        return self.result(py.call("iterate", value.load(), self.budget()), type_=value.type)

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
            self._filter_items(node.predicate, value, name)
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
        self.code.add(py.do(py.method(self.budget(), "spend", py.call("len", items.load()))))
        unsure = self.result(py.items([]))
        self.code.set(name, py.items([]))
        item_type = value.type.item if isinstance(value.type, ListOf) else ANY
        item = Operand(self.code.fresh(), "any", False, item_type)
        with self.branch([], None) as round_:
            with self.scopes.inside(Item(item)):
                answer = self.emit(predicate)
            is_true = py.compare(answer.load(), "is", py.constant(True))
            keep = py.do(py.method(py.load(name), "append", item.load()))
            doubt: py.Body = [py.do(py.method(unsure.load(), "append", answer.load()))]
            if not logical:
                sure = ast.UnaryOp(ast.Not(), unsure.load())
                by_position = py.both([py.has_class(answer.load(), "Decimal"), sure])
                at = [py.assign(name, py.call("index", items.load(), answer.load())), ast.Break()]
                doubt = [py.when(by_position, [*at], doubt)]
            is_false = py.compare(answer.load(), "is not", py.constant(False))
            self.code.add(py.when(is_true, [keep], [py.when(is_false, doubt)]))
        source = items.load()
        if not logical:  # a position asks for an item also where there is none
            source = py.either([source, py.load("NO_ITEM")])
        self.code.add(py.loop(item.name, source, round_))
        if not logical:
            empty = ast.UnaryOp(ast.Not(), items.load())
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
        with self.branch([], frozenset(variables)) as body:
            if node.external:
                self.code.add(py.give(py.call("null", self.code.text("external"))))
            else:
                self.code.add(py.do(py.method(self.budget(), "enter")))
                with self.scopes.inside(Variables(variables)):
                    found = self.emit(node.body)
                self.code.add(py.do(py.method(self.budget(), "leave")))
                self.code.add(py.give(found.load()))
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
