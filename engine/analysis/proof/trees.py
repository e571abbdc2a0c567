"""Trees of expressions with names replaced by what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from engine.feel import tree
from engine.feel.tree import Node


def put_in(node: Node, meant: Mapping[str, Node]) -> Node:
    """`node` with each name in `meant` replaced by its tree.

    Names that a loop, a function or a context binds stay, and so does everything in a filter, where a name may be a
    field of the items.
    """
    if not meant:
        return node
    match node:
        case tree.Name(name):
            return meant.get(name, node)
        case tree.Filter(value, _):
            return replace(node, value=put_in(value, meant))
        case tree.For(iterators) | tree.Quantified(_, iterators):
            return _loop(node, iterators, meant)
        case tree.FunctionLiteral(parameters):
            inner = _without(meant, *(each.name for each in parameters))
            return replace(node, body=put_in(node.body, inner))
        case tree.ContextLiteral(entries):
            return replace(node, entries=tuple(_entries(entries, meant)))
        case tree.Call(function):
            arguments = tuple(put_in(each, meant) for each in node.arguments)
            return replace(node, function=function, arguments=arguments)
        case tree.Lookup():
            return node
    changed = {
        part.name: _part(getattr(node, part.name), meant) for part in fields(node) if part.name != "span"
    }
    return replace(node, **changed)


def _part(value: Any, meant: Mapping[str, Node]) -> Any:
    if isinstance(value, Node):
        return put_in(value, meant)
    if isinstance(value, tuple):
        return tuple(put_in(each, meant) if isinstance(each, Node) else each for each in value)
    return value


def _loop(
    node: tree.For | tree.Quantified, iterators: tuple[tree.Iterator, ...], meant: Mapping[str, Node]
) -> Node:
    found = []
    for each in iterators:
        found.append(replace(each, source=put_in(each.source, meant)))
        meant = _without(meant, each.name)
    if isinstance(node, tree.For):
        return replace(node, iterators=tuple(found), body=put_in(node.body, _without(meant, "partial")))
    return replace(node, iterators=tuple(found), condition=put_in(node.condition, meant))


def _entries(entries: tuple[tree.Entry, ...], meant: Mapping[str, Node]) -> list[tree.Entry]:
    found = []
    for entry in entries:
        found.append(replace(entry, value=put_in(entry.value, meant)))
        meant = _without(meant, entry.name)
    return found


def _without(meant: Mapping[str, Node], *names: str) -> Mapping[str, Node]:
    return {name: node for name, node in meant.items() if name not in names}
