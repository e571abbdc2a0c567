"""Code for operators: the ordinary case inline, everything else by a call of `engine.feel.operators`."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.codegen import python as py
from engine.feel.codegen.base import Base
from engine.feel.codegen.code import CLASS_NAMES, Operand, Shape
from engine.feel.codegen.runtime import ARITHMETIC, COMPARISONS
from engine.feel.references import free_names
from engine.feel.types import BOOLEAN, NUMBER
from engine.feel.values import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.feel.tree import Node

_EQUALITY: Final = ("=", "!=")
_LARGE_SET: Final = 3  # from here on looking up a set is faster than comparing with each


class OperatorCode(Base):
    """Arithmetic, comparison, membership and logic."""

    def arithmetic(self, node: tree.Arithmetic) -> Operand:
        """``left + right``."""
        left, right = self.emit(node.left), self.emit(node.right)
        slow = ARITHMETIC[node.operator]
        if self.traced or self.can_fold(left, right) or node.operator == "**":
            return self.call(slow, left, right)
        tests = self._guards("number", left, right)
        if tests is None:
            return self.call(slow, left, right)
        name = self.code.fresh()
        operands = (left.load(), right.load())
        slowly: py.Body = [py.assign(name, py.call(slow, *operands))]
        fast = py.attempt([py.assign(name, py.call(f"fast_{slow}", *operands))], "ArithmeticError", slowly)
        self.code.add(py.when(py.both(tests), [fast], slowly) if tests else fast)
        return Operand(name, "number", sure=False, type=NUMBER)

    def comparison(self, operator: str, left: Operand, right: Operand) -> Operand:
        """``left <= right``."""
        slow = COMPARISONS[operator]
        if self.traced or self.can_fold(left, right):
            return self._logic(self.call(slow, left, right))
        if operator in _EQUALITY and "null" in (left.shape, right.shape):
            return self._is_null(operator, right if left.shape == "null" else left)
        shape = _common_shape(operator, left, right)
        tests = self._guards(shape, left, right) if shape else None
        if tests is None:
            return self._logic(self.call(slow, left, right))
        fast = py.compare(_in_order(left, shape), operator, _in_order(right, shape))
        return self._guarded(tests, fast, slow, left, right)

    def between(self, node: tree.Between) -> Operand:
        """``value between low and high``."""
        value, low, high = self.emit(node.value), self.emit(node.low), self.emit(node.high)
        shape = _common_shape("<=", value, low, high)
        tests = self._guards(shape, value, low, high) if shape and not self.traced else None
        if tests is None or self.can_fold(value, low, high):
            return self._logic(self.call("between", value, low, high))
        ends = _in_order(low, shape), _in_order(high, shape)
        fast = py.compare(ends[0], "<=", _in_order(value, shape), "<=", ends[1])
        return self._guarded(tests, fast, "between", value, low, high)

    def membership(self, node: tree.In) -> Operand:
        """``value in (test, …)``."""
        value = self.emit(node.value)
        return self.tests(value, node.tests)

    def cell(self, value: Operand, tests: Sequence[Node]) -> Operand:
        """Whether `value` passes one of the tests of a cell."""
        if all(isinstance(test, tree.Text) for test in tests):
            return self.tests(value, tests)
        return self._settled("or", [partial(self.cell_test, value, test) for test in tests])

    def tests(self, value: Operand, tests: Sequence[Node]) -> Operand:
        """Whether `value` passes one of the tests of ``in``."""
        texts = [test.value for test in tests if isinstance(test, tree.Text)]
        if len(texts) == len(tests) > 1 and not self.traced and not value.constant:
            return self._in_strings(value, self.constant(texts), texts)
        return self._settled("or", [partial(self._test, value, test) for test in tests])

    def cell_test(self, value: Operand, test: Node) -> Operand:
        """One test of a cell: it may ask about ``?``, and then its answer is the answer."""
        if isinstance(test, tree.HalfComparison | tree.RangeLiteral) or "?" not in free_names(test):
            return self._test(value, test)
        found = self.emit(test)
        return (
            found if found.shape in ("logic", "boolean") and found.sure else self.call("judge", value, found)
        )

    def conjunction(self, operands: Sequence[Node]) -> Operand:
        """``a and b``."""
        return self._settled("and", [partial(self.emit, operand) for operand in operands])

    def disjunction(self, operands: Sequence[Node]) -> Operand:
        """``a or b``."""
        return self._settled("or", [partial(self.emit, operand) for operand in operands])

    def negation(self, value: Operand) -> Operand:
        """``not(value)``."""
        if self.traced or value.constant:
            return self._logic(self.call("not_", value))
        false, true = py.constant(False), py.constant(True)
        if value.shape == "boolean" and value.sure:
            return self.result(py.choose(value.load(), false, true), "boolean")
        slow = py.call("not_", value.load())
        is_true = py.compare(value.load(), "is", true)
        is_false = py.compare(value.load(), "is", false)
        return self.result(py.choose(is_true, false, py.choose(is_false, true, slow)), "logic")

    def conditional(self, node: tree.If) -> Operand:
        """``if``: each branch's code is there once, also where an unknown condition asks for both."""
        condition = self.emit(node.condition)
        if condition.constant and not self.traced:
            return self.emit(node.consequence if condition.value is True else node.alternative)
        is_true = py.compare(condition.load(), "is", py.constant(True))
        unknown = py.has_class(condition.load(), "Unknown")
        name, consequence, alternative = self.code.fresh(), self.code.fresh(), self.code.fresh()
        with self.branch([]) as body:
            first = self.emit(node.consequence)
            self.code.set(consequence, first.load())
        self.code.add(py.when(py.either([is_true, unknown]), body))
        with self.branch([]) as body:
            second = self.emit(node.alternative)
            self.code.set(alternative, second.load())
        self.code.add(py.when(py.compare(condition.load(), "is not", py.constant(True)), body))
        both = py.call("select", condition.load(), py.load(consequence), py.load(alternative))
        self.code.set(
            name,
            py.choose(is_true, py.load(consequence), py.choose(unknown, both, py.load(alternative))),
        )
        shape: Shape = first.shape if first.shape == second.shape else "any"
        return Operand(name, shape, sure=False)

    def _test(self, value: Operand, test: Node) -> Operand:
        if isinstance(test, tree.HalfComparison):
            return self.comparison(test.operator, value, self.emit(test.operand))
        operand = self._bare_range(test) or self.emit(test)
        if not self.traced and not value.constant and operand.constant:
            inside = self._in_constant(value, operand)
            if inside is not None:
                return inside
        if isinstance(
            test, tree.RangeLiteral
        ):  # one that is null says nothing; a null that is a value is compared
            nothing = py.compare(operand.load(), "is", py.constant(None))
            found = py.call("in_", value.load(), operand.load())
            return self.result(py.choose(nothing, py.constant(None), found), "logic", type_=BOOLEAN)
        return self._logic(self.call("in_", value, operand))

    def range_value(self, node: tree.RangeLiteral) -> Operand:
        """``[low..high]``."""
        ends = self.emit(node.low), self.emit(node.high)
        closed = self.constant(node.low_closed), self.constant(node.high_closed)
        return self.call("make_range", *ends, *closed)

    def _bare_range(self, test: Node) -> Operand | None:
        """A range that is there only to be asked what is in it, so that no loop can go through it."""
        return self.range_value(test) if isinstance(test, tree.RangeLiteral) and not self.traced else None

    def _in_constant(self, value: Operand, test: Operand) -> Operand | None:
        match test.value:
            case list(items) if items and all(isinstance(item, str) for item in items):
                return self._in_strings(value, test, items)
            case Range(low, high, low_closed, high_closed, ""):
                ends = self.constant(low), self.constant(high)
                shape = _common_shape("<", *ends)
                tests = self._guards(shape, value, *ends) if shape else None
                if tests is None:
                    return None
                left, right = "<=" if low_closed else "<", "<=" if high_closed else "<"
                values = _in_order(ends[0], shape), _in_order(ends[1], shape)
                fast = py.compare(values[0], left, _in_order(value, shape), right, values[1])
                return self._guarded(tests, fast, "in_", value, test)
            case str() | bool():
                return self.comparison("=", value, test)
        return None

    def _in_strings(self, value: Operand, test: Operand, texts: Sequence[object]) -> Operand:
        """Membership in the constant list `test` of `texts`."""
        found = tuple(texts) if len(texts) < _LARGE_SET else frozenset(texts)
        fast = py.compare(value.load(), "in", py.load(self.code.keep(found)))
        tests = self._guards("string", value)
        if tests is None:
            return self._logic(self.call("in_", value, test))
        return self._guarded(tests, fast, "in_", value, test)

    def _settled(self, operator: str, operands: Sequence[Callable[[], Operand]]) -> Operand:
        """Operands joined by ``and`` or ``or``: the rest is not evaluated once one settles the result."""
        settling = operator == "or"
        first = operands[0]()
        if len(operands) == 1:
            return first
        name = self.code.fresh()
        self.code.set(name, first.load())
        result = py.load(name)
        for operand in operands[1:]:
            with self.branch([]) as body:
                following = operand()
                joined = py.call(f"{operator}_", result, following.load())
                if not self.traced and following.shape in ("logic", "boolean") and following.sure:
                    neutral = py.compare(result, "is", py.constant(not settling))
                    joined = py.choose(neutral, following.load(), joined)
                elif not self.traced:
                    neutral = py.compare(result, "is", py.constant(not settling))
                    proper = py.has_class(following.load(), "bool")
                    joined = py.choose(py.both([neutral, proper]), following.load(), joined)
                self.code.set(name, joined)
            self.code.add(py.when(py.compare(result, "is not", py.constant(settling)), body))
        return Operand(name, "logic", type=BOOLEAN)

    def _is_null(self, operator: str, value: Operand) -> Operand:
        """``value = null``: only nobody's knowing the value keeps it open."""
        null = self.constant(None)
        if value.shape == "null":
            return self.constant(operator == "=")
        unknown = py.has_class(value.load(), "Unknown")
        plain = py.compare(value.load(), "is" if operator == "=" else "is not", py.constant(None))
        slow = py.call(COMPARISONS[operator], value.load(), null.load())
        return self.result(py.choose(unknown, slow, plain), "logic", type_=BOOLEAN)

    def _guards(self, shape: Shape, *operands: Operand) -> list[ast.expr] | None:
        """The tests under which all operands have the shape; None if one surely has not."""
        class_name = CLASS_NAMES[shape]
        tests: dict[str, ast.expr] = {}
        for operand in operands:
            if operand.sure and operand.shape == shape:
                continue
            if operand.constant or (operand.sure and operand.shape not in ("any", "logic")):
                return None
            tests[operand.name] = py.has_class(operand.load(), class_name)
        return list(tests.values())

    def _guarded(self, tests: list[ast.expr], fast: ast.expr, slow: str, *operands: Operand) -> Operand:
        if not tests:
            return self.result(fast, "boolean", type_=BOOLEAN)
        slowly = py.call(slow, *(operand.load() for operand in operands))
        return self.result(py.choose(py.both(tests), fast, slowly), "logic", type_=BOOLEAN)

    def _logic(self, operand: Operand) -> Operand:
        """The operand of a comparison: true, false, null or unknown."""
        return operand if operand.constant else Operand(operand.name, "logic", type=BOOLEAN)


def _common_shape(operator: str, *operands: Operand) -> Shape | None:
    """The shape to expect of all operands; for an order of nothing known, a number."""
    shapes = {operand.shape for operand in operands if operand.shape in CLASS_NAMES}
    if len(shapes) > 1:
        return None
    if shapes:
        shape = shapes.pop()
        return None if shape == "boolean" and operator not in _EQUALITY else shape
    return None if operator in _EQUALITY else "number"


def _in_order(operand: Operand, shape: Shape | None) -> ast.expr:
    """What Python compares in place of a value of the shape."""
    return py.attribute(operand.load(), "months") if shape == "months" else operand.load()
