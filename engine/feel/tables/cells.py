"""Cells whose tests are constants: what they say without being evaluated.

A cell that is not of this kind (it reads a name, asks about ``?``, or compares what Python compares otherwise than
FEEL) is evaluated as any expression is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from engine.feel import tree
from engine.feel.functions import BUILTINS
from engine.feel.temporal import YearsMonths
from engine.feel.temporal_text import parse_temporal
from engine.feel.values import CONTEXT

if TYPE_CHECKING:
    from engine.feel.tree import Node, UnaryTests

ORDERED: Final = frozenset({Decimal, str, date, timedelta, YearsMonths})
"""The classes whose values Python orders as FEEL does."""

PLAIN: Final = ORDERED | {bool, type(None)}
"""The classes whose values Python compares as FEEL does, each with its own kind only."""

NO_CONSTANT: Final = object()
"""What `constant_of` gives for what is no constant."""
_MAKERS: Final = ("date", "duration")


@dataclass(frozen=True, slots=True)
class Span:
    """Everything between two ends of one class; an end that is None is open."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool

    @property
    def of(self) -> type:
        """The class of its values."""
        return type(self.high if self.low is None else self.low)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with constant tests.

    Attributes:
        points: the values that it names.
        spans: the ranges that it names.
        negated: whether a value has to be none of these.
    """

    points: tuple[Any, ...] = ()
    spans: tuple[Span, ...] = ()
    negated: bool = False

    @property
    def classes(self) -> frozenset[type]:
        """The classes of the values that it names."""
        return frozenset(map(type, self.points)) | {span.of for span in self.spans}

    def holds_in(self, class_: type) -> bool:
        """Whether it may hold for values of a class: a negated cell is null unless it can compare with all."""
        if not self.negated:
            return class_ in self.classes
        return self.classes == {class_}

    @property
    def holds_for_null(self) -> bool:
        """Whether null passes: nothing is equal to null but null, and null has no order."""
        return not self.spans if self.negated else None in self.points


def read_cell(node: UnaryTests) -> Cell | None:
    """The cell that says what `node` does, or None where that has to be evaluated; `node` is not ``-``."""
    points: list[Any] = []
    spans: list[Span] = []
    for test in node.tests:
        if not _read(test, points, spans, negated=node.negated):
            return None
    if node.negated and None in points:
        return None  # whether a value "is in null" is null
    return Cell(tuple(points), tuple(spans), node.negated)


def is_constant(node: Node) -> bool:
    """Whether a cell, of conditions or of results, need not be evaluated."""
    if isinstance(node, tree.UnaryTests):
        return not node.tests or read_cell(node) is not None
    return constant_of(node) is not NO_CONSTANT


def _read(test: Node, points: list[Any], spans: list[Span], *, negated: bool) -> bool:
    match test:
        case tree.HalfComparison("=", operand):
            return _read_points((operand,), points)
        case tree.HalfComparison(operator, operand) if operator != "!=":
            end = constant_of(operand)
            if type(end) not in ORDERED:
                return False
            below, closed = operator.startswith("<"), operator.endswith("=")
            spans.append(Span(None, end, False, closed) if below else Span(end, None, closed, False))
            return True
        case tree.RangeLiteral(low, high, low_closed, high_closed):
            ends: tuple[Any, Any] = constant_of(low), constant_of(high)
            if type(ends[0]) is not type(ends[1]) or type(ends[0]) not in ORDERED or ends[0] > ends[1]:
                return False
            spans.append(Span(*ends, low_closed, high_closed))
            return True
        case tree.ListLiteral(items):
            return bool(items) and not negated and _read_points(items, points)
    return _read_points((test,), points)


def _read_points(nodes: tuple[Node, ...], points: list[Any]) -> bool:
    found = [constant_of(node) for node in nodes]
    points += found
    return all(type(value) in PLAIN for value in found)


def constant_of(node: Node) -> object:
    """The value of a literal, or of ``date("…")`` and ``duration("…")``; `NO_CONSTANT` for all else."""
    match node:
        case tree.Number(value) | tree.Text(value) | tree.Boolean(value):
            return value
        case tree.Null():
            return None
        case tree.Negate(tree.Number(value)):
            return CONTEXT.minus(value)
        case tree.AtLiteral(text):
            found = parse_temporal(text)
        case tree.Call(tree.Name(name), (tree.Text(text),), ()) if name in _MAKERS:
            found = BUILTINS[name].call([text])
        case _:
            return NO_CONSTANT
    return NO_CONSTANT if found is None else found
