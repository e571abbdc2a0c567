"""Expressions compared by their trees: definitions put in where they are read, and the narrowest difference found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, TypeVar

from engine.feel import tree
from engine.feel.printer import print_tree
from engine.feel.tree import Node, children

_Any = TypeVar("_Any", bound=Node)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a ruleset.

    Attributes:
        own: its tree.
        whole: the same with every definition that it reads put in, so that two are equal where they mean the same,
            whatever definitions are called.
    """

    own: Node
    whole: Node

    def __str__(self) -> str:
        return print_tree(self.own)

    def differs(self, other: Expression) -> bool:
        """Whether it says something else; where only a definition that both read differs, that is told there."""
        return self.own != other.own and self.whole != other.whole


class Narrow(NamedTuple):
    """Where two trees differ: what is lost, what is new; an empty text where there is nothing of the one."""

    lost: str
    new: str


def narrowest(old: Node, new: Node) -> Narrow | None:
    """The smallest part in which two trees differ; None where that is the whole of them."""
    found = _narrow(old, new)
    return None if found == Narrow(print_tree(old), print_tree(new)) else found


def _narrow(old: Node, new: Node) -> Narrow:
    for kind, joint in ((tree.And, " and "), (tree.Or, " or ")):
        if isinstance(old, kind) or isinstance(new, kind):
            return _operands(_alternatives(old, kind), _alternatives(new, kind), joint)
    whole = Narrow(print_tree(old), print_tree(new))
    if type(old) is not type(new):
        return whole
    befores, afters = tuple(children(old)), tuple(children(new))
    if len(befores) != len(afters) or _without_children(old) != _without_children(new):
        return whole
    different = [(one, other) for one, other in zip(befores, afters, strict=True) if one != other]
    return _narrow(*different[0]) if len(different) == 1 else whole


def _operands(old: Sequence[Node], new: Sequence[Node], joint: str) -> Narrow:
    """Which operands one of two has and the other has not; their order is not looked at."""
    before, after = Counter(old), Counter(new)
    lost, gained = list((before - after).elements()), list((after - before).elements())
    if len(lost) == len(gained) == 1 and len(old) == len(new) > 1:
        return _narrow(lost[0], gained[0])
    return Narrow(joint.join(map(print_tree, lost)), joint.join(map(print_tree, gained)))


def _alternatives(node: Node, kind: type[Node]) -> tuple[Node, ...]:
    """The operands of a node of that kind; another is one operand itself."""
    return tuple(children(node)) if isinstance(node, kind) else (node,)


def _without_children(node: Node) -> tuple[object, ...]:
    """What a node says besides its children."""

    def is_tree(value: object) -> bool:
        return isinstance(value, Node) or (
            isinstance(value, tuple) and bool(value) and all(isinstance(item, Node) for item in value)
        )

    values = (getattr(node, part.name) for part in fields(node) if part.name != "span")
    return tuple(value for value in values if not is_tree(value))


def expanded(node: _Any, definitions: Mapping[str, Node]) -> _Any:
    """`node` with the trees of `definitions`, expanded themselves, in place of their names.

    A name that a loop, a function or a record binds is none of theirs.
    """
    if isinstance(node, tree.Name):
        return definitions.get(node.name, node)  # type: ignore[return-value]  # any node may stand for a name
    bound = _bound(node)
    free = {name: each for name, each in definitions.items() if name not in bound} if bound else definitions
    return _rebuilt(node, lambda child: expanded(child, free))


def _bound(node: Node) -> frozenset[str]:
    match node:
        case tree.For(iterators) | tree.Quantified(_, iterators):
            return frozenset(each.name for each in iterators)
        case tree.FunctionLiteral(parameters):
            return frozenset(each.name for each in parameters)
        case tree.ContextLiteral(entries):
            return frozenset(each.name for each in entries)
    return frozenset()


def _rebuilt(node: _Any, change: Callable[[Node], Node]) -> _Any:
    changed: dict[str, object] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            changed[part.name] = change(value)
        elif isinstance(value, tuple) and part.name != "span":
            changed[part.name] = tuple(change(item) if isinstance(item, Node) else item for item in value)
    return replace(node, **changed) if changed else node  # type: ignore[arg-type]  # fields of its own, rebuilt
