"""Short names for the few kinds of Python syntax nodes that generated code consists of."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

_COMPARE: Final[dict[str, type[ast.cmpop]]] = {
    "=": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "is": ast.Is,
    "is not": ast.IsNot,
    "in": ast.In,
}

Body = list[ast.stmt]


def load(name: str) -> ast.expr:
    """``name``."""
    return ast.Name(name, ast.Load())


def constant(value: bool | int | str | None) -> ast.expr:
    """A constant of Python that needs no table."""
    return ast.Constant(value)


def call(function: str | ast.expr, *args: ast.expr) -> ast.expr:
    """``function(*args)``."""
    return ast.Call(load(function) if isinstance(function, str) else function, list(args), [])


def attribute(value: ast.expr, name: str) -> ast.expr:
    """``value.name``."""
    return ast.Attribute(value, name, ast.Load())


def method(value: ast.expr, name: str, *args: ast.expr) -> ast.expr:
    """``value.name(*args)``."""
    return ast.Call(attribute(value, name), list(args), [])


def item(value: ast.expr, key: ast.expr) -> ast.expr:
    """``value[key]``."""
    return ast.Subscript(value, key, ast.Load())


def compare(left: ast.expr, *rest: str | ast.expr) -> ast.expr:
    """``left <= a <= b``: operators and values in turn."""
    operators = [_COMPARE[part]() for part in rest[::2] if isinstance(part, str)]
    values = [part for part in rest[1::2] if isinstance(part, ast.expr)]
    return ast.Compare(left, list(operators), values)


def has_class(value: ast.expr, class_name: str) -> ast.expr:
    """``value.__class__ is class_name``."""
    return ast.Compare(ast.Attribute(value, "__class__", ast.Load()), [ast.Is()], [load(class_name)])


def both(tests: Sequence[ast.expr]) -> ast.expr:
    """``a and b``; of one test, that test."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests))


def either(tests: Sequence[ast.expr]) -> ast.expr:
    """``a or b``; of one test, that test."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), list(tests))


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """``then if test else otherwise``."""
    return ast.IfExp(test, then, otherwise)


def assign(target: str, value: ast.expr) -> ast.stmt:
    """``target = value``."""
    return ast.Assign([ast.Name(target, ast.Store())], value)


def unpack(targets: Sequence[str], value: ast.expr) -> ast.stmt:
    """``a, b = value``."""
    names: list[ast.expr] = [ast.Name(target, ast.Store()) for target in targets]
    return ast.Assign([ast.Tuple(names, ast.Store())], value)


def do(value: ast.expr) -> ast.stmt:
    """``value`` for what it does."""
    return ast.Expr(value)


def when(test: ast.expr, then: Body, otherwise: Body | None = None) -> ast.stmt:
    """``if test: … else: …``."""
    return ast.If(test, then or [ast.Pass()], otherwise or [])


def loop(target: str, source: ast.expr, body: Body) -> ast.stmt:
    """``for target in source: …``."""
    return ast.For(ast.Name(target, ast.Store()), source, body or [ast.Pass()], [])


def attempt(body: Body, exception: str, handler: Body) -> ast.stmt:
    """``try: … except exception: …``."""
    return ast.Try(body, [ast.ExceptHandler(load(exception), None, handler)], [], [])


def function(name: str, parameters: Sequence[str], captured: Sequence[str], body: Body) -> ast.stmt:
    """``def name(*parameters, captured=captured): …``: what is captured is bound when the function is made."""
    names = [ast.arg(each) for each in (*parameters, *captured)]
    arguments = ast.arguments([], names, None, [], [], None, [load(each) for each in captured])
    return ast.FunctionDef(name, arguments, body, [])


def give(value: ast.expr) -> ast.stmt:
    """``return value``."""
    return ast.Return(value)


def items(values: Sequence[ast.expr]) -> ast.expr:
    """``[a, b]``."""
    return ast.List(list(values), ast.Load())


def together(values: Sequence[ast.expr]) -> ast.expr:
    """``(a, b)``."""
    return ast.Tuple(list(values), ast.Load())


def mapping(keys: Sequence[ast.expr], values: Sequence[ast.expr]) -> ast.expr:
    """``{key: value}``."""
    return ast.Dict(list(keys), list(values))
