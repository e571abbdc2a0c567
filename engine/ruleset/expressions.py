"""FEEL in a ruleset: parsed and type-checked, with each mistake at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from engine.feel.check import check
from engine.feel.compiler import Expression
from engine.feel.conformance import type_of
from engine.feel.errors import FeelLimitError, FeelSyntaxError
from engine.feel.errors import Problem as FeelProblem
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.references import references
from engine.feel.tree import Node, UnaryTests
from engine.feel.types import ANY, Type
from engine.ruleset.report import Report
from engine.ruleset.source import Path
from engine.ruleset.vocabulary import Vocabulary

Tree = TypeVar("Tree", bound=Node)


class Place(NamedTuple):
    """Where an expression stands.

    Attributes:
        path: of the text in the document.
        start: of the expression within that text.
        words: begin what is said of it, where the path does not tell, such as ``Row 3, level: ``.
    """

    path: Path
    start: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that parses and type-checks.

    Attributes:
        text: as written.
        node: its tree.
        type: what it gives.
        reads: the paths of facts, parameters and definitions that it reads.
    """

    text: str
    node: Node
    type: Type
    reads: tuple[str, ...]


def check_expression(
    text: str, path: Path, vocabulary: Vocabulary, report: Report, expected: Type | None = None
) -> Checked | None:
    """Parse and check an expression; None where it is wrong.

    Args:
        text: the expression.
        path: where it stands.
        vocabulary: what it may call.
        report: gets the problems.
        expected: what it has to give, or None where anything will do.
    """
    place = Place(path)
    node = parsed(lambda: parse(text, types=vocabulary.feel_types), place, report)
    return None if node is None else check_tree(node, text, place, vocabulary, report, expected)


def check_tree(
    node: Node,
    text: str,
    place: Place,
    vocabulary: Vocabulary,
    report: Report,
    expected: Type | None = None,
    *,
    tested: Type | None = None,
) -> Checked | None:
    """Check what was parsed of `text`; `tested` is the type of ``?`` in unary tests. Else as `check_expression`."""
    names = vocabulary.names if tested is None else {**vocabulary.names, "?": tested}
    checked = check(node, names, expected=expected)
    known = vocabulary.names.keys() | vocabulary.types.keys()
    for problem in checked.problems:
        _report(problem, place, report, known)
    reads = tuple(read for read in references(node) if read.partition(".")[0] in vocabulary.names)
    _refuse_sensitive(text, reads, place, vocabulary, report)
    return None if checked.problems else Checked(text, node, checked.type, reads)


def check_tests(text: str, path: Path, tested: Type, report: Report) -> UnaryTests | None:
    """Parse and check the unary tests that a value of type `tested` has to pass; None where they are wrong."""
    place = Place(path)
    node = parsed(lambda: parse_unary_tests(text), place, report)
    if node is None:
        return None
    checked = check(node, {"?": tested})
    for problem in checked.problems:
        _report(problem, place, report, {str(tested)})
    return None if checked.problems else node


def check_constant(text: str, path: Path, report: Report) -> tuple[Type, object]:
    """The type and value of an expression that reads nothing; type any and null where it is wrong."""
    checked = check_expression(text, path, Vocabulary(), report)
    if checked is None:
        return ANY, None
    try:
        value = Expression(checked.node, text, ())({})
    except FeelLimitError as error:
        report.add("expression-limit", path, _sentence(str(error)))
        return ANY, None
    if value is None:
        report.add("no-value", path, f"{text} is null.", "", "Write an expression that has a value.")
    # duration("P2Y") is of either kind until it is evaluated.
    return type_of(value), value


def parsed(read: Callable[[], Tree], place: Place, report: Report) -> Tree | None:
    """What `read` gives; None where the text at `place` does not parse, which is reported."""
    try:
        return read()
    except FeelSyntaxError as error:
        _report(error.problem, place, report)
    except FeelLimitError as error:
        report.add("expression-limit", place.path, place.words + _sentence(str(error)))
    return None


def _report(problem: FeelProblem, place: Place, report: Report, names: Collection[str] = ()) -> None:
    code = "expression-syntax" if problem.code == "syntax" else problem.code
    span = (place.start + problem.span.start, place.start + problem.span.end)
    what = place.words + _sentence(problem.message, names)
    report.add(code, place.path, what, "", _sentence(problem.hint, names), span=span)


def _sentence(text: str, names: Collection[str] = ()) -> str:
    """A message of the language as a sentence; one that begins with one of `names` keeps it as it is."""
    if not text:
        return ""
    first = text[0] if text.split(maxsplit=1)[0] in names else text[0].upper()
    end = "" if text[-1] in ".?!" else "."
    return f"{first}{text[1:]}{end}"


def _refuse_sensitive(
    text: str, reads: tuple[str, ...], place: Place, vocabulary: Vocabulary, report: Report
) -> None:
    for name in dict.fromkeys(read.partition(".")[0] for read in reads):
        if name in vocabulary.sensitive:
            found = re.search(rf"\b{re.escape(name)}\b", text)
            start, end = found.span() if found else (0, len(text))
            report.add(
                "sensitive-fact",
                place.path,
                f'{place.words}"{name}" states {vocabulary.sensitive[name]}, and nobody may be judged by that.',
                "A fact marked as sensitive is kept for statistics only.",
                "Take it out of the expression, or correct the mark if it is a mistake.",
                span=(place.start + start, place.start + end),
            )
