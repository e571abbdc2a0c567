"""`Unknown`: the value of a fact that nobody stated.

It is neither null (stated to be empty) nor false nor 0. Every operation on it gives `Unknown` again, except
where the known operands settle the result (design, section 3.1). It remembers which facts it comes from, so
that a verdict can name what is missing.
"""

from __future__ import annotations

from typing import NoReturn, final


@final
class Unknown:
    """A value that is not known, and the facts that it comes from.

    Attributes:
        facts: paths of the facts it comes from, such as ``targets.total`` or ``discipline[0].act_id``.
        path: the fact that it stands for itself, or None where it is the result of an operation.
    """

    __slots__ = ("facts", "path")

    def __init__(self, facts: frozenset[str], path: str | None = None) -> None:
        self.facts = facts
        self.path = path

    @classmethod
    def fact(cls, path: str) -> Unknown:
        """The unknown value of the fact at `path`."""
        return cls(frozenset((path,)), path)

    def field(self, name: str) -> Unknown:
        """The field `name` of this value: a fact of its own where this one is a fact."""
        return self if self.path is None else Unknown.fact(f"{self.path}.{name}")

    @staticmethod
    def union(*values: object) -> Unknown:
        """The unknown result of an operation on `values`, from the facts of all that are unknown."""
        unknowns = [value for value in values if value.__class__ is Unknown]
        if len(unknowns) == 1 and unknowns[0].path is None:
            return unknowns[0]
        return Unknown(frozenset().union(*(unknown.facts for unknown in unknowns)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.facts == other.facts

    def __hash__(self) -> int:
        return hash((Unknown, self.facts))

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for true or false: no `if` in Python may settle what nobody stated."""
        raise TypeError("Unknown is neither true nor false")

    def __repr__(self) -> str:
        return f"Unknown({', '.join(sorted(self.facts))})"
