"""Reads the score of a document: its expressions checked, its names made definitions like any other.

``score_parts`` and ``score`` are definitions that the document does not write out: a record with the points of each
part, and their sum. So whatever an expression may do with a definition it may do with the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.feel.compiler import Expression, compile_program
from engine.feel.errors import FeelError
from engine.feel.functions.points import TOTAL_DECIMALS, settled
from engine.feel.parser import parse
from engine.feel.printer import print_tree
from engine.feel.references import references
from engine.feel.tree import Node
from engine.feel.types import NUMBER, ContextOf, Type
from engine.feel.values import text as text_of
from engine.ruleset.citations import LegalSource
from engine.ruleset.document import Document, PartDeclaration, Rounding, ScoreDeclaration
from engine.ruleset.expressions import Checked, check_expression
from engine.ruleset.localized import Localized
from engine.ruleset.programs import with_definitions
from engine.ruleset.report import Report
from engine.ruleset.ruleset import Parameter
from engine.ruleset.score import PARTS, SCORE, DeductionRule, PartRule, ScoreRule
from engine.ruleset.source import Path
from engine.ruleset.standing import Standing, weakest
from engine.ruleset.vocabulary import Vocabulary, localized

NAMES: Final = (PARTS, SCORE)
_LABEL: Final = Localized("Điểm đánh giá", "Score")
_ROUNDED: Final[Mapping[str, str]] = {
    "half_up": "round half up",
    "half_even": "decimal",
    "down": "round down",
}


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """The expressions of a part, and the call that gives its points."""

    points: Checked
    deductions: tuple[Checked, ...]
    maximum: Checked
    call: Checked


@dataclass(frozen=True, slots=True)
class CheckedScore:
    """The expressions of a score that are right."""

    parts: Mapping[str, CheckedPart]

    @property
    def expressions(self) -> Iterator[Checked]:
        """What may be asked for the cause of a null."""
        return (part.call for part in self.parts.values())


def score_needs(document: Document, vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The names that the two definitions of the score read."""
    if document.score is None:
        return {}
    read: set[str] = set()
    for text in _texts(document.score):
        try:
            read.update(
                path.partition(".")[0] for path in references(parse(text, types=vocabulary.feel_types))
            )
        except FeelError:
            continue  # told where the expression is checked
    return {PARTS: read, SCORE: {PARTS}}


def _texts(score: ScoreDeclaration) -> Iterator[str]:
    for part in score.parts.values():
        yield part.points
        yield from (deduction.points for deduction in part.deductions.values())
        yield part.maximum


def check_score(document: Document, vocabulary: Vocabulary, report: Report) -> CheckedScore | None:
    """Check the expressions of the parts; None where there is no score or one of them is wrong."""
    if document.score is None:
        return None
    parts = {
        name: _check_part(part, ("score", "parts", name), document, vocabulary, report)
        for name, part in document.score.parts.items()
    }
    found = {name: part for name, part in parts.items() if part is not None}
    return CheckedScore(found) if len(found) == len(parts) else None


def _check_part(
    part: PartDeclaration, path: Path, document: Document, vocabulary: Vocabulary, report: Report
) -> CheckedPart | None:
    points = check_expression(part.points, (*path, "points"), vocabulary, report, NUMBER)
    deductions = [
        check_expression(each.points, (*path, "deductions", name, "points"), vocabulary, report, NUMBER)
        for name, each in part.deductions.items()
    ]
    maximum = check_maximum(part.maximum, (*path, "maximum"), document, vocabulary, report)
    right = tuple(checked for checked in deductions if checked is not None)
    if points is None or maximum is None or len(right) < len(deductions):
        return None
    _check_limits(part, points, maximum, path, report)
    floor = "" if part.floor is None else f", {text_of(part.floor)}"
    call = (
        f"score_part({print_tree(points.node)}, [{', '.join(print_tree(each.node) for each in right)}], "
        f"{print_tree(maximum.node)}, {str(part.capped).lower()}{floor})"
    )
    return CheckedPart(points, right, maximum, _checked(call, NUMBER, vocabulary))


def check_maximum(
    text: str, path: Path, document: Document, vocabulary: Vocabulary, report: Report
) -> Checked | None:
    """Check a maximum: a number of the law, which reads parameters and nothing else."""
    checked = check_expression(text, path, vocabulary, report, NUMBER)
    for read in checked.reads if checked is not None else ():
        if read.partition(".")[0] not in document.parameters:
            report.add(
                "maximum-reads",
                path,
                f"The maximum reads {read}, which is not a parameter.",
                "A maximum is set by the law, not by the record.",
                "Write a number, or an expression over parameters.",
            )
            return None
    return checked


def _check_limits(
    part: PartDeclaration, points: Checked, maximum: Checked, path: Path, report: Report
) -> None:
    most, sure = _constant(maximum), _constant(points)
    if most is not None and sure is not None and sure > most and not part.capped:
        report.add(
            "over-maximum",
            (*path, "points"),
            f"{text_of(sure)} points are above the maximum of {text_of(most)}.",
            "Points above the maximum cannot be counted.",
            "Correct one of the two, or write capped: true if what is above is not counted.",
        )
    if part.floor is not None and (part.floor < 0 or (most is not None and part.floor > most)):
        report.add(
            "bad-floor",
            (*path, "floor"),
            f"A floor of {text_of(part.floor)} is not between 0 and the maximum.",
            "",
            "Write one that is, such as 0.",
        )


def _constant(checked: Checked) -> Decimal | None:
    """The value of an expression that reads nothing."""
    if checked.reads:
        return None
    value = Expression(checked.node, checked.text, ())({})
    return value if isinstance(value, Decimal) else None


