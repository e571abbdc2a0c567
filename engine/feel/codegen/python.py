"""Short names for the few kinds of Python syntax nodes that generated code consists of.

Python wants to know of every node where in a file it stands. There is no file; all stand in its first line.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final, TypeVar

_T = TypeVar("_T", bound=ast.AST)


def _placed(kind: type[_T]) -> type[_T]:
    """The kind of node, in the first line."""
    place = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
    return type(kind.__name__, (kind,), place)


_Assign = _placed(ast.Assign)
_Attribute = _placed(ast.Attribute)
_BoolOp = _placed(ast.BoolOp)
_Break = _placed(ast.Break)
_Call = _placed(ast.Call)
_Compare = _placed(ast.Compare)
_Constant = _placed(ast.Constant)
_Dict = _placed(ast.Dict)
_ExceptHandler = _placed(ast.ExceptHandler)
_Expr = _placed(ast.Expr)
_For = _placed(ast.For)
_FunctionDef = _placed(ast.FunctionDef)
_If = _placed(ast.If)
_IfExp = _placed(ast.IfExp)
_List = _placed(ast.List)
_Name = _placed(ast.Name)
_Pass = _placed(ast.Pass)
_Return = _placed(ast.Return)
_Subscript = _placed(ast.Subscript)
_Try = _placed(ast.Try)
_Tuple = _placed(ast.Tuple)
_UnaryOp = _placed(ast.UnaryOp)
_Arg = _placed(ast.arg)

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
    return _Name(name, ast.Load())


def constant(value: bool | int | str | None) -> ast.expr:
    """A constant of Python that needs no table."""
    return _Constant(value)


def call(function: str | ast.expr, *args: ast.expr) -> ast.expr:
    """``function(*args)``."""
    return _Call(load(function) if isinstance(function, str) else function, list(args), [])


def attribute(value: ast.expr, name: str) -> ast.expr:
    """``value.name``."""
    return _Attribute(value, name, ast.Load())


def method(value: ast.expr, name: str, *args: ast.expr) -> ast.expr:
    """``value.name(*args)``."""
    return _Call(attribute(value, name), list(args), [])


def item(value: ast.expr, key: ast.expr) -> ast.expr:
    """``value[key]``."""
    return _Subscript(value, key, ast.Load())


def compare(left: ast.expr, *rest: str | ast.expr) -> ast.expr:
    """``left <= a <= b``: operators and values in turn."""
    operators = [_COMPARE[part]() for part in rest[::2] if isinstance(part, str)]
    values = [part for part in rest[1::2] if isinstance(part, ast.expr)]
    return _Compare(left, list(operators), values)


def has_class(value: ast.expr, class_name: str) -> ast.expr:
    """``value.__class__ is class_name``."""
    return _Compare(_Attribute(value, "__class__", ast.Load()), [ast.Is()], [load(class_name)])


def both(tests: Sequence[ast.expr]) -> ast.expr:
    """``a and b``; of one test, that test."""
    return tests[0] if len(tests) == 1 else _BoolOp(ast.And(), list(tests))


def either(tests: Sequence[ast.expr]) -> ast.expr:
    """``a or b``; of one test, that test."""
    return tests[0] if len(tests) == 1 else _BoolOp(ast.Or(), list(tests))


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """``then if test else otherwise``."""
    return _IfExp(test, then, otherwise)


def assign(target: str, value: ast.expr) -> ast.stmt:
    """``target = value``."""
    return _Assign([_Name(target, ast.Store())], value)


def unpack(targets: Sequence[str], value: ast.expr) -> ast.stmt:
    """``a, b = value``."""
    names: list[ast.expr] = [_Name(target, ast.Store()) for target in targets]
    return _Assign([_Tuple(names, ast.Store())], value)


def do(value: ast.expr) -> ast.stmt:
    """``value`` for what it does."""
    return _Expr(value)


def when(test: ast.expr, then: Body, otherwise: Body | None = None) -> ast.stmt:
    """``if test: … else: …``."""
    return _If(test, then or [_Pass()], otherwise or [])


def loop(target: str, source: ast.expr, body: Body) -> ast.stmt:
    """``for target in source: …``."""
    return _For(_Name(target, ast.Store()), source, body or [_Pass()], [])


def attempt(body: Body, exception: str, handler: Body) -> ast.stmt:
    """``try: … except exception: …``."""
    return _Try(body, [_ExceptHandler(load(exception), None, handler)], [], [])


def function(name: str, parameters: Sequence[str], captured: Sequence[str], body: Body) -> ast.stmt:
    """``def name(*parameters, captured=captured): …``: what is captured is bound when the function is made."""
    names = [_Arg(each) for each in (*parameters, *captured)]
    arguments = ast.arguments([], names, None, [], [], None, [load(each) for each in captured])
    return _FunctionDef(name, arguments, body, [])


def give(value: ast.expr) -> ast.stmt:
    """``return value``."""
    return _Return(value)


def items(values: Sequence[ast.expr]) -> ast.expr:
    """``[a, b]``."""
    return _List(list(values), ast.Load())


def together(values: Sequence[ast.expr]) -> ast.expr:
    """``(a, b)``."""
    return _Tuple(list(values), ast.Load())


def mapping(keys: Sequence[ast.expr], values: Sequence[ast.expr]) -> ast.expr:
    """``{key: value}``."""
    return _Dict(list(keys), list(values))


def merged(first: ast.expr, second: ast.expr) -> ast.expr:
    """``{**first, **second}``."""
    return _Dict([None, None], [first, second])


def put(container: ast.expr, key: ast.expr, value: ast.expr) -> ast.stmt:
    """``container[key] = value``."""
    return _Assign([_Subscript(container, key, ast.Store())], value)


def negated(value: ast.expr) -> ast.expr:
    """``not value``."""
    return _UnaryOp(ast.Not(), value)


def leave_loop() -> ast.stmt:
    """``break``."""
    return _Break()
