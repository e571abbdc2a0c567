"""Which names of its surroundings an expression reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.feel import tree
from engine.feel.functions import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.feel.tree import Node

_NONE: Final[frozenset[str]] = frozenset()


def references(node: Node) -> tuple[str, ...]:
    """The dotted paths of the free names that `node` reads, each once, in order of appearance.

    ``targets.exceeded / targets.total >= share`` reads ``targets.exceeded``, ``targets.total`` and ``share``. Names
    that a loop, a function or a context binds are left out, and built-in functions. A name inside a filter may be a
    field of the items or a name outside; it is given, since the text does not tell. ``item`` of a filter is not.
    """
    return tuple(dict.fromkeys(".".join(path) for path in _paths(node, _NONE)))


def free_names(node: Node) -> frozenset[str]:
    """The names that the paths of `references` begin with, and those of built-in functions."""
    return frozenset(path[0] for path in _paths(node, _NONE, functions=True))


def _paths(node: Node, bound: frozenset[str], *, functions: bool = False) -> Iterator[tuple[str, ...]]:
    match node:
        case tree.Name(name):
            if name not in bound and (functions or name not in BUILTINS):
                yield (name,)
        case tree.Path():
            path = _dotted(node)
            if not path:
                yield from _paths(node.value, bound, functions=functions)
            elif path[0] not in bound:
                yield path
        case tree.Filter(value, predicate):
            yield from _paths(value, bound, functions=functions)
            yield from _paths(predicate, bound | {"item"}, functions=functions)
        case tree.For(iterators, body):
            yield from _loop(iterators, body, bound, frozenset(("partial",)), functions=functions)
        case tree.Quantified(_, iterators, condition):
            yield from _loop(iterators, condition, bound, _NONE, functions=functions)
        case tree.FunctionLiteral(parameters, body, external):
            if not external:
                inner = bound.union(parameter.name for parameter in parameters)
                yield from _paths(body, inner, functions=functions)
        case tree.ContextLiteral(entries):
            for entry in entries:
                yield from _paths(entry.value, bound, functions=functions)
                bound |= {entry.name}
        case _:
            for child in tree.children(node):
                yield from _paths(child, bound, functions=functions)


def _loop(
    iterators: tuple[tree.Iterator, ...],
    body: Node,
    bound: frozenset[str],
    extra: frozenset[str],
    *,
    functions: bool,
) -> Iterator[tuple[str, ...]]:
    for iterator in iterators:
        yield from _paths(iterator.source, bound, functions=functions)
        bound |= {iterator.name}
    yield from _paths(body, bound | extra, functions=functions)


def _dotted(node: tree.Path) -> tuple[str, ...]:
    """The names of a whole path; empty where it does not begin with a name."""
    parts: list[str] = [node.name]
    value = node.value
    while isinstance(value, tree.Path):
        parts.append(value.name)
        value = value.value
    if not isinstance(value, tree.Name):
        return ()
    parts.append(value.name)
    return tuple(reversed(parts))