def _checked(text: str, type_: Type, vocabulary: Vocabulary) -> Checked:
    node = parse(text, types=vocabulary.feel_types)
    reads = tuple(read for read in references(node) if read.partition(".")[0] in vocabulary.names)
    return Checked(text, node, type_, reads)


def define(name: str, score: CheckedScore, rounding: Rounding | None, vocabulary: Vocabulary) -> Checked:
    """The definition of ``score_parts`` or of ``score``."""
    if name == SCORE:
        return _checked(_rounded(_total(score), rounding), NUMBER, vocabulary)
    calls = ", ".join(f"{part}: {checked.call.text}" for part, checked in score.parts.items())
    points = ContextOf(MappingProxyType(dict.fromkeys(score.parts, NUMBER)))
    return _checked(f"{{{calls}}}", points, vocabulary)


def _total(score: CheckedScore) -> str:
    return f"score_total([{', '.join(f'{PARTS}.{name}' for name in score.parts)}])"


def _rounded(text: str, rounding: Rounding | None) -> str:
    return text if rounding is None else f"{_ROUNDED[rounding.mode]}({text}, {text_of(rounding.digits)})"


def link_score(
    document: Document,
    checked: CheckedScore | None,
    definitions: Mapping[str, Checked],
    inputs: Mapping[str, Type],
    sources: Mapping[str, LegalSource],
    report: Report,
) -> ScoreRule | None:
    """The score as the engine runs it; None where there is none, or one that is wrong."""
    written = document.score
    if written is None:
        return None
    parts = tuple(_part(name, part, checked, sources, report) for name, part in written.parts.items())
    if checked is None or report.problems:
        return None
    return ScoreRule(
        _LABEL if written.label is None else localized(written.label),
        parts,
        tuple(dict.fromkeys(with_definitions([SCORE], definitions))),
        written.rounding is not None,
        compile_program(
            tuple(inputs),
            {name: definition.node for name, definition in definitions.items()},
            dict(_outputs(checked)),
            types=inputs,
        ),
    )


def _outputs(score: CheckedScore) -> Iterator[tuple[str, Node]]:
    for name, part in score.parts.items():
        yield f"points {name}", part.points.node
        for place, deduction in enumerate(part.deductions):
            yield f"deduction {place} {name}", deduction.node
        yield f"maximum {name}", part.maximum.node
        yield f"part {name}", parse(f"{PARTS}.{name}")
    yield "total", parse(SCORE)
    yield "exact", parse(_total(score))
    yield (
        "maximum",
        parse(f"score_total([{', '.join(print_tree(part.maximum.node) for part in score.parts.values())}])"),
    )


def _part(
    name: str,
    part: PartDeclaration,
    checked: CheckedScore | None,
    sources: Mapping[str, LegalSource],
    report: Report,
) -> PartRule:
    path: Path = ("score", "parts", name)
    if part.cite is None and "cite" not in report.at(path):
        report.add(
            "no-citation",
            path,
            f"{name} cites nothing.",
            "A part of a score has to say which law it comes from.",
            'Add cite: such as "nd335 16".',
            at_key=True,
        )
    return PartRule(
        name,
        localized(part.label),
        part.points,
        "" if checked is None else checked.parts[name].call.text,
        tuple(
            DeductionRule(
                each,
                localized(deduction.label),
                deduction.points,
                report.cited(deduction.cite, sources, (*path, "deductions", each, "cite")),
            )
            for each, deduction in part.deductions.items()
        ),
        report.cited(part.cite, sources, (*path, "cite")),
        Standing(part.standing),
    )


def check_total(
    document: Document,
    checked: CheckedScore | None,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Parameter],
    report: Report,
) -> None:
    """Report where the parts do not add up to the maximum that the score declares, on any day of effect."""
    written = document.score
    if written is None or written.maximum is None or checked is None:
        return
    maximum = check_maximum(written.maximum, ("score", "maximum"), document, vocabulary, report)
    if maximum is None or report.problems:
        return
    for day in _days(document, parameters):
        values = {name: value.value for name, parameter in parameters.items() if (value := parameter.on(day))}
        most = _on(maximum, values)
        parts = [_on(part.maximum, values) for part in checked.parts.values()]
        if most is None or None in parts:
            continue
        together = settled(sum((part for part in parts if part is not None), Decimal(0)), TOTAL_DECIMALS)
        if together != settled(most, TOTAL_DECIMALS):
            report.add(
                "parts-do-not-add-up",
                ("score", "maximum"),
                f"On {day} the parts add up to {text_of(together)}, not to {text_of(most)}.",
                "The maximum of a score is that of its parts.",
                "Correct the maximum of a part, or this one.",
            )
            return


def _on(checked: Checked, values: Mapping[str, object]) -> Decimal | None:
    value = Expression(checked.node, checked.text, tuple(values))(values)
    return value if isinstance(value, Decimal) else None


def _days(document: Document, parameters: Mapping[str, Parameter]) -> Iterator[date]:
    """The first day of effect, and each later one on which a parameter changes."""
    effective = document.effective
    yield effective.from_
    changes = {value.period.from_ for parameter in parameters.values() for value in parameter.values}
    for day in sorted(day for day in changes if day is not None):
        if effective.from_ < day and (effective.until is None or day <= effective.until):
            yield day


def standing_of(own: Standing, reads: Iterable[str], score: ScoreRule | None) -> Standing:
    """The standing of a criterion that reads these paths, definitions among them followed.

    What a criterion asks of a score is no surer than the parts of the score.
    """
    if score is None:
        return own
    read = set(reads)
    whole = not read.isdisjoint(NAMES)
    parts = [part for part in score.parts if whole or f"{PARTS}.{part.name}" in read]
    return weakest(own, *(part.standing for part in parts))
