"""Reads the conditions of a ruleset into formulas, for the parameters of one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

from engine.analysis.proof.domains import Domain, Numbers, Term, Truths, Words
from engine.analysis.proof.formulas import (
    FALSE,
    MAY_BE_NULL,
    TRUE,
    Choice,
    Compare,
    Formula,
    Known,
    Not,
    Operator,
    all_of,
    any_of,
)
from engine.analysis.proof.spans import Spans, Sum
from engine.analysis.proof.trees import put_in
from engine.analysis.study import OF_SCORE, Study
from engine.feel import tree
from engine.feel.check import check
from engine.feel.printer import print_tree
from engine.feel.tables.cells import NO_CONSTANT, constant_of
from engine.feel.tree import Node
from engine.feel.types import DATE, NUMBER, Type

_ORDERED: Final[Mapping[str, Operator]] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED: Final[Mapping[str, Operator]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ZERO: Final = Fraction(0)


@dataclass(frozen=True)
class Reading:
    """The conditions of a ruleset with the parameters of one day.

    Attributes:
        study: the ruleset.
        day: the day.
    """

    study: Study
    day: dt.date

    def condition(self, node: Node) -> Formula:
        """What a condition says; what cannot be looked into is a term of its own."""
        return self._condition(self.meant(node))

    def meant(self, node: Node) -> Node:
        """An expression with definitions written out."""
        return put_in(node, self._definitions)

    def domain(self, node: Node) -> Domain:
        """What the values of an expression may be, definitions written out."""
        return self._spans.domain(node)

    @cached_property
    def _definitions(self) -> Mapping[str, Node]:
        """What each definition stands for, others in it put in; tables and the score stay names."""
        found: dict[str, Node] = {}
        for definition in self.study.ruleset.definitions:
            if definition.name not in OF_SCORE and definition.name not in self.study.ruleset.tables:
                found[definition.name] = put_in(definition.node, found)
        return found

    @cached_property
    def _parameters(self) -> Mapping[str, object]:
        return self.study.ruleset.parameters_on(self.day)

    @cached_property
    def _spans(self) -> Spans:
        return Spans(self.study.ruleset, self._parameters, self.type_of)

    @cached_property
    def _types(self) -> Mapping[str, Type]:
        ruleset = self.study.ruleset
        types = {name: fact.declared.feel for name, fact in ruleset.facts.items()}
        types |= {name: parameter.type for name, parameter in ruleset.parameters.items()}
        return types | {definition.name: definition.type for definition in ruleset.definitions}

    def type_of(self, node: Node) -> Type:
        """Of a node's values, as far as that is known."""
        return check(node, self._types).type

    # Conditions

    def _condition(self, node: Node) -> Formula:
        match node:
            case tree.Boolean(value):
                return TRUE if value else FALSE
            case tree.Null():
                return Known(MAY_BE_NULL)
            case tree.And(operands):
                return all_of(*map(self._condition, operands))
            case tree.Or(operands):
                return any_of(*map(self._condition, operands))
            case tree.Call(tree.Name("not"), (operand,), ()):
                return Not(self._condition(operand))
            case tree.If(condition, consequence, alternative):
                parts = map(self._condition, (condition, consequence, alternative))
                return Choice(*parts)
            case tree.Comparison():
                return self._comparison(node)
            case tree.Between(value, low, high):
                return all_of(self._compare(value, ">=", low), self._compare(value, "<=", high))
            case tree.In(value, tests):
                return any_of(*(self._passes(value, test) for test in tests))
            case tree.Quantified(quantifier, (iterator,), condition):
                return self._quantified(quantifier, iterator, condition, node)
        constant = self._constant(node)
        if isinstance(constant, bool):
            return TRUE if constant else FALSE
        return self._itself(node)

    def _itself(self, node: Node) -> Formula:
        """A truth value that is not looked into."""
        return Compare(self._truth(node), "=", True)

    def _truth(self, node: Node) -> Term:
        domain = self._spans.domain(node)
        return Term(print_tree(node), domain if isinstance(domain, Truths) else Truths())

    def _quantified(self, quantifier: str, iterator: tree.Iterator, condition: Node, node: Node) -> Formula:
        if isinstance(iterator.source, tree.ListLiteral):
            parts = [
                self._condition(put_in(condition, {iterator.name: item})) for item in iterator.source.items
            ]
            return all_of(*parts) if quantifier == "every" else any_of(*parts)
        # Every item meets a condition where none fails it: so that the two can be seen to exclude each other.
        if quantifier == "every":
            contrary = tree.Quantified("some", (iterator,), _contrary(condition))
            return Not(self._itself(contrary))
        return self._itself(node)

    def _passes(self, value: Node, test: Node) -> Formula:
        match test:
            case tree.HalfComparison(operator, operand):
                return self._comparison(tree.Comparison(operator, value, operand))
            case tree.RangeLiteral(low, high, low_closed, high_closed):
                above: Operator = ">=" if low_closed else ">"
                below: Operator = "<=" if high_closed else "<"
                return all_of(self._compare(value, above, low), self._compare(value, below, high))
            case tree.ListLiteral(items):
                return any_of(*(self._passes(value, item) for item in items))
        if self._constant(test) is NO_CONSTANT:
            return self._itself(tree.In(value, (test,)))
        return self._compare(value, "=", test)

    # Comparisons

    def _comparison(self, node: tree.Comparison) -> Formula:
        if node.operator == "!=":
            return Not(self._compare(node.left, "=", node.right))
        return self._compare(node.left, "=" if node.operator == "=" else _ORDERED[node.operator], node.right)

    def _compare(self, left: Node, operator: Operator, right: Node) -> Formula:
        match left, right:
            case (tree.If(condition, consequence, alternative), _):
                ways = (self._compare(each, operator, right) for each in (consequence, alternative))
                return Choice(self._condition(condition), *ways)
            case (_, tree.If(condition, consequence, alternative)):
                ways = (self._compare(left, operator, each) for each in (consequence, alternative))
                return Choice(self._condition(condition), *ways)
        said = f"{print_tree(left)} {operator} {print_tree(right)}"
        if self.type_of(left) == self.type_of(right) == NUMBER:
            return self._numbers(self._spans.sum(left), operator, self._spans.sum(right), said)
        for term, way, other in ((left, operator, right), (right, _TURNED[operator], left)):
            constant = self._constant(other)
            if constant is not NO_CONSTANT and self._constant(term) is NO_CONSTANT:
                return self._with_constant(term, way, constant, said)
        return self._with_each_other(left, operator, right, said)

    def _numbers(self, left: Sum, operator: Operator, right: Sum, said: str) -> Formula:
        difference = left.minus(right)
        if not difference.factors:
            return Known(Compare(Term("", Numbers()), operator, _ZERO).of(difference.constant))
        term, constant, turned = difference.as_term()
        return Compare(term, _TURNED[operator] if turned else operator, constant, said)

    def _with_constant(self, node: Node, operator: Operator, constant: object, said: str) -> Formula:
        domain = self._spans.domain(node)
        term = Term(print_tree(node), domain)
        if constant is None:
            return Compare(term, "=", None, said) if operator == "=" else Known(MAY_BE_NULL)
        match constant, domain:
            case bool(), _ if operator == "=":
                truth = self._condition(node)
                # Compared with true, null is false; by itself it is null.
                null = Compare(self._truth(node), "=", None)
                return all_of(Not(null), truth if constant else Not(truth))
            case str(), Words() if operator == "=":
                return Compare(term, "=", constant, said)
            case Decimal(), _ if operator != "=":
                # What is not known to be a number may be one; if it is none, the comparison is null.
                return Compare(Term(print_tree(node), Numbers()), operator, Fraction(constant), said)
            case dt.date(), Numbers() if not isinstance(constant, dt.datetime):
                return Compare(term, operator, Fraction(constant.toordinal()), said)
        return self._opaque(said)

    def _with_each_other(self, left: Node, operator: Operator, right: Node, said: str) -> Formula:
        """Two terms of which neither is a number: they lie in some order, or are equal or not."""
        texts = print_tree(left), print_tree(right)
        if texts[0] > texts[1]:
            texts, operator = texts[::-1], _TURNED[operator]
        if operator == "=" and self.type_of(left) != DATE:
            return self._opaque(f"{texts[0]} = {texts[1]}")
        nullable = any(getattr(self._spans.domain(each), "nullable", True) for each in (left, right))
        order = Numbers(Fraction(-1), Fraction(1), whole=True, nullable=nullable)
        if operator == "=" and nullable:
            return self._opaque(said)  # null is equal to null, and has no order
        return Compare(Term(f"{texts[0]} <=> {texts[1]}", order), operator, _ZERO, said)

    def _opaque(self, key: str) -> Formula:
        return Compare(Term(key, Truths()), "=", True)

    def _constant(self, node: Node) -> object:
        """The value of a literal or a parameter; `NO_CONSTANT` for all else."""
        if isinstance(node, tree.Name) and node.name in self._parameters:
            value = self._parameters[node.name]
            return value if isinstance(value, bool | str | Decimal | dt.date) else NO_CONSTANT
        return constant_of(node)


def _contrary(condition: Node) -> Node:
    """A condition that is true where this one is false, and null where it is null."""
    match condition:
        case tree.Call(tree.Name("not"), (operand,), ()):
            return operand
        case tree.Comparison("=", left, right):
            return tree.Comparison("!=", left, right)
        case tree.Comparison("!=", left, right):
            return tree.Comparison("=", left, right)
        case tree.Comparison("<", left, right):
            return tree.Comparison(">=", left, right)
        case tree.Comparison("<=", left, right):
            return tree.Comparison(">", left, right)
        case tree.Comparison(">", left, right):
            return tree.Comparison("<=", left, right)
        case tree.Comparison(">=", left, right):
            return tree.Comparison("<", left, right)
        case tree.And(operands):
            return tree.Or(tuple(map(_contrary, operands)))
        case tree.Or(operands):
            return tree.And(tuple(map(_contrary, operands)))
    return tree.Call(tree.Name("not"), (condition,))
