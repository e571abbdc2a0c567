"""What generated code is made of: operands, constants kept in a table, and blocks of statements."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Final, Literal

from engine.feel import types
from engine.feel.codegen import python as py
from engine.feel.temporal import YearsMonths
from engine.feel.types import ANY, Enum, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

Shape = Literal[
    "any", "number", "string", "boolean", "logic", "date", "days", "months", "null", "list", "context"
]
"""What is known of an operand when the code is made; ``logic`` is true, false, null or Unknown."""

CLASS_NAMES: Final[dict[str, str]] = {
    "number": "Decimal",
    "string": "str",
    "boolean": "bool",
    "date": "date",
    "days": "timedelta",
    "months": "YearsMonths",
}
"""The shapes whose operators have a fast path, and the names that generated code has for their classes."""

_VALUE_SHAPES: Final[dict[type, Shape]] = {
    NoneType: "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    timedelta: "days",
    YearsMonths: "months",
}


_SHAPES: Final[dict[Type, Shape]] = {
    types.NUMBER: "number",
    types.STRING: "string",
    types.BOOLEAN: "boolean",
    types.DATE: "date",
    types.DAYS_DURATION: "days",
    types.MONTHS_DURATION: "months",
}


def shape_of(type_: Type) -> Shape:
    """The shape that values of a type have, if they are what they are declared to be."""
    return "string" if isinstance(type_, Enum) else _SHAPES.get(type_, "any")


def shape_of_value(value: object) -> Shape:
    """The shape that a value has."""
    return _VALUE_SHAPES.get(type(value), "any")


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in the generated code: the name it has there, and what is known of it.

    Attributes:
        name: a generated name, of a variable or of an entry of the table of constants.
        shape: what is known of the value; a guess where `sure` is not set.
        sure: whether the value certainly has the shape.
        type: the declared type, a guess like the shape; of use for the parts of lists and contexts.
        constant: whether the value is known now.
        value: the value, if it is.
    """

    name: str
    shape: Shape = "any"
    sure: bool = True
    type: Type = ANY
    constant: bool = False
    value: object = None

    def load(self) -> ast.expr:
        """The syntax that reads it."""
        if self.constant and (self.value is None or isinstance(self.value, bool)):
            return py.constant(self.value)
        return py.load(self.name)


class Code:
    """The code that is being made: where the next statement goes, and the names given so far.

    Attributes:
        table: the names that the code reads besides its own: constants and functions of the engine. No text of an
            author is in the code itself.
        block: the statements of the innermost open block.
    """

    def __init__(self, table: dict[str, object]) -> None:
        self.table = table
        self.block: py.Body = []
        self.loops = 0
        self._count = 0
        self._kept: dict[object, str] = {}

    def fresh(self) -> str:
        """A name not used so far."""
        self._count += 1
        return f"t{self._count}"

    def keep(self, value: object) -> str:
        """Put a value into the table; gives the name under which the code reads it."""
        key = (type(value), value) if isinstance(value, str) else id(value)
        name = self._kept.get(key)
        if name is None:
            self._count += 1
            name = self._kept[key] = f"k{self._count}"
            self.table[name] = value
        return name

    def text(self, value: str) -> ast.expr:
        """The syntax that reads a string out of the table."""
        return py.load(self.keep(value))

    def add(self, statement: ast.stmt) -> None:
        """Put a statement at the end of the innermost block."""
        self.block.append(statement)

    def set(self, target: str, value: ast.expr) -> None:
        """``target = value``."""
        self.add(py.assign(target, value))

    @contextmanager
    def into(self, body: py.Body) -> Iterator[py.Body]:
        """Collect the statements of the block in `body` instead."""
        outer, self.block = self.block, body
        try:
            yield body
        finally:
            self.block = outer

    def compile(self, body: py.Body, parameters: tuple[str, ...]) -> object:
        """The Python function that has `parameters` and runs `body`."""
        name = "evaluation"
        module = ast.Module([py.function(name, parameters, (), body)], [])
        exec(compile(module, "<FEEL>", "exec"), self.table)  # noqa: S102 - generated names and table constants only
        return self.table.pop(name)


def captured(body: py.Body, own: tuple[str, ...]) -> tuple[str, ...]:
    """The variables of the surrounding code that `body` reads: neither its own nor from the table."""
    bound = set(own)
    read: dict[str, None] = {}
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                given = len(node.args.args) - len(
                    node.args.defaults
                )  # the rest is captured by the inner one too
                bound.add(node.name)
                bound.update(argument.arg for argument in node.args.args[:given])
            elif isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Store):
                    bound.add(node.id)
                else:
                    read[node.id] = None
    return tuple(name for name in read if name not in bound and is_variable(name))


def is_variable(name: str) -> bool:
    """Whether `name` is one that `Code.fresh` gave, or a parameter of the evaluation."""
    return (name[0] == "t" and name[1:].isdigit()) or name in ("budget", "recorder")
