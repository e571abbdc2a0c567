"""The static check: what is wrong in an expression, found from the declared types before anything runs.

It reports only what is wrong for certain. Where a type is not known it is Any, and fits everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.feel import operators, tree
from engine.feel import types as feel_types
from engine.feel.checking.base import common, item_of
from engine.feel.checking.bounds import clash, constant_of, written
from engine.feel.checking.calls import Calls, fits
from engine.feel.checking.comparisons import Comparisons
from engine.feel.checking.samples import in_words, kind_name, outcome
from engine.feel.codegen.runtime import ARITHMETIC
from engine.feel.conformance import type_of as type_of_value
from engine.feel.errors import FeelSyntaxError, FeelTypeError, Problem, Span
from engine.feel.parser import parse
from engine.feel.references import free_names
from engine.feel.temporal_text import parse_temporal
from engine.feel.tree import Node
from engine.feel.typenames import NO_TYPES, undeclared
from engine.feel.types import ANY, BOOLEAN, NUMBER, STRING, ContextOf, FunctionOf, ListOf, RangeOf, Type


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found.

    Attributes:
        text: the expression, or an empty string if it was given as a tree.
        type: of its values; Any if that is not known.
        problems: what is wrong, in the order of the text.
    """

    text: str
    type: Type
    problems: tuple[Problem, ...]

    def require(self) -> None:
        """Raise `FeelTypeError` if there is a problem."""
        if self.problems:
            raise FeelTypeError(self.text, self.problems)


def check(
    expression: str | Node,
    types: Mapping[str, Type],
    *,
    expected: Type | None = None,
    declared: Mapping[str, Type] = NO_TYPES,
) -> Checked:
    """Check an expression against the types of the names that it may use.

    Args:
        expression: its text, or its tree (also of unary tests, with ``?`` among `types`).
        types: the type of each name in scope; `ANY` where it is not known.
        expected: the type that its value must have.
        declared: declared types by their names, for ``instance of``; of use only where a text is given.

    Raises:
        FeelLimitError: the text is too long or too deep.
    """
    text = expression if isinstance(expression, str) else ""
    if isinstance(expression, str):
        try:
            expression = parse(expression, names=tuple(types), types=declared)
        except FeelSyntaxError as error:
            return Checked(text, ANY, (error.problem,))
    checker = Checker(types)
    found = checker.type_of(expression)
    if expected is not None and not fits(found, expected):
        message = f"{in_words(expected)} is needed here, and this is {in_words(found)}"
        hint = "compare it with something" if expected == BOOLEAN else ""
        checker.report(expression.span, "result-type", message, hint)
    problems = dict.fromkeys(sorted(checker.problems, key=lambda problem: problem.span))
    return Checked(text, found, tuple(problems))


