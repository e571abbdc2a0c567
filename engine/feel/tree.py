"""The syntax tree of FEEL: immutable nodes, each with the piece of the text it was read from.

Nodes compare by what they say, not by where they stand: `span` takes no part in `==` and `hash`.
"""

from __future__ import annotations

from collections.abc import Iterator as Iteration
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Literal, Protocol

from engine.feel.errors import Span
from engine.feel.types import Type

ArithmeticOperator = Literal["+", "-", "*", "/", "**"]
ComparisonOperator = Literal["=", "!=", "<", "<=", ">", ">="]

NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes.

    Attributes:
        span: where in the text the node stands.
    """

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; `20%` is 0.2."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string, its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    """``null``."""


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """``@"2024-12-31"``: a date, time, date and time or duration by its text."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name that something in scope, or a built-in function, has."""

    name: str


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left + right`` and its like."""

    operator: ArithmeticOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left <= right`` and its like."""

    operator: ComparisonOperator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in (test, …)``: true if any of the tests holds; a test is an expression or a `HalfComparison`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class HalfComparison(Node):
    """``>= operand``: a test that waits for its left side; as an expression, in parentheses, a range."""

    operator: ComparisonOperator
    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """``a and b and c``: two operands or more."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """``a or b or c``: two operands or more."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then consequence else alternative``."""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``value.name``."""

    value: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``value[predicate]``: the items for which the predicate holds, or the item at a position."""

    value: Node
    predicate: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``function(argument, …)``; `names` is empty where the arguments go by position."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """``name: value`` of a context."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{a: 1, b: a + 1}``; an entry sees those before it."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """``[low..high)``."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Series(Node):
    """``low..high`` without brackets, which only an iterator walks; downwards if `high` is the lower."""

    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """``name in source`` of a loop."""

    name: str
    source: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for x in xs, y in ys return body``."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some x in xs satisfies condition``, or ``every``."""

    quantifier: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a function literal; `type` is None where none is declared."""

    name: str
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """``function(a, b: number) body``; `external` marks a body that names code outside FEEL, which is never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The entry of a decision table's cell: any of `tests` (or none of them, if `negated`) holds for ``?``.

    No tests at all is ``-``, which always holds.
    """

    tests: tuple[Node, ...]
    negated: bool = False


class Table(Protocol):
    """What a `Lookup` asks: `engine.feel.tables.DecisionTable`."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def type(self) -> Type:
        """Of the result."""
        ...

    @property
    def needs_budget(self) -> bool:
        """Whether it may loop."""
        ...

    def decide(self, values: Sequence[object], names: Mapping[str, object]) -> object:
        """The result for values of the inputs and of the names that the table reads."""
        ...


@dataclass(frozen=True, slots=True)
class Lookup(Node):
    """A decision table, asked about `inputs`; its cells read `names`. No text is parsed to it."""

    table: Table
    inputs: tuple[Node, ...]
    names: tuple[Name, ...]


def children(node: Node) -> Iteration[Node]:
    """The nodes directly below `node`, in the order of the text."""
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple) and part.name != "span":
            for item in value:
                if isinstance(item, Node):
                    yield item
