"""Values of an enumeration that are written without quotes.

In a column of a table whose type is an enumeration, a word that stands by itself, or as an item of a list or a
branch of ``if``, is one of its values. A word that something else has for its name too is refused: a reader could
not tell which is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar, cast

from engine.feel import tree
from engine.feel.functions import BUILTINS
from engine.feel.tree import Node
from engine.feel.types import Enum, ListOf, Type
from engine.ruleset.expressions import Place
from engine.ruleset.problems import suggest
from engine.ruleset.report import Report
from engine.ruleset.vocabulary import Vocabulary

Tree = TypeVar("Tree", bound=Node)


def with_words(node: Tree, type_: Type, place: Place, vocabulary: Vocabulary, report: Report) -> Tree | None:
    """`node` with its bare words as texts; None where one is wrong.

    Args:
        node: the tests or the expression of a cell.
        type_: of the cell's column; where it is no enumeration nor a list of one, the node stays as it is.
        place: where the cell stands.
        vocabulary: what else words may mean.
        report: gets the problems.
    """
    enum = type_.item if isinstance(type_, ListOf) else type_
    if not isinstance(enum, Enum):
        return node
    known = len(report.problems)
    found = _Words(enum, place, vocabulary, report).read(node)
    return cast("Tree", found) if len(report.problems) == known else None


@dataclass(frozen=True, slots=True)
class _Words:
    enum: Enum
    place: Place
    vocabulary: Vocabulary
    report: Report

    def read(self, node: Node) -> Node:
        match node:
            case tree.UnaryTests(tests):
                return replace(node, tests=tuple(map(self.read, tests)))
            case tree.HalfComparison(_, operand):
                return replace(node, operand=self.read(operand))
            case tree.ListLiteral(items):
                return replace(node, items=tuple(map(self.read, items)))
            case tree.If(_, consequence, alternative):
                return replace(node, consequence=self.read(consequence), alternative=self.read(alternative))
            case tree.Name(name) if name in self.enum.values:
                if name in self.vocabulary.names:
                    self._ambiguous(node, name)
                return tree.Text(name, span=node.span)
            case tree.Name(name) if (
                name not in self.vocabulary.names and name not in BUILTINS and name != "?"
            ):
                self._unknown(node, name)
            case tree.Text(value) if value not in self.enum.values:
                self._unknown(node, value)
        return node

    def _unknown(self, node: Node, value: str) -> None:
        how = suggest(value, self.enum.values, "values")
        self._add("unknown-value", node, f'{self.enum.name} has no value "{value}".', how)

    def _ambiguous(self, node: Node, name: str) -> None:
        what = f'"{name}" is a value of {self.enum.name}, and something else is called so too.'
        self._add("ambiguous-word", node, what, f'Write "{name}" in quotes if the value is meant.')

    def _add(self, code: str, node: Node, what: str, how: str) -> None:
        span = (self.place.start + node.span.start, self.place.start + node.span.end)
        self.report.add(code, self.place.path, self.place.words + what, "", how, span=span)
