"""Thresholds against the words of the law.

A threshold cuts the numbers in two, and the question is to which side the number itself belongs. `>=` and `<` cut
below it, `>` and `<=` above it; a negation changes neither. So the words of a text and the operator of a condition
can be compared without understanding the sentence: only what is said of one number has to be found in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final, NamedTuple

from engine.analysis.model import Finding
from engine.analysis.study import OF_SCORE, Study
from engine.feel import tree
from engine.feel.printer import print_tree
from engine.ruleset.ruleset import Criterion


class Cut(Enum):
    """Where a threshold cuts: the number itself belongs to what is above the cut, or to what is below it."""

    BELOW = "below"  # >= and <
    ABOVE = "above"  # > and <=


class Said(NamedTuple):
    """A threshold in a text: the number, the cut, and the words."""

    number: Fraction
    cut: Cut
    words: str


class _Asked(NamedTuple):
    """A threshold in a condition."""

    number: Fraction
    cut: Cut
    condition: str
    mended: str


_CUTS: Final[Mapping[str, Cut]] = {">=": Cut.BELOW, "<": Cut.BELOW, ">": Cut.ABOVE, "<=": Cut.ABOVE}
_OTHER: Final[Mapping[str, str]] = {">=": ">", ">": ">=", "<": "<=", "<=": "<"}
_TURNED: Final[Mapping[str, str]] = {">=": "<=", "<=": ">=", "<": ">", ">": "<"}
_MONTHS: Final = 12
_FACTOR_WORDS: Final = re.compile(r"\s*(?:năm|years?)(?!\w)", re.IGNORECASE)

_WORDS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "hai|two",
            "ba|three",
            "bốn|four",
            "five",
            "sáu|six",
            "bảy|seven",
            "tám|eight",
            "chín|nine",
            "mười|ten",
        ),
        2,
    )
    for word in words.split("|")
}
_NUMBER: Final = (
    r"(?P<number>một nửa|nửa|half|(?P<word>"
    + "|".join(_WORDS)
    + r")(?!\w)|(?P<top>\d+)\s*/\s*(?P<bottom>\d+)"
    r"|(?P<digits>\d+(?:[.,]\d+)?)\s*(?P<percent>%)?|\{\s*(?P<path>[^\W\d]\w*)\s*(?::\s*\w+\s*)?\})"
)
_AFTER: Final = r"[^.;:,{}\d]{0,60}?"  # between a number and the words that close the phrase
_PHRASES: Final[tuple[tuple[Cut, str], ...]] = (
    (Cut.ABOVE, rf"từ\s+(?:đủ\s+)?{_NUMBER}{_AFTER}trở\s+xuống"),
    (Cut.BELOW, rf"từ\s+(?:đủ\s+)?{_NUMBER}{_AFTER}trở\s+lên"),
    (Cut.BELOW, rf"từ\s+(?:đủ\s+)?{_NUMBER}{_AFTER}đến\s+dưới"),
    (
        Cut.BELOW,
        rf"(?:ít nhất|tối thiểu|dưới|đủ|ít hơn|thấp hơn|kém hơn)\s+(?:là\s+|từ\s+)?(?:đủ\s+)?{_NUMBER}",
    ),
    (Cut.ABOVE, rf"(?:trên|quá|vượt|nhiều hơn|cao hơn|lớn hơn|tối đa|nhiều nhất)\s+(?:là\s+)?{_NUMBER}"),
    (Cut.ABOVE, rf"(?:more than|over|above|exceed(?:s|ed|ing)?|at most|up to|beyond)\s+(?:the\s+)?{_NUMBER}"),
    (
        Cut.BELOW,
        rf"(?:at least|under|below|less than|fewer than|short of|no less than|not less than)\s+{_NUMBER}",
    ),
    (Cut.BELOW, rf"{_NUMBER}{_AFTER}or\s+(?:more|above|over|longer|higher)"),
    (Cut.ABOVE, rf"{_NUMBER}{_AFTER}or\s+(?:less|fewer|below|under|lower)"),
)
_PATTERNS: Final = tuple((cut, re.compile(rf"(?<!\w){text}", re.IGNORECASE)) for cut, text in _PHRASES)


def thresholds_said(text: str, values: Mapping[str, Fraction]) -> Iterator[Said]:
    """The thresholds that a text speaks of.

    Args:
        text: a label, what a finding says, or a note.
        values: of the parameters that the text may put in.
    """
    for cut, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            for number in _numbers(match, text, values):
                yield Said(number, cut, " ".join(match.group().split()))


def _numbers(match: re.Match[str], text: str, values: Mapping[str, Fraction]) -> Iterator[Fraction]:
    """What the number of a phrase may be in a condition: years are counted in months as well."""
    if match["path"]:
        if match["path"] in values:
            yield values[match["path"]]
        return
    if match["top"]:
        if int(match["bottom"]):
            yield Fraction(int(match["top"]), int(match["bottom"]))
        return
    if match["word"]:
        number = Fraction(_WORDS[match["word"].lower()])
    elif match["digits"]:
        number = Fraction(Decimal(match["digits"].replace(",", ".")))
    else:
        yield Fraction(1, 2)
        return
    yield number / 100 if match["percent"] else number
    if _FACTOR_WORDS.match(text, match.end("number")):
        yield number * _MONTHS


def thresholds_worded_otherwise(study: Study) -> Iterator[Finding]:
    """Criteria whose condition leaves a number on another side than their own words do."""
    days = study.days
    for criterion in study.ruleset.criteria:
        told: set[tuple[Fraction, str]] = set()
        for day in days:
            for finding, key in _of_criterion(study, criterion, day):
                if key not in told:
                    told.add(key)
                    yield finding


def _of_criterion(
    study: Study, criterion: Criterion, day: date
) -> Iterator[tuple[Finding, tuple[Fraction, str]]]:
    values = _numbers_on(study, day)
    asked: dict[Fraction, list[_Asked]] = {}
    for each in _asked(study, study.parse(criterion.expression), values):
        asked.setdefault(_rounded(each.number), []).append(each)
    if not asked:
        return
    spoken: set[Fraction] = set()
    for place, place_vi, text in _texts(study, criterion):
        said: dict[Fraction, list[Said]] = {}
        for words in thresholds_said(text, values):
            said.setdefault(_rounded(words.number), []).append(words)
        # The label speaks of what is demanded; what a finding says may count from elsewhere ("one more is over two").
        for number in sorted(said.keys() & asked.keys() - spoken):
            spoken.add(number)
            cuts = {words.cut for words in said[number]}
            if cuts.isdisjoint(each.cut for each in asked[number]):
                condition, words = asked[number][0], said[number][0]
                details = {
                    "condition": condition.condition,
                    "number": _shown(words),
                    "place": place,
                    "place_vi": place_vi,
                    "said": words.words,
                    "operator": condition.mended,
                }
                path = ("criteria", criterion.name, "holds")
                yield study.found("threshold-operator", path, details), (number, condition.condition)


def _texts(study: Study, criterion: Criterion) -> Iterator[tuple[str, str, str]]:
    """The texts of a criterion with what each is called, the ones that bind most first."""
    written = study.document.criteria[criterion.name]
    yield "label", "nhãn tiếng Việt", written.label.vi
    yield "English label", "nhãn tiếng Anh", written.label.en
    for language, vietnamese in (("vi", "tiếng Việt"), ("en", "tiếng Anh")):
        for status, text in getattr(written.says, language).model_dump(exclude_none=True).items():
            yield f"text for {status} ({language})", f"câu “{status}” {vietnamese}", text
    if written.note is not None:
        yield "note", "ghi chú", written.note.vi


def _numbers_on(study: Study, day: date) -> dict[str, Fraction]:
    """The parameters that are numbers, on a day."""
    return {
        name: Fraction(value)
        for name, value in study.ruleset.parameters_on(day).items()
        if isinstance(value, Decimal)
    }


def _asked(study: Study, node: tree.Node, values: Mapping[str, Fraction], depth: int = 0) -> Iterator[_Asked]:
    """The thresholds of a condition, definitions followed."""
    match node:
        case tree.Comparison(operator, left, right) if operator in _CUTS:
            yield from _comparison(operator, left, right, values)
        case tree.In(value, tests):
            for test in tests:
                yield from _test(value, test, values)
        case tree.Between(value, low, high):
            yield from _comparison(">=", value, low, values)
            yield from _comparison("<=", value, high, values)
        case tree.Name(name) if name not in OF_SCORE:
            definition = next((each for each in study.ruleset.definitions if each.name == name), None)
            if definition is not None and not isinstance(definition.node, tree.Lookup):
                yield from _asked(study, definition.node, values, depth + 1)
            return
    for child in tree.children(node):
        yield from _asked(study, child, values, depth)


def _test(value: tree.Node, test: tree.Node, values: Mapping[str, Fraction]) -> Iterator[_Asked]:
    match test:
        case tree.HalfComparison(operator, operand) if operator in _CUTS:
            yield from _comparison(operator, value, operand, values)
        case tree.RangeLiteral(low, high, low_closed, high_closed):
            yield from _comparison(">=" if low_closed else ">", value, low, values)
            yield from _comparison("<=" if high_closed else "<", value, high, values)


def _comparison(
    operator: str, left: tree.Node, right: tree.Node, values: Mapping[str, Fraction]
) -> Iterator[_Asked]:
    for term, bound, way in ((left, right, operator), (right, left, _TURNED[operator])):
        number = _constant(bound, values)
        if number is not None and _constant(term, values) is None:
            condition = f"{print_tree(left)} {operator} {print_tree(right)}"
            mended = f"{print_tree(left)} {_OTHER[operator]} {print_tree(right)}"
            yield _Asked(number, _CUTS[way], condition, mended)


def _constant(node: tree.Node, values: Mapping[str, Fraction]) -> Fraction | None:
    """The number that a node is, from literals and parameters."""
    match node:
        case tree.Number(value):
            return Fraction(value)
        case tree.Name(name):
            return values.get(name)
        case tree.Negate(operand):
            opposite = _constant(operand, values)
            return None if opposite is None else -opposite
        case tree.Arithmetic(operator, left, right):
            first, second = _constant(left, values), _constant(right, values)
            if first is None or second is None:
                return None
            match operator:
                case "+":
                    return first + second
                case "-":
                    return first - second
                case "*":
                    return first * second
                case "/":
                    return first / second if second else None
    return None


def _rounded(number: Fraction) -> Fraction:
    """As near as texts write it: two thirds as a decimal of 34 digits are two thirds."""
    return number.limit_denominator(1000)


def _shown(words: Said) -> str:
    return str(float(words.number)) if words.number.denominator not in (1, 2) else str(words.number)
