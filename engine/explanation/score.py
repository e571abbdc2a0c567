"""The lines of a score: each part with its points and its maximum, what was deducted, and the law."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from engine.explanation.law import write_law
from engine.explanation.phrases import phrase
from engine.explanation.writing import write
from engine.ruleset.localized import Language
from engine.ruleset.standing import Standing
from engine.scores import Deduction, Score, ScorePart


class ScoreLine(NamedTuple):
    """One part: its sentence, what was deducted, the law, and whether its points are known."""

    text: str
    items: tuple[str, ...]
    law: str
    known: bool


def score_heading(score: Score, language: Language) -> str:
    """The total, such as ``Score: 92 of 100 points``."""
    label, maximum = score.rule.label.in_(language), write(score.maximum, language)
    if not isinstance(score.total, Decimal):
        return phrase("points_open", language, label=label, maximum=maximum)
    heading = phrase("points", language, label=label, points=write(score.total, language), maximum=maximum)
    if score.exact != score.total:
        heading += phrase("points_rounded", language, exact=write(score.exact, language))
    return heading


def score_lines(score: Score, language: Language) -> Iterator[ScoreLine]:
    """A line for each part."""
    for part in score.parts:
        law = write_law(part.rule.citations, language)
        if part.rule.standing is not Standing.SOURCED:
            law = f"{law} - {phrase(f'standing_{part.rule.standing.value}', language)}"
        items = tuple(_deduction(each, language) for each in part.deductions if each.points != 0)
        if items and isinstance(part.before_deductions, Decimal):
            items = (
                phrase("points_before", language, points=write(part.before_deductions, language)),
                *items,
            )
        yield ScoreLine(_sentence(part, language), items, law, isinstance(part.points, Decimal))


def _sentence(part: ScorePart, language: Language) -> str:
    label, maximum = part.rule.label.in_(language), write(part.maximum, language)
    if isinstance(part.points, Decimal):
        return phrase("points", language, label=label, points=write(part.points, language), maximum=maximum)
    sentence = phrase("points_open", language, label=label, maximum=maximum)
    if part.cause is not None:
        sentence += phrase("cause", language, cause=part.cause.text(language))
    return sentence


def _deduction(deduction: Deduction, language: Language) -> str:
    label = deduction.rule.label.in_(language)
    return phrase("deduction", language, label=label, points=write(deduction.points, language))
