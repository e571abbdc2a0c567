"""What can be wrong in a call: the function's name, the number, names and types of the arguments."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel import tree
from engine.feel.checking.base import Base
from engine.feel.checking.nearest import did_you_mean
from engine.feel.checking.samples import in_words, kind_name
from engine.feel.conformance import type_conforms
from engine.feel.functions import BUILTINS, Builtin, Overload
from engine.feel.tree import Node
from engine.feel.types import ANY, DATE, DATE_TIME, NUMBER, STRING, FunctionOf, ListOf, Type


class Calls(Base):
    """Checks calls of built-in functions and of function values."""

    def call(self, node: tree.Call) -> Type:
        """The type that a call gives."""
        arguments = [self.type_of(argument) for argument in node.arguments]
        function = node.function
        if isinstance(function, tree.Name) and not self.is_bound(function.name):
            builtin = BUILTINS.get(function.name)
            if builtin is None:
                hint = did_you_mean(function.name, BUILTINS)
                self.report(function.span, "unknown-function", f"there is no function {function.name}", hint)
                return ANY
            if builtin.name == "not" and len(arguments) == 1:
                self.expect_boolean(node.arguments[0], arguments[0], "not")
            return self._call_builtin(node, builtin, arguments)
        found = self.type_of(function)
        if isinstance(found, FunctionOf):
            return self._call_value(node, found)
        if kind_name(found) is not None:
            self.report(function.span, "not-a-function", f"{in_words(found)} cannot be called as a function")
        return ANY

    def _call_value(self, node: tree.Call, function: FunctionOf) -> Type:
        count = len(node.arguments)
        if function.parameters and not node.names and count != len(function.parameters):
            wanted = _number(len(function.parameters))
            self.report(node.span, "arity", f"the function takes {wanted}, {count} given")
        return function.result

    def _call_builtin(self, node: tree.Call, builtin: Builtin, arguments: Sequence[Type]) -> Type:
        fitting = self._candidates(node, builtin)
        if not fitting:
            return common_result(builtin.overloads)
        matching = [overload for overload in fitting if not _misfits(overload, node, arguments)]
        if not matching:
            self._report_misfit(node, builtin, fitting, arguments)
        return common_result(matching or fitting)

    def _candidates(self, node: tree.Call, builtin: Builtin) -> list[Overload]:
        """The overloads that the number or names of the arguments allow; reports where there are none."""
        signatures = " or ".join(signature(builtin, overload) for overload in builtin.overloads)
        if node.names:
            names = dict.fromkeys(node.names)
            found = [overload for overload in builtin.overloads if overload.accepts_names(names)]
            if not found:
                self._report_names(node, builtin, signatures)
            return found
        count = len(node.arguments)
        found = [overload for overload in builtin.overloads if overload.accepts(count)]
        if not found:
            wrong = (
                f"{builtin.name} does not take {_number(count)}"
                if count
                else f"{builtin.name} takes arguments"
            )
            self.report(node.span, "arity", wrong, f"write {signatures}")
        return found

    def _report_names(self, node: tree.Call, builtin: Builtin, signatures: str) -> None:
        known = [parameter.name for overload in builtin.overloads for parameter in overload.parameters]
        wrong = next((name for name in node.names if name not in known), "")
        if wrong:
            message = f"{builtin.name} has no parameter named {wrong}"
        else:
            message = f"{builtin.name} does not take these arguments together"
        self.report(node.span, "parameter-name", message, did_you_mean(wrong, known) or f"write {signatures}")

    def _report_misfit(
        self, node: tree.Call, builtin: Builtin, fitting: Sequence[Overload], arguments: Sequence[Type]
    ) -> None:
        """Report the first argument that the overload which comes furthest does not take."""
        best = max(fitting, key=lambda overload: _misfits(overload, node, arguments)[0])
        at = _misfits(best, node, arguments)[0]
        wanted = _wanted(best, node, at)
        name = node.names[at] if node.names else best.parameters[min(at, len(best.parameters) - 1)].name
        self.report(
            node.arguments[at].span,
            "argument-type",
            f"{builtin.name} takes {in_words(wanted)} as {name}, and this is {in_words(arguments[at])}",
            _conversion(node.arguments[at], wanted, arguments[at]),
        )


def common_result(overloads: Sequence[Overload]) -> Type:
    """The type of the result, where all overloads have one."""
    results = list(dict.fromkeys(overload.result for overload in overloads))
    return results[0] if len(results) == 1 else ANY


def signature(builtin: Builtin, overload: Overload) -> str:
    """``substring(string, start position)`` and the like."""
    names = [
        f"{each.name}…" if each.variadic else each.name for each in overload.parameters if not each.optional
    ]
    return f"{builtin.name}({', '.join(names)})"


def fits(found: Type, wanted: Type) -> bool:
    """Whether some value of `found` may be taken for `wanted`, after FEEL's conversions."""
    kinds = kind_name(found), kind_name(wanted)
    if None in kinds or kinds[0] == "Null" or type_conforms(found, wanted):
        return True
    if isinstance(found, ListOf):
        return fits(found.item, wanted.item if isinstance(wanted, ListOf) else wanted)
    if isinstance(wanted, ListOf):
        return fits(found, wanted.item)
    if found == DATE and wanted == DATE_TIME:
        return True
    return kinds[0] == kinds[1] and kinds[0] in ("context", "range", "string")


def _number(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"


def _misfits(overload: Overload, node: tree.Call, arguments: Sequence[Type]) -> list[int]:
    """The positions of the arguments that the overload does not take."""
    return [at for at, argument in enumerate(arguments) if not fits(argument, _wanted(overload, node, at))]


def _wanted(overload: Overload, node: tree.Call, at: int) -> Type:
    if node.names:
        return next((each.type for each in overload.parameters if each.name == node.names[at]), ANY)
    return overload.parameters[min(at, len(overload.parameters) - 1)].type


def _conversion(node: Node, wanted: Type, found: Type) -> str:
    if wanted == STRING and kind_name(found) not in (None, "list", "context"):
        return "string(…) makes a text of it"
    if wanted == NUMBER and kind_name(found) == "string":
        if isinstance(node, tree.Text):
            return "a number stands without quotation marks"
        return "number(…) reads a number from a text"
    if kind_name(wanted) in ("date", "time", "date and time") and kind_name(found) == "string":
        return 'a date is written @"2024-12-31"'
    return ""
