"""The base of the checker: names in scope, and where problems go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from engine.feel.checking.nearest import did_you_mean
from engine.feel.checking.samples import in_words, kind_name, property_names, property_type
from engine.feel.errors import Problem, Span
from engine.feel.functions import BUILTINS
from engine.feel.tree import Node
from engine.feel.types import ANY, ContextOf, FunctionOf, ListOf, Type


class Base:
    """Knows what names mean at a place.

    Args:
        types: the types of the names in the outermost scope.

    Attributes:
        problems: what was found, in the order of finding.
    """

    def __init__(self, types: Mapping[str, Type]) -> None:
        self.problems: list[Problem] = []
        self._scopes: list[Mapping[str, Type]] = [types]
        self._open = 0

    def type_of(self, node: Node) -> Type:
        """The type of a node's values, problems below it reported."""
        raise NotImplementedError

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(span, message, hint, code))

    @contextmanager
    def scope(self, names: Mapping[str, Type]) -> Iterator[None]:
        """Add names for the length of a block."""
        self._scopes.append(names)
        try:
            yield
        finally:
            self._scopes.pop()

    @contextmanager
    def item_scope(self, item: Type) -> Iterator[None]:
        """The inside of a filter; where nothing is known of the items, any name may be a field of theirs."""
        fields = item.fields if isinstance(item, ContextOf) else {}
        unknown_fields = item == ANY or (isinstance(item, ContextOf) and not fields)
        self._open += unknown_fields
        with self.scope({"item": item, **fields}):
            yield
        self._open -= unknown_fields

    def name(self, name: str, span: Span) -> Type:
        """The type of a name."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        if name in BUILTINS:
            return FunctionOf()
        if not self._open:
            self.report(span, "unknown-name", f"nothing is named {name} here", self._suggestion(name))
        return ANY

    def is_bound(self, name: str) -> bool:
        """Whether a scope has the name, so that it is not the built-in function of that name."""
        return any(name in scope for scope in self._scopes)

    def _suggestion(self, name: str) -> str:
        known = [each for scope in reversed(self._scopes) for each in scope]
        return did_you_mean(name, [*known, *BUILTINS, "true", "false", "null"])

    def member(self, owner: Type, name: str, span: Span) -> Type:
        """The type of ``owner.name``."""
        if isinstance(owner, ListOf):
            return ListOf(self.member(owner.item, name, span))
        if isinstance(owner, ContextOf):
            return self._field(owner, name, span)
        if kind_name(owner) in (None, "Null"):
            return ANY
        found = property_type(owner, name)
        if found is None:
            known = property_names(owner)
            hint = did_you_mean(name, known) or (f"it has {_listed(known)}" if known else "")
            self.report(span, "unknown-field", f"{in_words(owner)} has no part named {name}", hint)
        return found or ANY

    def _field(self, owner: ContextOf, name: str, span: Span) -> Type:
        if name in owner.fields or not owner.fields:
            return owner.fields.get(name, ANY)
        hint = did_you_mean(name, owner.fields) or f"it has {_listed(owner.fields)}"
        whose = owner.name or "the record"
        self.report(span, "unknown-field", f"{whose} has no field named {name}", hint)
        return ANY

    def expect_boolean(self, node: Node, found: Type, where: str) -> None:
        """Report a condition that is surely neither true nor false."""
        if kind_name(found) not in (None, "boolean", "Null"):
            self.report(
                node.span,
                "not-boolean",
                f"{where} needs true or false, and this is {in_words(found)}",
                "compare it with something",
            )


def item_of(type_: Type) -> Type:
    """The type of what a loop or filter goes through."""
    return type_.item if isinstance(type_, ListOf) else type_


def common(types: Iterable[Type]) -> Type:
    """The one type of all; Any where they differ, null aside."""
    found = [type_ for type_ in dict.fromkeys(types) if kind_name(type_) != "Null"]
    return found[0] if len(found) == 1 else ANY


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")
