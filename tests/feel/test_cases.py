"""The cases of tests/data/feel: functions, operators and the language, written from the text of the standard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml import YAML

from engine.feel import causes, evaluate
from engine.feel.cause_texts import TEXTS
from engine.feel.functions import BUILTINS
from engine.feel.unknown import Unknown
from engine.feel.values import text

DATA: Final = Path(__file__).parents[1] / "data" / "feel"
NOW: Final = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FACTS: Final = {"u": Unknown.fact("u"), "v": Unknown.fact("v")}


@dataclass(frozen=True)
class Case:
    subject: str
    expression: str
    expected: str


def load(folder: str) -> list[Case]:
    cases = []
    for path in sorted((DATA / folder).glob("*.yaml")):
        for subject, lines in YAML(typ="safe").load(path).items():
            for line in lines.splitlines():
                expression, _, expected = line.rpartition(" ==> ")
                cases.append(Case(subject, expression.strip(), expected.strip()))
    return cases


CASES: Final = load("functions") + load("operators") + load("language")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression)
def test_case(case: Case) -> None:
    reported: list[causes.Cause] = []
    with causes.collecting(reported):
        value = evaluate(case.expression, FACTS, now=NOW)
    word, _, rest = case.expected.partition(" ")
    if word == "unknown":
        assert isinstance(value, Unknown)
        assert value.facts == set(rest.split(", "))
    elif word == "null":
        assert value is None
        assert not rest or rest in {cause.code for cause in reported}
    else:
        assert not isinstance(value, Unknown)
        assert text([value]) == f"[{case.expected}]"


def test_every_function_has_cases() -> None:
    assert {case.subject for case in load("functions")} == BUILTINS.keys()


def test_every_function_says_null_and_unknown() -> None:
    """Each is tried with what it does not accept, and with what is not known; today() and now() take nothing."""
    for name in BUILTINS.keys() - {"now", "today"}:
        expected = {case.expected.split(" ")[0] for case in CASES if case.subject == name}
        assert {"null", "unknown"} <= expected, name


def test_every_cause_has_both_languages() -> None:
    for code, words in TEXTS.items():
        assert words.keys() == {"en", "vi"}, code
        assert all(words.values()), code
