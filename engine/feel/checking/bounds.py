"""Conditions that no value can meet, such as ``age > 60 and age < 18``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.feel import operators, tree
from engine.feel.printer import print_tree
from engine.feel.temporal_text import parse_temporal
from engine.feel.tree import Node

_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Bound:
    """What a condition asks of an expression: to stand in a relation to a constant.

    Attributes:
        subject: the expression.
        operator: the relation.
        constant: the value on the other side.
        node: the condition.
    """

    subject: Node
    operator: str
    constant: object
    node: Node


def clash(conditions: Sequence[Node], *, joined: str) -> tuple[Bound, Bound] | None:
    """Two of the conditions that cannot both hold (`joined` is ``and``) or cannot both fail (``or``)."""
    bounds = [bound for condition in conditions for bound in _bounds(condition)]
    for index, second in enumerate(bounds):
        for first in bounds[:index]:
            if first.subject != second.subject or first.node is second.node:
                continue
            relations = (first.operator, second.operator)
            if joined == "or":
                relations = (_OPPOSITE[first.operator], _OPPOSITE[second.operator])
            if _excluded(relations[0], first.constant, relations[1], second.constant):
                return first, second
    return None


def constant_of(node: Node) -> tuple[object] | None:
    """The value of a literal, in a tuple since it may be null; None if `node` is none."""
    match node:
        case tree.Number(value) | tree.Text(value) | tree.Boolean(value):
            return (value,)
        case tree.AtLiteral(text):
            return (parse_temporal(text),)
        case tree.Negate(tree.Number(value)):
            return (operators.negate(value),)
        case tree.Call(tree.Name("date" | "time" | "date and time" | "duration"), (tree.Text(text),), ()):
            return (parse_temporal(text),)
    return None


def is_empty_range(low: Node, high: Node) -> bool:
    """Whether both ends are constants and the low one is above the high one."""
    ends = constant_of(low), constant_of(high)
    return ends[0] is not None and ends[1] is not None and operators.greater(*ends[0], *ends[1]) is True


def written(bound: Bound) -> str:
    """The condition as a message shows it."""
    return print_tree(bound.node)


def _bounds(condition: Node) -> Iterator[Bound]:
    match condition:
        case tree.Comparison(operator, left, right):
            constants = constant_of(left), constant_of(right)
            if constants[1] is not None and constants[0] is None:
                yield Bound(left, operator, constants[1][0], condition)
            elif constants[0] is not None and constants[1] is None:
                yield Bound(right, _MIRRORED[operator], constants[0][0], condition)
        case tree.Between(value, low, high):
            yield from _ends(value, low, high, (">=", "<="), condition)
        case tree.In(value, (tree.RangeLiteral() as range_,)):
            relations = ">=" if range_.low_closed else ">", "<=" if range_.high_closed else "<"
            yield from _ends(value, range_.low, range_.high, relations, condition)
        case tree.In(value, (tree.HalfComparison(operator, operand),)):
            yield from _bounds(tree.Comparison(operator, value, operand, span=condition.span))


def _ends(
    subject: Node, low: Node, high: Node, relations: tuple[str, str], condition: Node
) -> Iterator[Bound]:
    for relation, end in zip(relations, (low, high), strict=True):
        constant = constant_of(end)
        if constant is not None:
            yield Bound(subject, relation, constant[0], condition)


def _excluded(first: str, one: object, second: str, other: object) -> bool:
    """Whether no x is both `first` `one` and `second` `other`."""
    order = operators.order(one, other)
    if first == "=" and second == "=":
        return operators.equal(one, other) is False
    if {first, second} == {"=", "!="}:
        return operators.equal(one, other) is True
    if not isinstance(order, int):
        return False
    if first in ("<", "<=", "=") and second in (">", ">=", "="):
        return order < 0 or (order == 0 and not (first in ("<=", "=") and second in (">=", "=")))
    if first in (">", ">=", "=") and second in ("<", "<=", "="):
        return order > 0 or (order == 0 and not (first in (">=", "=") and second in ("<=", "=")))
    return False
