"""FEEL in a ruleset: parsed and type-checked, with each mistake at its place in the file."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.check import check
from engine.feel.compiler import Expression
from engine.feel.errors import FeelLimitError, FeelSyntaxError
from engine.feel.errors import Problem as FeelProblem
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.references import references
from engine.feel.tree import Node
from engine.feel.types import ANY, Type
from engine.ruleset.report import Report
from engine.ruleset.source import Path
from engine.ruleset.vocabulary import Vocabulary


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
    try:
        node = parse(text, names=vocabulary.names, types=vocabulary.feel_types)
        checked = check(node, vocabulary.names, expected=expected)
    except FeelSyntaxError as error:
        _report(error.problem, path, report)
        return None
    except FeelLimitError as error:
        report.add(
            "expression-limit",
            path,
            f"{str(error)[:1].upper()}{str(error)[1:]}.",
            "",
            "Divide it by definitions.",
        )
        return None
    for problem in checked.problems:
        _report(problem, path, report)
    reads = tuple(read for read in references(node) if read.partition(".")[0] in vocabulary.names)
    _refuse_sensitive(text, reads, path, vocabulary, report)
    return None if checked.problems else Checked(text, node, checked.type, reads)


def check_tests(text: str, path: Path, tested: Type, report: Report) -> Node | None:
    """Parse and check the unary tests that a value of type `tested` has to pass; None where they are wrong."""
    try:
        node = parse_unary_tests(text)
        checked = check(node, {"?": tested})
    except FeelSyntaxError as error:
        _report(error.problem, path, report)
        return None
    except FeelLimitError as error:
        report.add("expression-limit", path, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return None
    for problem in checked.problems:
        _report(problem, path, report)
    return None if checked.problems else node


def check_constant(text: str, path: Path, report: Report) -> tuple[Type, object]:
    """The type and value of an expression that reads nothing; type any and null where it is wrong."""
    checked = check_expression(text, path, Vocabulary(), report)
    return (ANY, None) if checked is None else (checked.type, Expression(checked.node, text, ())({}))


def _report(problem: FeelProblem, path: Path, report: Report) -> None:
    code = "expression-syntax" if problem.code == "syntax" else problem.code
    report.add(
        code,
        path,
        _sentence(problem.message),
        "",
        _sentence(problem.hint),
        span=(problem.span.start, problem.span.end),
    )


def _sentence(text: str) -> str:
    if not text:
        return ""
    end = "" if text[-1] in ".?!" else "."
    return f"{text[0].upper()}{text[1:]}{end}"


def _refuse_sensitive(
    text: str, reads: tuple[str, ...], path: Path, vocabulary: Vocabulary, report: Report
) -> None:
    for name in dict.fromkeys(read.partition(".")[0] for read in reads):
        if name in vocabulary.sensitive:
            start = text.find(name)
            report.add(
                "sensitive-fact",
                path,
                f'"{name}" states {vocabulary.sensitive[name]}, and nobody may be judged by that.',
                "A fact marked as sensitive is kept for statistics only.",
                "Take it out of the expression, or unmark the fact if it is not what it says.",
                span=(start, start + len(name)),
            )
