"""Code for calls: of built-in functions known by their name, and of function values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.codegen import python as py
from engine.feel.codegen.code import CLASS_NAMES, Operand, shape_of
from engine.feel.codegen.loop_code import LoopCode
from engine.feel.conformance import plain_class
from engine.feel.errors import FeelLimitError
from engine.feel.functions import BUILTINS
from engine.feel.types import ANY, STRING, ContextOf, ListOf, Type
from engine.feel.vocabulary import CLOCK_FUNCTIONS, RANGE_FUNCTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.feel.functions import Builtin, Overload

_LIST: Final = ListOf(ANY)
_NO_LONGER: Final = frozenset(
    ("sublist", "remove", "reverse")
)  # lists of items of the one list that they are given


class CallCode(LoopCode):
    """Calls."""

    def invocation(self, node: tree.Call) -> Operand:
        """``function(argument, …)``."""
        function = node.function
        if isinstance(function, tree.Name) and self.scopes.is_builtin(function.name):
            return self._builtin(BUILTINS[function.name], node)
        target = self.emit(function)
        arguments = [self.emit(argument) for argument in node.arguments]
        if node.names:
            return self.result(py.call("invoke_named", target.load(), self._named(node.names, arguments)))
        given = py.together([argument.load() for argument in arguments])
        return self.result(py.call("invoke", target.load(), given))

    def _named(self, names: Sequence[str], arguments: Sequence[Operand]) -> ast.expr:
        keys = [self.code.text(name) for name in names]
        return py.mapping(keys, [argument.load() for argument in arguments])

    def _builtin(self, builtin: Builtin, node: tree.Call) -> Operand:
        arguments = [self.emit(argument) for argument in node.arguments]
        if builtin.name == "not" and len(arguments) == 1 and not node.names:
            return self.negation(arguments[0])
        if builtin.name not in CLOCK_FUNCTIONS and self.can_fold(*arguments):
            folded = self._fold(builtin, [each.value for each in arguments], node.names)
            if folded is not None:
                return folded
        if builtin.name == RANGE_FUNCTION:
            self.budget()  # a range, however large, may be what a loop goes through
        type_ = _result_type(builtin, len(arguments))
        if node.names:
            value = py.call(self.code.keep(builtin.call_named), self._named(node.names, arguments))
        else:
            value = self._positional(builtin, arguments)
        return self.result(value, shape_of(type_), sure=False, type_=type_)

    def _positional(self, builtin: Builtin, arguments: Sequence[Operand]) -> ast.expr:
        """A call by position: of the first overload at once, where the classes of the arguments are its own."""
        given = [each.load() for each in arguments]
        slow = py.call(self.code.keep(builtin.call), py.together(given))
        overload = next((each for each in builtin.overloads if each.accepts(len(arguments))), None)
        if overload is None or self.traced:
            return slow
        guards = self._direct_guards(builtin.name, overload, arguments)
        if guards is None:
            return slow
        left_out = [py.constant(None)] * (len(overload.parameters) - len(arguments))
        direct = py.call(self.code.keep(overload.function), *given, *left_out)
        return py.choose(py.both(guards), direct, slow) if guards else direct

    def _direct_guards(
        self, name: str, overload: Overload, arguments: Sequence[Operand]
    ) -> list[ast.expr] | None:
        """The tests under which an overload may be called without looking at its arguments; None if never.

        In loops, what goes through a list or a string is called the long way, which charges the budget; and so is
        always what may make a list or a string longer than those that it is given.
        """
        if overload.result == STRING or isinstance(overload.result, ContextOf):
            return None
        if isinstance(overload.result, ListOf) and name not in _NO_LONGER:
            return None
        tests: dict[str, ast.expr] = {}
        for parameter, argument in zip(overload.parameters, arguments, strict=False):
            shape = shape_of(parameter.type)
            if parameter.variadic or (self.repeats and shape not in ("number", "date", "boolean")):
                return None
            if parameter.type == ANY or (argument.sure and argument.shape == shape != "any"):
                continue
            test = None if argument.constant else self._fits(parameter.type, argument)
            if test is None:
                return None
            tests[argument.name] = test
        return list(tests.values())

    def _fits(self, type_: Type, argument: Operand) -> ast.expr | None:
        """Whether an argument is of a type; None for types that Python has no class of."""
        if not isinstance(type_, ListOf):
            shape = shape_of(type_)
            return py.has_class(argument.load(), CLASS_NAMES[shape]) if shape in CLASS_NAMES else None
        is_list = py.has_class(argument.load(), "list")
        if type_ == _LIST:
            return is_list
        class_ = plain_class(type_.item)
        if class_ is None:
            return None
        classes = py.call("map", py.load("type"), argument.load())
        only = py.load(self.code.keep(frozenset((class_,))))
        return py.both([is_list, py.method(only, "issuperset", classes)])

    def _fold(self, builtin: Builtin, values: Sequence[object], names: Sequence[str]) -> Operand | None:
        """The result of a call of which everything is known; None if it passes a limit, which shows when it runs."""
        try:
            if names:
                return self.constant(builtin.call_named(dict(zip(names, values, strict=True))))
            return self.constant(builtin.call(values))
        except FeelLimitError:
            return None


def _result_type(builtin: Builtin, count: int) -> Type:
    """The type that all overloads for a number of arguments have in common."""
    results = {overload.result for overload in builtin.overloads if overload.accepts(count)}
    return results.pop() if len(results) == 1 else ANY
