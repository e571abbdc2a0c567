"""Random trees and values, for the properties of the language and for fuzzing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Final, Literal, cast

from engine.feel import tree, types
from engine.feel.temporal_text import parse_temporal
from engine.feel.tree import Node

NAMES: Final = ("n", "m", "s", "b", "d", "l", "c", "r", "two words", "a+b")
FIELDS: Final = ("a", "s", "two words", "year", "months")
NUMBERS: Final = [Decimal(each) for each in ("0", "1", "2", "3", "2.50", "1E+3")]
TEXTS: Final = ["", "a", "abc", 'q"\\\n', "Nguyễn", "🐎"]
MOMENTS: Final = ["2024-02-29", "10:00:00", "2024-02-29T10:00:00Z", "P1Y6M", "P30D"]
TYPES: Final = [types.NUMBER, types.STRING, types.ListOf(types.NUMBER), types.ContextOf({"a": types.NUMBER})]
FUNCTIONS: Final = [
    "count",
    "not",
    "sum",
    "min",
    "string length",
    "list contains",
    "abs",
    "string",
    "reverse",
]

VALUES: Final[list[object]] = [
    None,
    True,
    False,
    *NUMBERS,
    Decimal(-1),
    *TEXTS[:3],
    *(parse_temporal(each) for each in MOMENTS),
    [],
    [Decimal(1), Decimal(2)],
    [Decimal(1), None, "a"],
    {"a": Decimal(1), "s": "abc"},
    [{"a": Decimal(2), "s": "a"}, {"a": None}, {"n": Decimal(0)}],
]


class Grower:
    """Grows trees; the same seed grows the same tree."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - nothing is kept secret by it
        self._bound: list[str] = ["item", "partial"]
        self._makers: list[Callable[[int], Node]] = [
            self._arithmetic,
            self._comparison,
            self._comparison,
            self._junction,
            self._junction,
            self._membership,
            self._choice,
            self._access,
            self._access,
            self._collection,
            self._loop,
            self._loop,
            self._call,
        ]

    def grow(self, depth: int = 4) -> Node:
        """A tree of at most `depth` levels, near the top mostly of all of them."""
        if depth <= 0 or self._random.random() < 0.15:
            return self._leaf()
        return self._random.choice(self._makers)(depth - 1)

    def tests(self) -> tree.UnaryTests:
        """Unary tests."""
        tests = tuple(self._test(2) for _ in range(self._random.randrange(3)))
        return tree.UnaryTests(tests, bool(tests) and self._chance())

    def _chance(self) -> bool:
        return self._random.random() < 0.5

    def _leaf(self) -> Node:
        choose = self._random.choice
        match self._random.randrange(9):
            case 0 | 1:
                return tree.Number(choose(NUMBERS))
            case 2:
                return tree.Text(choose(TEXTS))
            case 3:
                return choose([tree.Boolean(True), tree.Boolean(False), tree.Null()])
            case 4:
                return tree.AtLiteral(choose(MOMENTS))
        return tree.Name(choose([*NAMES, *self._bound[-3:]]))

    def _arithmetic(self, depth: int) -> Node:
        operator = self._random.choice(["+", "-", "*", "/", "**", "minus"])
        if operator == "minus":
            return tree.Negate(self.grow(depth))
        return tree.Arithmetic(cast("tree.ArithmeticOperator", operator), self.grow(depth), self.grow(depth))

    def _operator(self) -> tree.ComparisonOperator:
        return cast("tree.ComparisonOperator", self._random.choice(["=", "!=", "<", "<=", ">", ">="]))

    def _comparison(self, depth: int) -> Node:
        return tree.Comparison(self._operator(), self.grow(depth), self.grow(depth))

    def _junction(self, depth: int) -> Node:
        operands = tuple(self.grow(depth) for _ in range(self._random.randint(2, 3)))
        return tree.And(operands) if self._chance() else tree.Or(operands)

    def _test(self, depth: int) -> Node:
        if self._chance():
            return tree.HalfComparison(self._operator(), self.grow(depth))
        return self.grow(depth)

    def _membership(self, depth: int) -> Node:
        match self._random.randrange(3):
            case 0:
                return tree.Between(self.grow(depth), self.grow(depth), self.grow(depth))
            case 1:
                return tree.InstanceOf(self.grow(depth), self._random.choice(TYPES))
        tests = tuple(self._test(depth) for _ in range(self._random.randint(1, 2)))
        return tree.In(self.grow(depth), tests)

    def _choice(self, depth: int) -> Node:
        return tree.If(self.grow(depth), self.grow(depth), self.grow(depth))

    def _access(self, depth: int) -> Node:
        value = self.grow(depth)
        if self._chance():
            return tree.Path(value, self._random.choice(FIELDS))
        return tree.Filter(value, self._inside(("item", "a"), depth))

    def _collection(self, depth: int) -> Node:
        match self._random.randrange(3):
            case 0:
                return tree.ListLiteral(tuple(self._test(depth) for _ in range(self._random.randrange(4))))
            case 1:
                return tree.RangeLiteral(self.grow(depth), self.grow(depth), self._chance(), self._chance())
        names = self._random.sample([*FIELDS, "odd {key}"], self._random.randrange(4))
        return tree.ContextLiteral(tuple(tree.Entry(name, self._inside(FIELDS[:2], depth)) for name in names))

    def _inside(self, names: tuple[str, ...], depth: int) -> Node:
        self._bound.extend(names)
        found = self.grow(depth)
        del self._bound[-len(names) :]
        return found

    def _loop(self, depth: int) -> Node:
        names = self._random.sample(["x", "n", "two words"], self._random.randint(1, 2))
        iterators = tuple(tree.Iterator(name, self._source(depth)) for name in names)
        body = self._inside(tuple(names), depth)
        if self._chance():
            return tree.For(iterators, body)
        kind = cast("Literal['some', 'every']", self._random.choice(["some", "every"]))
        return tree.Quantified(kind, iterators, body)

    def _source(self, depth: int) -> Node:
        if self._chance():
            return self.grow(depth)
        low, high = (tree.Number(Decimal(self._random.randrange(4))) for _ in range(2))
        return tree.Series(low, high)

    def _call(self, depth: int) -> Node:
        if self._random.random() < 0.7:
            function: Node = tree.Name(self._random.choice(FUNCTIONS))
        else:
            names = self._random.sample(["x", "y"], self._random.randrange(3))
            types_ = [None, *TYPES]
            parameters = tuple(tree.Parameter(name, self._random.choice(types_)) for name in names)
            function = tree.FunctionLiteral(parameters, self._inside(("x", "y"), depth))
        arguments = tuple(self.grow(depth) for _ in range(self._random.randint(1, 2)))
        return tree.Call(function, arguments)
