"""The base of the code generator: from a node to the operand that holds its value."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from engine.feel.codegen import python as py
from engine.feel.codegen.code import Code, Operand, Shape, shape_of, shape_of_value
from engine.feel.codegen.runtime import TABLE
from engine.feel.codegen.scopes import Known, Scopes
from engine.feel.errors import FeelLimitError
from engine.feel.types import ANY, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from engine.feel.tree import Node


class Base:
    """Emits code, and keeps track of names and of what is known already.

    Args:
        outer: the names that the context of the whole expression has.
        outermost: what a name is that nothing in the expression binds.
        traced: whether the code reports every value to a ``recorder``; such code has no short cuts.

    Attributes:
        needs_budget: whether the code asks for the budget of the evaluation.
        optional: statements, and their blocks, that are there only for the sake of a budget.
        repeats: how many loops and functions are around the place where code is added.
    """

    def __init__(self, outer: Container[str], outermost: Callable[[str], Operand], *, traced: bool) -> None:
        self.code = Code(dict(TABLE))
        self.scopes = Scopes(outer, outermost)
        self.known = Known()
        self.traced = traced
        self.needs_budget = False
        self.optional: list[tuple[py.Body, ast.stmt]] = []
        self.repeats = 0

    def emit(self, node: Node) -> Operand:
        """Add the code that evaluates `node`; the operand is where its value is."""
        if self.traced:
            recorder = py.load("recorder")
            self.code.add(py.do(py.method(recorder, "enter", py.load(self.code.keep(node)))))
            result = self.dispatch(node)
            self.code.add(py.do(py.method(recorder, "leave", result.load())))
            return result
        if self.is_atom(node):
            return self.dispatch(node)
        found = self.known.find(node)
        if found is None:
            found = self.dispatch(node)
            self.known.learn(node, found)
        return found

    def dispatch(self, node: Node) -> Operand:
        """Add the code for one kind of node."""
        raise NotImplementedError

    def is_atom(self, node: Node) -> bool:
        """Whether evaluating `node` again costs nothing, or must give a value of its own."""
        raise NotImplementedError

    def constant(self, value: object, type_: Type = ANY) -> Operand:
        """An operand whose value is known now."""
        name = "" if value is None or isinstance(value, bool) else self.code.keep(value)
        return Operand(name, shape_of_value(value), True, type_, True, value)

    def result(
        self, value: ast.expr, shape: Shape = "any", *, sure: bool = True, type_: Type = ANY
    ) -> Operand:
        """Keep the value of an expression of Python in a new variable."""
        name = self.code.fresh()
        self.code.set(name, value)
        return Operand(name, shape, sure, type_)

    def call(self, function: str, *operands: Operand, type_: Type = ANY) -> Operand:
        """Call one of the engine's functions; done at once if all operands are known."""
        shape = shape_of(type_)
        if self.can_fold(*operands):
            target = cast("Callable[..., object]", self.code.table[function])
            try:
                return self.constant(target(*(operand.value for operand in operands)))
            except FeelLimitError:
                pass  # the same happens, and is reported, when it runs
        return self.result(
            py.call(function, *(each.load() for each in operands)), shape, sure=False, type_=type_
        )

    def can_fold(self, *operands: Operand) -> bool:
        """Whether an operation on the operands can be done while the code is made."""
        return not self.traced and all(operand.constant for operand in operands)

    @contextmanager
    def branch(self, body: py.Body, binds: frozenset[str] | None = frozenset()) -> Iterator[py.Body]:
        """Collect code that may not run in `body`."""
        with self.code.into(body), self.known.layer(binds):
            yield body

    def drop_optional(self) -> None:
        """Take out what only a budget asks for, if there is none."""
        if not self.needs_budget:
            for block, statement in self.optional:
                block.remove(statement)

    def budget(self) -> ast.expr:
        """The budget of the evaluation, which is made only for code that asks for it."""
        self.needs_budget = True
        return py.load("budget")
