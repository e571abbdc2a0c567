"""What a decision table is made of, as its author writes it (DMN 1.5, chapter 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.feel.types import ANY, NUMBER, ContextOf, ListOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.feel.tree import Node, UnaryTests


class HitPolicy(StrEnum):
    """What a table gives where several rows match."""

    UNIQUE = "unique"
    ANY = "any"
    PRIORITY = "priority"
    FIRST = "first"
    RULE_ORDER = "rule order"
    OUTPUT_ORDER = "output order"
    COLLECT = "collect"
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"

    @property
    def gives_list(self) -> bool:
        """Whether the result is the list of all matching rows' outputs."""
        return self in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)

    @property
    def aggregates(self) -> bool:
        """Whether the result is computed from the matching rows' outputs, of which there is one column then."""
        return self in (HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT)

    @property
    def ranks(self) -> bool:
        """Whether it needs the order of the output's values."""
        return self in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions.

    Attributes:
        name: what causes call it.
        expression: whose value the cells test.
        allowed: the unary tests that the value has to pass, or None where every value is allowed.
    """

    name: str
    expression: Node
    allowed: UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results.

    Attributes:
        name: of the entry in the result, where there are several outputs.
        type: of its values.
        values: those that are allowed, the one of highest priority first; empty where all are.
        default: gives the value where no row matches, or None.
    """

    name: str
    type: Type = ANY
    values: tuple[object, ...] = ()
    default: Node | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: a test for each input (no tests for ``-``), and an expression for each output."""

    tests: tuple[UnaryTests, ...]
    results: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Which rows match; the first is 0.

    Attributes:
        rows: those that match, whatever is unknown.
        possible: those that match or not, depending on what is unknown.
    """

    rows: tuple[int, ...]
    possible: tuple[int, ...] = ()


def result_type(hit: HitPolicy, outputs: Sequence[Output]) -> Type:
    """The type of a table's result."""
    if hit in (HitPolicy.SUM, HitPolicy.COUNT):
        return NUMBER
    one = outputs[0].type if len(outputs) == 1 else ContextOf({each.name: each.type for each in outputs})
    return ListOf(one) if hit.gives_list else one
