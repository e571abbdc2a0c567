"""The score of a ruleset, compiled: its parts, and the expressions that give their points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from engine.ruleset.citations import Citation
from engine.ruleset.localized import Localized
from engine.ruleset.standing import Standing

SCORE: Final = "score"  # what expressions call the total
PARTS: Final = "score_parts"  # and the parts: score_parts.general


class Program(Protocol):
    """Several expressions as one function."""

    def run(self, facts: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of the outputs, in order, for the facts and parameters by name."""

    def judge(self, facts: Mapping[str, Any]) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
        """For each demand its answer, for each what it saw, and the values of the outputs."""


@dataclass(frozen=True, slots=True)
class DeductionRule:
    """Points that are taken off a part."""

    name: str
    label: Localized
    expression: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class PartRule:
    """A part of a score.

    Attributes:
        name: what expressions call it, after ``score_parts.``.
        label: what people call it.
        expression: the FEEL text of its points before deductions.
        call: the FEEL text of its points.
        deductions: what is taken off, in the order of the document.
        citations: where the law says so.
        standing: how surely that is known.
    """

    name: str
    label: Localized
    expression: str
    call: str
    deductions: tuple[DeductionRule, ...]
    citations: tuple[Citation, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """What a score is made of.

    Attributes:
        label: what people call it.
        parts: in the order of the document.
        reads: the paths of facts, definitions and parameters that it comes from.
        rounded: whether the total is rounded.
        program: gives, for each part, its points before deductions, each deduction, its maximum and its points;
            then the total, the total before it is rounded, and the sum of the maxima.
    """

    label: Localized
    parts: tuple[PartRule, ...]
    reads: tuple[str, ...]
    rounded: bool
    program: Program
