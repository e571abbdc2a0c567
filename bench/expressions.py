"""Expressions compiled once and evaluated many times: FEEL here, and the languages of other engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isclose
from pathlib import Path
from statistics import geometric_mean
from typing import Any, Final

import cel
import zen
from ruamel.yaml import YAML

from bench.effort import Effort
from bench.measure import Measured, Side, Spread, alternate, figure
from bench.report import Findings, Goal, Table
from engine.feel import compile as compile_feel

DATA: Final = Path(__file__).parent / "data" / "expressions.yaml"
OURS: Final = "chuan"
FEWER: Final = 20  # pySFeel parses at each evaluation, so it gets one in so many of the calls

Evaluate = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Language:
    """An engine's language.

    Attributes:
        name: of the engine.
        key: of its texts in the data file.
        compile: makes of a text a function of facts.
        value: a fact as the engine likes it.
        wanted: how many times our speed is to be reached.
    """

    name: str
    key: str
    compile: Callable[[str, Sequence[str]], Evaluate]
    value: Callable[[Any], Any]
    wanted: float = 0


def measure(effort: Effort) -> Findings:
    """Run the part."""
    ratios: dict[str, list[Spread]] = {language.name: [] for language in LANGUAGES}
    rows = []
    for question in YAML(typ="safe", pure=True).load(DATA):
        found = alternate(_sides(question, effort), effort.rounds)
        cells = []
        for language in LANGUAGES[1:]:
            if language.name in found:
                ratio = found[language.name].over(found[OURS])
                ratios[language.name].append(ratio)
                cells.append(str(ratio))
            else:
                cells.append("cannot say it")
        rows.append((question["name"], _micros(found[OURS]), *cells))
    means = {
        name: geometric_mean([each.median for each in spreads]) for name, spreads in ratios.items() if spreads
    }
    rows.append(("**geometric mean**", "", *(figure(means[language.name]) for language in LANGUAGES[1:])))
    others = [language.name for language in LANGUAGES[1:]]
    return Findings(
        title="Expressions: compiled once, evaluated many times",
        notes=(
            "How many times our cost an evaluation takes, each with a dict of facts and with answers first seen to "
            "be the same. Ours computes with exact decimals and values that may be unknown, the others with binary "
            "floats. pySFeel has nothing to compile to: it parses at each evaluation.",
        ),
        tables=(Table(("expression", "chuan, µs", *others), tuple(rows)),),
        goals=tuple(
            Goal(f"faster than {language.name}, geometric mean", means[language.name], language.wanted)
            for language in LANGUAGES[1:]
        ),
    )


def make_evaluations(
    question: Mapping[str, Any], languages: Sequence[Language]
) -> dict[str, tuple[Evaluate, Any]]:
    """For each of the engines that can say it: the compiled expression, and the facts; see that each answer is right.

    Raises:
        AssertionError: an engine gives another answer.
    """
    made = {}
    for language in languages:
        if language.key in question:
            evaluate = language.compile(question[language.key], tuple(question["facts"]))
            facts = language.value(question["facts"])
            assert _same(evaluate(facts), question["gives"]), (language.name, question["name"])
            made[language.name] = evaluate, facts
    return made


def _sides(question: Mapping[str, Any], effort: Effort) -> list[Side]:
    calls = {"pySFeel": max(effort.records // FEWER, 1)}
    return [
        Side(name, evaluate, [facts] * calls.get(name, effort.records))
        for name, (evaluate, facts) in make_evaluations(question, LANGUAGES).items()
    ]


def _same(found: Any, expected: Any) -> bool:
    if isinstance(expected, bool | str):
        return bool(found == expected)
    return isclose(float(found), float(expected))


def _micros(measured: Measured) -> str:
    return figure(measured.micros.median)


def _converted(scalar: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A conversion of facts that converts what is in lists and records by `scalar`."""

    def convert(value: Any) -> Any:
        if isinstance(value, list):
            return [convert(item) for item in value]
        if isinstance(value, dict):
            return {name: convert(item) for name, item in value.items()}
        return scalar(value)

    return convert


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_zen(text: str, _names: Sequence[str]) -> Evaluate:
    compiled = zen.compile_expression(text)
    return lambda facts: compiled.evaluate(facts)


def _of_cel(text: str, _names: Sequence[str]) -> Evaluate:
    compiled = cel.compile(text)
    return lambda facts: compiled.execute(facts)


def _of_pysfeel(text: str, _names: Sequence[str]) -> Evaluate:
    import pySFeel  # not at the top: it builds its grammar when it is imported, for half a minute

    parser = pySFeel.SFeelParser()

    def evaluate(facts: dict[str, object]) -> object:
        parser.names = facts
        _, value = parser.sFeelParse(text)
        return value

    return evaluate


LANGUAGES: Final = (
    Language(
        OURS,
        "feel",
        lambda text, names: compile_feel(text, names=names),
        _converted(lambda value: Decimal(str(value)) if _is_number(value) else value),
    ),
    Language(
        "Rust CEL",
        "cel",
        _of_cel,
        _converted(
            lambda value: (
                datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else value
            )
        ),
        wanted=1,
    ),
    Language(
        "zen-engine",
        "zen",
        _of_zen,
        _converted(lambda value: value.isoformat() if isinstance(value, date) else value),
        wanted=1,
    ),
    Language(
        "pySFeel",
        "pysfeel",
        _of_pysfeel,
        _converted(lambda value: float(value) if _is_number(value) else value),
        wanted=100,
    ),
)
