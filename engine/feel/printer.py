"""A tree to its canonical text: ``parse(print_tree(tree), names=…) == tree``."""

from __future__ import annotations

import re
from typing import Final

from engine.feel import tree
from engine.feel.lexer import words
from engine.feel.tree import Node

# How tightly a node's own operator binds; what stands inside must bind tighter or take parentheses.
_TEXTUAL, _OR, _AND, _COMPARISON, _ADDITIVE, _MULTIPLICATIVE, _POWER, _SIGN, _TYPED, _POSTFIX, _ATOM = range(
    11
)
_ARITHMETIC: Final = {
    "+": _ADDITIVE,
    "-": _ADDITIVE,
    "*": _MULTIPLICATIVE,
    "/": _MULTIPLICATIVE,
    "**": _POWER,
}
_PLAIN_KEY: Final = re.compile(r"[^\W\d]\w*")
_ESCAPED: Final = re.compile(r'["\\\n\r]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def print_tree(node: Node) -> str:
    """The text of `node` with FEEL's usual spacing and no parentheses that are not needed."""
    return _print(node)[0]


def quote(text: str) -> str:
    """`text` as a string literal."""
    return '"' + _ESCAPED.sub(lambda match: _ESCAPES[match.group()], text) + '"'


def _inside(node: Node, least: int) -> str:
    """The text of `node`, in parentheses if it binds looser than `least`."""
    text, binds = _print(node)
    return text if binds >= least else f"({text})"


def _comma(nodes: tuple[Node, ...]) -> str:
    return ", ".join(print_tree(node) for node in nodes)


def _print(node: Node) -> tuple[str, int]:
    match node:
        case tree.Number(value):
            return (str(value), _ATOM)
        case tree.Text(value):
            return quote(value), _ATOM
        case tree.Boolean(value):
            return "true" if value else "false", _ATOM
        case tree.Null():
            return "null", _ATOM
        case tree.AtLiteral(text):
            return "@" + quote(text), _ATOM
        case tree.Name(name):
            return name, _ATOM
        case tree.Path(value, name):
            return f"{_inside(value, _POSTFIX)}.{name}", _POSTFIX
        case tree.Filter(value, predicate):
            return f"{_inside(value, _POSTFIX)}[{print_tree(predicate)}]", _POSTFIX
        case tree.Call():
            return f"{_inside(node.function, _POSTFIX)}({_arguments(node)})", _POSTFIX
        case tree.ListLiteral(items):
            return f"[{_comma(items)}]", _ATOM
        case tree.ContextLiteral(entries):
            return "{" + ", ".join(
                f"{_key(entry.name)}: {print_tree(entry.value)}" for entry in entries
            ) + "}", _ATOM
        case tree.RangeLiteral():
            return _range(node), _ATOM
        case tree.Lookup(table, inputs):
            return f"{table.name}({_comma(inputs)})", _POSTFIX
        case _:
            return _operator(node)


def _operator(node: Node) -> tuple[str, int]:
    match node:
        case tree.Negate(operand):
            return f"-{_inside(operand, _SIGN)}", _SIGN
        case tree.Arithmetic(operator, left, right):
            binds = _ARITHMETIC[operator]
            return f"{_inside(left, binds)} {operator} {_inside(right, binds + 1)}", binds
        case tree.Comparison(operator, left, right):
            return f"{_inside(left, _ADDITIVE)} {operator} {_inside(right, _ADDITIVE)}", _COMPARISON
        case tree.Between(value, low, high):
            low_text, high_text = _inside(low, _ADDITIVE), _inside(high, _ADDITIVE)
            return f"{_inside(value, _ADDITIVE)} between {low_text} and {high_text}", _COMPARISON
        case tree.In(value, tests):
            return f"{_inside(value, _ADDITIVE)} in {_tests(tests)}", _COMPARISON
        case tree.HalfComparison(operator, operand):
            return f"{operator} {_inside(operand, _ADDITIVE)}", _TEXTUAL
        case tree.InstanceOf(value, type_):
            return f"{_inside(value, _TYPED)} instance of {type_}", _TYPED
        case tree.And(operands):
            return " and ".join(_inside(operand, _COMPARISON) for operand in operands), _AND
        case tree.Or(operands):
            return " or ".join(_inside(operand, _AND) for operand in operands), _OR
        case _:
            return _textual(node), _TEXTUAL


def _textual(node: Node) -> str:
    match node:
        case tree.If(condition, consequence, alternative):
            parts = (print_tree(condition), print_tree(consequence), print_tree(alternative))
            return "if {} then {} else {}".format(*parts)
        case tree.For(iterators, body):
            return f"for {_comma(iterators)} return {print_tree(body)}"
        case tree.Quantified(quantifier, iterators, condition):
            return f"{quantifier} {_comma(iterators)} satisfies {print_tree(condition)}"
        case tree.Iterator(name, source):
            return f"{name} in {print_tree(source)}"
        case tree.Series(low, high):
            return f"{print_tree(low)}..{print_tree(high)}"
        case tree.FunctionLiteral(parameters, body, external):
            return f"function({_comma(parameters)}) {'external ' if external else ''}{print_tree(body)}"
        case tree.Parameter(name, type_):
            return name if type_ is None else f"{name}: {type_}"
        case tree.UnaryTests(tests, negated):
            inner = _comma(tests) or "-"
            # A call of not alone would read as the negation of a test.
            return f"not({inner})" if negated else f"({inner})" if _is_negation(tests) else inner
    raise TypeError(f"{type(node).__name__} is not a node of the tree")


def _arguments(call: tree.Call) -> str:
    if not call.names:
        return _comma(call.arguments)
    return ", ".join(
        f"{name}: {print_tree(value)}" for name, value in zip(call.names, call.arguments, strict=True)
    )


def _tests(tests: tuple[Node, ...]) -> str:
    if len(tests) == 1:
        binds = _print(tests[0])[1]
        if binds >= _ADDITIVE:
            return print_tree(tests[0])
    return f"({_comma(tests)})"


def _range(node: tree.RangeLiteral) -> str:
    opening, closing = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
    return f"{opening}{print_tree(node.low)}..{print_tree(node.high)}{closing}"


def _is_negation(tests: tuple[Node, ...]) -> bool:
    return len(tests) == 1 and isinstance(tests[0], tree.Call) and tests[0].function == tree.Name("not")


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and len(words(name)) == 1 else quote(name)
