"""The score of a record: the points of every part, what was deducted from them, and the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from engine.canonical import Data, tagged, texts, without_empty
from engine.feel.causes import Cause
from engine.feel.functions.points import PART_DECIMALS, settled
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import DeductionRule, PartRule, ScoreRule


class Deduction(NamedTuple):
    """Points taken off a part: a number, `Unknown`, or None where they cannot be computed."""

    rule: DeductionRule
    points: object


class ScorePart(NamedTuple):
    """The points of one part.

    Attributes:
        rule: what the ruleset says of the part.
        points: after deductions: a number, `Unknown`, or None where they cannot be computed.
        maximum: the most that they can be.
        before_deductions: before deductions, and before what is above the maximum is cut off.
        deductions: in the ruleset's order.
        cause: why `points` cannot be computed.
    """

    rule: PartRule
    points: object
    maximum: object
    before_deductions: object
    deductions: tuple[Deduction, ...]
    cause: Cause | None

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        data: Data = {
            "part": self.rule.name,
            "points": tagged(self.points),
            "maximum": tagged(self.maximum),
            "standing": self.rule.standing.value,
        }
        if self.deductions:
            data["before_deductions"] = tagged(self.before_deductions)
            data["deductions"] = list(map(_deduction_data, self.deductions))
        if self.rule.citations:
            data["citations"] = texts(self.rule.citations)
        if self.cause is not None:
            data["cause"] = {"code": self.cause.code, "text": self.cause.text("en")}
        return data


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one record.

    Attributes:
        rule: what the ruleset says of the score.
        parts: in the ruleset's order.
        total: the sum of the parts, rounded where the ruleset says so: a number, `Unknown`, or None.
        exact: the sum before it is rounded.
        maximum: the most that it can be.
    """

    rule: ScoreRule
    parts: tuple[ScorePart, ...]
    total: object
    exact: object
    maximum: object

    @property
    def data(self) -> Data:
        """As plain data, empty parts left out."""
        data: Data = {"total": tagged(self.total), "maximum": tagged(self.maximum)}
        if self.rule.rounded:
            data["exact"] = tagged(self.exact)
        return data | {"parts": [part.data for part in self.parts]}


def _deduction_data(deduction: Deduction) -> Data:
    return without_empty(
        {
            "deduction": deduction.rule.name,
            "points": tagged(deduction.points),
            "citations": texts(deduction.rule.citations),
        }
    )


def score_of(ruleset: Ruleset, values: Mapping[str, object]) -> Score | None:
    """The score of `ruleset` on `values`, facts and parameters by name; None where it has none.

    Raises:
        FeelLimitError: an expression passed a limit of the language.
    """
    if ruleset.score is None:
        return None
    results = iter(ruleset.score.program.run(values))
    parts = tuple(_part(ruleset, rule, results, values) for rule in ruleset.score.parts)
    return Score(ruleset.score, parts, next(results), next(results), next(results))


def _part(
    ruleset: Ruleset, rule: PartRule, results: Iterator[object], values: Mapping[str, object]
) -> ScorePart:
    before = next(results)
    deductions = tuple(Deduction(each, next(results)) for each in rule.deductions)
    maximum, points = next(results), next(results)
    if isinstance(maximum, Decimal):
        maximum = settled(maximum, PART_DECIMALS)
    cause = ruleset.why_null(rule.call, values) if points is None else None
    return ScorePart(rule, points, maximum, before, deductions, cause)
