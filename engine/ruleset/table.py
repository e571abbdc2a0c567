"""A decision table of a ruleset, compiled."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.tables import DecisionTable
from engine.ruleset.citations import Citation
from engine.ruleset.localized import Localized
from engine.ruleset.types import DeclaredType


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A decision table.

    Attributes:
        name: what expressions call its result.
        label: what people call it.
        decision: the table itself.
        declared: the type of its result.
        reads: the paths that its inputs and cells read.
        citations: where the law says so.
        note: what should be known about it, or None.
    """

    name: str
    label: Localized
    decision: DecisionTable
    declared: DeclaredType
    reads: tuple[str, ...]
    citations: tuple[Citation, ...] = ()
    note: Localized | None = None