class Checker(Calls, Comparisons):
    """Infers the types of nodes from below, and reports on the way."""

    def type_of(self, node: Node) -> Type:
        """The type of a node's values, problems below it reported."""
        match node:
            case tree.Number():
                return NUMBER
            case tree.Text():
                return STRING
            case tree.Boolean():
                return BOOLEAN
            case tree.Null():
                return feel_types.NULL
            case tree.AtLiteral(text):
                return self._at_literal(text, node.span)
            case tree.Name(name):
                return self.name(name, node.span)
            case tree.Path(value, name):
                return self.member(self.type_of(value), name, _end_of(node, name))
            case tree.Call():
                return self.call(node)
            case tree.ListLiteral(items):
                return ListOf(common([self.type_of(item) for item in items]))
            case tree.ContextLiteral(entries):
                return self._context(entries)
            case tree.RangeLiteral(low, high):
                return self._range(node, low, high)
            case tree.HalfComparison(_, operand):
                return RangeOf(self.type_of(operand))
        return self._operator(node)

    def _operator(self, node: Node) -> Type:
        match node:
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Negate(operand):
                return self._negate(node, self.type_of(operand))
            case tree.Comparison(operator, left, right):
                self.compare(operator, (left, self.type_of(left)), (right, self.type_of(right)), node.span)
                return BOOLEAN
            case tree.Between(value, low, high):
                found = self.type_of(value)
                self.compare(">=", (value, found), (low, self.type_of(low)), node.span)
                self.compare("<=", (value, found), (high, self.type_of(high)), node.span)
                self.range_ends(node)
                return BOOLEAN
            case tree.In(value, tests):
                self._tests(value, self.type_of(value), tests)
                return BOOLEAN
            case tree.And(operands):
                return self._joined(operands, "and")
            case tree.Or(operands):
                return self._joined(operands, "or")
            case tree.InstanceOf(value, type_):
                return self._instance_of(node, value, type_)
            case tree.UnaryTests(tests):
                value = tree.Name("?", span=node.span)
                for test in tests:
                    if "?" in free_names(test):
                        self.type_of(test)
                    else:
                        self._tests(value, self.name("?", node.span), (test,))
                return BOOLEAN
        return self._control(node)

    def _control(self, node: Node) -> Type:
        match node:
            case tree.If(condition, consequence, alternative):
                self.expect_boolean(condition, self.type_of(condition), "if")
                return common((self.type_of(consequence), self.type_of(alternative)))
            case tree.Filter():
                return self._filter(node)
            case tree.For(iterators, body):
                with self.scope(self._iterators(iterators)), self.scope({"partial": ListOf()}):
                    return ListOf(self.type_of(body))
            case tree.Quantified(quantifier, iterators, condition):
                with self.scope(self._iterators(iterators)):
                    self.expect_boolean(condition, self.type_of(condition), f"{quantifier} … satisfies")
                return BOOLEAN
            case tree.FunctionLiteral(parameters, body, external):
                types = tuple(parameter.type or ANY for parameter in parameters)
                if external:
                    return FunctionOf(types, ANY)
                names = (parameter.name for parameter in parameters)
                with self.scope(dict(zip(names, types, strict=True))):
                    return FunctionOf(types, self.type_of(body))
            case tree.Lookup(table, inputs):
                for each in inputs:
                    self.type_of(each)
                return table.type
        raise TypeError(f"{type(node).__name__} is not an expression")

    def _at_literal(self, text: str, span: Span) -> Type:
        value = parse_temporal(text)
        if value is None:
            hint = 'write @"2024-12-31", @"08:30:00", @"2024-12-31T08:30:00", @"P1Y6M" or @"P30D"'
            self.report(span, "at-literal", f"{text!r} is no date, time or duration", hint)
            return ANY
        return type_of_value(value)

    def _context(self, entries: Sequence[tree.Entry]) -> Type:
        fields: dict[str, Type] = {}
        with self.scope(fields):  # an entry sees those before it
            for entry in entries:
                found = self.type_of(entry.value)
                fields[entry.name] = found
        return ContextOf(MappingProxyType(dict(fields)))

    def _range(self, node: tree.RangeLiteral, low: Node, high: Node) -> Type:
        ends = self.type_of(low), self.type_of(high)
        self.compare("<=", (low, ends[0]), (high, ends[1]), node.span)
        self.range_ends(node)
        return RangeOf(common(ends))

    def _arithmetic(self, node: tree.Arithmetic) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        found = outcome(getattr(operators, ARITHMETIC[node.operator]), left, right)
        if found is None:
            message = f"{node.operator} is not defined for {in_words(left)} and {in_words(right)}"
            self.report(node.span, "operand-type", message, _arithmetic_hint(node.operator, left, right))
        elif node.operator == "/" and constant_of(node.right) == (0,):
            self.report(node.right.span, "division-by-zero", "division by zero is null")
        return found or ANY

    def _negate(self, node: Node, operand: Type) -> Type:
        found = outcome(operators.negate, operand)
        if found is None:
            self.report(node.span, "operand-type", f"- is not defined for {in_words(operand)}")
        return found or ANY

    def _tests(self, value: Node, value_type: Type, tests: Sequence[Node]) -> None:
        for test in tests:
            if isinstance(test, tree.HalfComparison):
                operand = test.operand
                self.compare(test.operator, (value, value_type), (operand, self.type_of(operand)), test.span)
            else:
                self.contained(value, value_type, test, self.type_of(test))

    def _joined(self, operands: Sequence[Node], word: str) -> Type:
        for operand in operands:
            self.expect_boolean(operand, self.type_of(operand), word)
        found = clash(operands, joined=word)
        if found is not None:
            first, second = written(found[0]), written(found[1])
            span = Span(found[0].node.span.start, found[1].node.span.end)
            if word == "and":
                self.report(span, "never-holds", f"{first} and {second} never hold together", "was or meant?")
            else:
                message = f"{first} or {second} holds for every value"
                self.report(span, "always-holds", message, "was and meant?")
        return BOOLEAN

    def _instance_of(self, node: Node, value: Node, type_: Type) -> Type:
        self.type_of(value)
        unknown = undeclared(type_)
        if unknown is not None:
            self.report(node.span, "undeclared-type", f"there is no type {unknown}")
        return BOOLEAN

    def _filter(self, node: tree.Filter) -> Type:
        source = self.type_of(node.value)
        item = item_of(source)
        with self.item_scope(item):
            predicate = self.type_of(node.predicate)
        if kind_name(predicate) == "number":
            return item
        if kind_name(predicate) not in (None, "boolean", "Null"):
            message = f"a filter needs a condition or a position, and this is {in_words(predicate)}"
            self.report(node.predicate.span, "not-boolean", message)
        return ListOf(item) if kind_name(predicate) == "boolean" else ANY

    def _iterators(self, iterators: Sequence[tree.Iterator]) -> Mapping[str, Type]:
        names: dict[str, Type] = {}
        with self.scope(names):  # an iterator sees those before it
            for iterator in iterators:
                found = self._walked(iterator.source)
                names[iterator.name] = found
        return names

    def _walked(self, source: Node) -> Type:
        if isinstance(source, tree.Series):
            ends = self.type_of(source.low), self.type_of(source.high)
            for end, type_ in zip((source.low, source.high), ends, strict=True):
                if kind_name(type_) not in (None, "number", "date"):
                    message = f"a loop goes through numbers or dates, and this is {in_words(type_)}"
                    self.report(end.span, "not-iterable", message)
            return common(ends)
        found = self.type_of(source)
        return found.item if isinstance(found, ListOf | RangeOf) else found


def _end_of(node: tree.Path, name: str) -> Span:
    """Where the name of a path stands; the whole path if that cannot be told."""
    start = node.span.end - len(name)
    return Span(start, node.span.end) if start > node.value.span.start else node.span


def _arithmetic_hint(operator: str, left: Type, right: Type) -> str:
    kinds = {kind_name(left), kind_name(right)}
    if "string" in kinds and operator == "+":
        return "string(…) makes a text of a value"
    if kinds & {"date", "date and time"} and "number" in kinds:
        return 'add a duration: @"P30D" or @"P6M"'
    if "list" in kinds and operator == "+":
        return "concatenate(…) joins lists, append(…) adds an item"
    if kinds == {"string", "number"}:
        return "number(…) reads a number from a text"
    return ""
