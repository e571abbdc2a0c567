"""Code that reads records: one function for each type of record, generated from what its members are declared to be.

A value that is right as it stands passes the test that stands for its type in the function itself. Every other value
goes to the reader of its type (`engine.fact_values`), which knows the rarer forms and says what is wrong. So a quick
test that fails refuses nothing, and there is one place that says what is a mistake.

As with expressions (`engine.feel.compiler`), the code is made as syntax nodes with generated names; everything that
an author wrote is in a table beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from operator import itemgetter
from typing import Any, Final

from engine.fact_values import DATE_LENGTH, FITS, MAX_LIST_LENGTH, MAX_TEXT_LENGTH, Member, Place, Reader
from engine.feel.codegen import python as py
from engine.feel.codegen.code import Operand, shape_of
from engine.feel.codegen.emitter import Emitter
from engine.feel.compiler import Expression
from engine.feel.unknown import Unknown
from engine.ruleset.types import DeclaredType
from engine.violations import Violation

_PARAMETERS: Final = ("value", "place", "violations")
_ONLY_TEXT: Final = frozenset({str})


def record_function(
    members: Mapping[str, Member],
    unknowns: Mapping[str, Unknown] | None = None,
    otherwise: Reader | None = None,
) -> Callable[[object, Place, list[Violation]], dict[str, Any]]:
    """The function that reads a record, a `Reader` that gives a dict with the members in their order.

    Args:
        members: by name.
        unknowns: the value of each that the record leaves out. What the record has besides the members stands behind
            them in the dict, as it is.
        otherwise: without `unknowns`, reads a record that does not state exactly the members.
    """
    found: Callable[[object, Place, list[Violation]], dict[str, Any]]
    found = _RecordCode(members, unknowns, otherwise).function()
    return found


class _RecordCode:
    def __init__(
        self,
        members: Mapping[str, Member],
        unknowns: Mapping[str, Unknown] | None,
        otherwise: Reader | None,
    ) -> None:
        self._members = members
        self._unknowns = unknowns
        self._otherwise = otherwise
        self._tested = Operand("")
        self._emitter = Emitter((), lambda _name: self._tested, traced=False)
        self._code = self._emitter.code
        self._fits = self._code.keep(FITS.plus)
        self._date = self._code.keep(date.fromisoformat)
        self._value_error = self._code.keep(ValueError)

    def function(self) -> Any:
        with self._code.into([]) as body:
            self._merge()
            variables = {name: self._code.fresh() for name in self._members}
            if variables:
                getter = py.call(self._code.keep(itemgetter(*variables)), py.load("values"))
                self._code.add(
                    py.unpack(tuple(variables.values()), getter)
                    if len(variables) > 1
                    else py.assign(next(iter(variables.values())), getter)
                )
            for name, member in self._members.items():
                self._member(name, member, variables[name])
            self._code.add(py.give(py.load("values")))
        return self._code.compile(body, _PARAMETERS)

    def _merge(self) -> None:
        """``values``: the record, in the order of the members."""
        record = py.load("value")
        template = self._unknowns if self._unknowns is not None else dict.fromkeys(self._members)
        merged = py.merged(py.load(self._code.keep(template)), record)
        if self._otherwise is None:
            self._code.set("values", merged)
            return
        leave: py.Body = [py.give(py.call(self._code.keep(self._otherwise), *map(py.load, _PARAMETERS)))]
        count = py.constant(len(self._members))
        is_other = py.either(
            [
                py.negated(py.has_class(record, "dict")),
                py.compare(py.call("len", record), "!=", count),
            ]
        )
        self._code.add(py.when(is_other, leave))
        self._code.set("values", merged)
        self._code.add(py.when(py.compare(py.call("len", py.load("values")), "!=", count), leave))

    def _member(self, name: str, member: Member, variable: str) -> None:
        """Read one member: its value is in `variable`, and in ``values`` as long as it stays what it is."""
        value, key = py.load(variable), self._code.text(name)
        place = (
            py.load(self._code.keep((None, name)))
            if self._otherwise is None
            else py.together([py.load("place"), key])
        )
        read = py.call(self._code.keep(member.read), value, place, py.load("violations"))
        slowly: py.Body = [py.put(py.load("values"), key, read)]
        if self._unknowns is not None:
            unknown = py.load(self._code.keep(self._unknowns[name]))
            slowly = [py.when(py.compare(value, "is not", unknown), slowly)]
        if member.empty:
            with self._code.into([]) as stated:
                self._stated(member, variable, key, slowly)
            self._code.add(py.when(py.compare(value, "is not", py.constant(None)), stated))
        else:
            self._stated(member, variable, key, slowly)

    def _stated(self, member: Member, variable: str, key: ast.expr, slowly: py.Body) -> None:
        """Read a value that is not the null that may stand here."""
        declared, value = member.declared, py.load(variable)
        if member.allowed is not None:
            self._with_tests(member, member.allowed, variable, slowly)
        elif declared.kind == "date":
            text = [
                py.has_class(value, "str"),
                py.compare(py.call("len", value), "=", py.constant(DATE_LENGTH)),
                py.compare(
                    py.item(value, py.constant(4)), "=", py.item(value, py.constant(7)), "=", py.constant("-")
                ),
            ]
            read: py.Body = [py.put(py.load("values"), key, py.call(self._date, value))]
            self._code.add(py.when(py.both(text), [py.attempt(read, self._value_error, slowly)], slowly))
        elif (words := _words_of_list(declared)) is not None:
            copy: py.Body = [py.put(py.load("values"), key, py.method(value, "copy"))]
            self._code.add(py.when(self._are_words(value, words), copy, slowly))
        elif (test := self._test(declared, value)) is None:
            self._code.block.extend(slowly)
        elif declared.kind in ("number", "count"):
            self._code.add(py.when(py.negated(py.load(self._safely(test))), slowly))
        else:
            self._code.add(py.when(py.negated(test), slowly))

    def _with_tests(self, member: Member, allowed: object, variable: str, slowly: py.Body) -> None:
        """Read a value that has unary tests to pass, whose code stands here if it needs no counting of steps."""
        test = self._test(member.declared, py.load(variable))
        if test is None or not isinstance(allowed, Expression) or allowed.needs_budget:
            self._code.block.extend(slowly)
            return
        right = self._safely(test)
        type_ = member.declared.feel
        self._tested = Operand(variable, shape_of(type_), sure=True, type=type_)
        with self._emitter.branch([]) as body:
            answer = self._emitter.emit(allowed.node)
            self._code.set(right, py.compare(answer.load(), "is", py.constant(True)))
        self._code.add(py.when(py.load(right), body))
        self._code.add(py.when(py.negated(py.load(right)), slowly))

    def _safely(self, test: ast.expr) -> str:
        """The variable of the answer of a test that asks decimal arithmetic, which may refuse."""
        name = self._code.fresh()
        refused: py.Body = [py.assign(name, py.constant(False))]
        self._code.add(py.attempt([py.assign(name, test)], "ArithmeticError", refused))
        return name

    def _test(self, declared: DeclaredType, value: ast.expr) -> ast.expr | None:
        """Whether a value is right as it stands; None for kinds that have no such test."""
        match declared.kind:
            case "number":
                finite = py.method(value, "is_finite")
                return py.both([py.has_class(value, "Decimal"), finite, self._fit(value)])
            case "count":
                digits = py.method(py.call("str", value), "isdigit")
                return py.both([py.has_class(value, "Decimal"), digits, self._fit(value)])
            case "text":
                short = py.compare(py.call("len", value), "<=", py.constant(MAX_TEXT_LENGTH))
                return py.both([py.has_class(value, "str"), short])
            case "boolean":
                return py.has_class(value, "bool")
            case "enum":
                known = py.load(self._code.keep(frozenset(declared.values)))
                return py.both([py.has_class(value, "str"), py.compare(value, "in", known)])
        return None

    def _fit(self, value: ast.expr) -> ast.expr:
        return py.compare(py.call(self._fits, value), "is not", py.constant(None))

    def _are_words(self, value: ast.expr, words: frozenset[str]) -> ast.expr:
        classes = py.call("map", py.load("type"), value)
        return py.both(
            [
                py.has_class(value, "list"),
                py.compare(py.call("len", value), "<=", py.constant(MAX_LIST_LENGTH)),
                py.method(py.load(self._code.keep(_ONLY_TEXT)), "issuperset", classes),
                py.method(py.load(self._code.keep(words)), "issuperset", value),
            ]
        )


def _words_of_list(declared: DeclaredType) -> frozenset[str] | None:
    """The words of a list of an enumeration; None for every other type."""
    item = declared.item
    return frozenset(item.values) if item is not None and item.kind == "enum" else None
