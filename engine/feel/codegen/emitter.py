"""The code generator: which kind of node becomes which code."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.causes import null
from engine.feel.codegen import python as py
from engine.feel.codegen.call_code import CallCode
from engine.feel.codegen.code import Operand, shape_of
from engine.feel.codegen.scopes import Variables
from engine.feel.temporal_text import parse_temporal
from engine.feel.typenames import undeclared
from engine.feel.types import ANY, BOOLEAN, ContextOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.feel.tree import Node
    from engine.feel.types import Type

_ATOMS: Final = (
    tree.Number,
    tree.Text,
    tree.Boolean,
    tree.Null,
    tree.AtLiteral,
    tree.Name,
    tree.FunctionLiteral,
)


class Emitter(CallCode):
    """Emits the code of any node."""

    def is_atom(self, node: Node) -> bool:
        """Literals and names cost nothing; each function literal is a value of its own."""
        return isinstance(node, _ATOMS)

    def dispatch(self, node: Node) -> Operand:
        """Add the code for one node."""
        match node:
            case tree.Number(value) | tree.Text(value) | tree.Boolean(value):
                return self.constant(value)
            case tree.Null():
                return self.constant(None)
            case tree.AtLiteral(text):
                return self._at_literal(text)
            case tree.Name(name):
                return self._name(name)
            case tree.Path():
                return self._path(node)
            case tree.Arithmetic():
                return self.arithmetic(node)
            case tree.Comparison(operator, left, right):
                return self.comparison(operator, self.emit(left), self.emit(right))
            case tree.And(operands):
                return self.conjunction(operands)
            case tree.Or(operands):
                return self.disjunction(operands)
            case tree.In():
                return self.membership(node)
            case tree.Call():
                return self.invocation(node)
            case _:
                return self._dispatch_rarer(node)

    def _dispatch_rarer(self, node: Node) -> Operand:
        match node:
            case tree.Between():
                return self.between(node)
            case tree.If():
                return self.conditional(node)
            case tree.Negate(operand):
                return self.call("negate", self.emit(operand))
            case tree.Filter():
                return self.filter(node)
            case tree.Quantified():
                return self.quantified(node)
            case tree.For():
                return self.for_loop(node)
            case tree.ListLiteral(items):
                return self._list(items)
            case tree.ContextLiteral(entries):
                return self._context(entries)
            case tree.RangeLiteral():
                self.budget()  # however large it is, a loop may go through it
                return self.range_value(node)
            case tree.HalfComparison(operator, operand):
                return self.call("comparison_range", self.constant(operator), self.emit(operand))
            case tree.InstanceOf():
                return self._instance_of(node)
            case tree.FunctionLiteral():
                return self.function_value(node)
            case tree.UnaryTests():
                return self._unary_tests(node)
            case tree.Lookup():
                return self._lookup(node)
        raise TypeError(f"{type(node).__name__} is not an expression")

    def answer(self, holds: Node, applies: Node | None, answers: Sequence[object]) -> ast.expr:
        """Whether something holds: one of four answers, for that it does, does not, is open, is not asked for."""
        yes, no, open_, skipped = (py.load(self.code.keep(each)) for each in answers)
        found = self._settle(self.emit(holds), yes, no, open_)
        return found if applies is None else self._settle(self.emit(applies), found, skipped, open_)

    def _settle(self, value: Operand, yes: ast.expr, no: ast.expr, open_: ast.expr) -> ast.expr:
        is_true = py.compare(value.load(), "is", py.constant(True))
        is_false = py.compare(value.load(), "is", py.constant(False))
        return py.choose(is_true, yes, py.choose(is_false, no, open_))

    def null(self, code: str, **args: str) -> Operand:
        """Null, with its cause where the code is traced."""
        return self.result(self.report(code, **args), "null") if self.traced else self.constant(None)

    def report(self, code: str, **args: str) -> ast.expr:
        """The syntax that reports a cause and is null."""
        return py.call(self.code.keep(partial(null, code, **args)))

    def _at_literal(self, text: str) -> Operand:
        value = parse_temporal(text)
        return self.null("at-literal") if value is None else self.constant(value)

    def _name(self, name: str) -> Operand:
        items, found = self.scopes.resolve(name)
        if not items:
            return found
        expression = found.load()
        for item in reversed(items):
            key = self.code.text(name)
            has = py.both([py.has_class(item.load(), "dict"), py.compare(key, "in", item.load())])
            otherwise = expression if item is found else py.call("outside", item.load(), key, expression)
            expression = py.choose(has, py.item(item.load(), key), otherwise)
        type_ = next((each for each in (_field(item, name) for item in items) if each != ANY), found.type)
        return self.result(expression, shape_of(type_), sure=False, type_=type_)

    def _path(self, node: tree.Path) -> Operand:
        value = self.emit(node.value)
        key = self.constant(node.name)
        if self.traced or self.can_fold(value):
            return self.call("path", value, key)
        field = py.method(value.load(), "get", key.load())
        slow = py.call("path", value.load(), key.load())
        type_ = _field(value, node.name)
        chosen = py.choose(py.has_class(value.load(), "dict"), field, slow)
        return self.result(chosen, shape_of(type_), sure=False, type_=type_)

    def _list(self, items: tuple[Node, ...]) -> Operand:
        found = [self.emit(item) for item in items]
        if self.can_fold(*found):
            return self.constant([operand.value for operand in found])
        return self.result(py.items([operand.load() for operand in found]), "list")

    def _context(self, entries: tuple[tree.Entry, ...]) -> Operand:
        found: dict[str, Operand] = {}
        with self.known.layer(frozenset(entry.name for entry in entries)):
            for entry in entries:
                with self.scopes.inside(Variables(dict(found))):
                    found[entry.name] = self.emit(entry.value)
        if self.can_fold(*found.values()):
            return self.constant({name: operand.value for name, operand in found.items()})
        keys = [self.code.text(name) for name in found]
        return self.result(py.mapping(keys, [operand.load() for operand in found.values()]), "context")

    def _instance_of(self, node: tree.InstanceOf) -> Operand:
        value = self.emit(node.value)
        unknown = undeclared(node.type)
        if unknown is not None:
            return self.null("undeclared-type", name=unknown)
        found = self.call("instance_of", value, self.constant(node.type))
        return found if found.constant else Operand(found.name, "logic", type=BOOLEAN)

    def _unary_tests(self, node: tree.UnaryTests) -> Operand:
        value = self._name("?")
        if not node.tests:
            return self.constant(True)
        found = self.cell(value, node.tests)
        return self.negation(found) if node.negated else found

    def _lookup(self, node: tree.Lookup) -> Operand:
        if node.table.needs_budget:
            self.budget()
        inputs = [self.emit(each).load() for each in node.inputs]
        keys = [self.code.text(name.name) for name in node.names]
        names = [self._name(name.name).load() for name in node.names]
        decide = self.code.keep(node.table.decide)
        type_ = node.table.type
        value = py.call(decide, py.items(inputs), py.mapping(keys, names))
        return self.result(value, shape_of(type_), sure=False, type_=type_)


def _field(value: Operand, name: str) -> Type:
    """The declared type of a field of `value`."""
    return value.type.fields.get(name, ANY) if isinstance(value.type, ContextOf) else ANY
