"""What is told of a case that is not as expected; the words are in tests/data/testing/differences.{vi,en}.txt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ruleset import Case, Language, load, load_cases, loads_cases
from engine.testing import CaseResult, run_case

DATA = Path(__file__).parents[1] / "data" / "testing"
RULESET = load(DATA / "teachers.yaml")
# The cases are laid over those of the ruleset: the head and the base of its file stand before them.
HEAD = (DATA / "teachers.cases.yaml").read_text("utf-8").partition("cases:\n")[0]
FILE = loads_cases(f"{HEAD}cases:\n{(DATA / 'differences.yaml').read_text('utf-8')}", "differences", RULESET)


def told(result: CaseResult, language: Language) -> Iterator[str]:
    yield f"# {result.name}"
    for difference in result.differences:
        yield difference.says.in_(language)
    yield from (result.explanation.in_(language).splitlines() if result.explanation else ())
    yield ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_differences_are_told_in_words(language: Language) -> None:
    lines = [line for case in FILE.cases for line in told(run_case(RULESET, case), language)]
    assert lines == (DATA / f"differences.{language}.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("case", FILE.cases, ids=lambda case: case.name)
def test_each_of_them_fails(case: Case) -> None:
    result = run_case(RULESET, case)
    assert not result.passed
    assert result.data["passed"] is False


@pytest.mark.parametrize(
    "case", load_cases(DATA / "teachers.cases.yaml", RULESET).cases, ids=lambda case: case.name
)
def test_a_case_that_is_as_expected_says_nothing(case: Case) -> None:
    result = run_case(RULESET, case)
    assert (result.differences, result.explanation) == ((), None)
    assert result.data == {"passed": True, "file": "<text>", "line": case.line, "name": case.name}
