"""Goldens: whole verdicts kept, compared to the letter, and told where they differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import RulesetError
from engine.ruleset import CaseFile, Ruleset, load, load_cases, loads
from engine.testing import Goldens, golden_of, read_goldens, run_cases

DATA = Path(__file__).parents[1] / "data" / "testing"
RULESET = load(DATA / "teachers.yaml")
FILE = load_cases(DATA / "teachers.cases.yaml", RULESET)
NAMES = ("three quarters in 2025", "less than half given", "nothing known")


def kept() -> Goldens:
    results = run_cases(RULESET, {"cases": FILE}).results
    found = {
        result.name: golden_of(result.verdict)
        for result in results
        if result.verdict is not None and result.name in NAMES
    }
    return Goldens("teachers.goldens.json", RULESET.id, RULESET.version, found)


def told(ruleset: Ruleset, goldens: Goldens, file: CaseFile = FILE) -> dict[str, list[str]]:
    failed = run_cases(ruleset, {"cases": file}, goldens=goldens).failed
    return {result.name: [each.says.en for each in result.differences] for result in failed}


def test_a_verdict_is_as_it_was_kept_in_a_file() -> None:
    goldens = read_goldens(kept().text, "teachers.goldens.json")
    assert goldens == kept()
    report = run_cases(RULESET, {"cases": FILE}, goldens=goldens)
    assert report.failed == ()
    assert tuple(result.name for result in report.results if result.golden) == NAMES


def test_a_comment_changes_no_golden() -> None:
    assert told(loads(f"# a remark\n{RULESET.text}"), kept()) == {}


def changed(old: str, new: str) -> Ruleset:
    assert old in RULESET.text
    return loads(RULESET.text.replace(old, new))


def test_what_people_read_is_held_to_the_letter() -> None:
    edited = changed("en: Less than half of the lessons were given.", "en: Under half.")
    assert told(edited, kept()) == {
        "less than half given": [
            'Not as in the golden at explanation.en[8]: it has "  • Less than half of the lessons were given.", '
            'found "  • Under half.".'
        ]
    }


def test_a_citation_that_was_changed_is_told_at_its_criterion() -> None:
    edited = changed("cite: nd90 15.1c", "cite: nd90 15.2")
    sentences = told(edited, kept())
    assert sentences.keys() == set(NAMES)
    for each in sentences.values():
        assert each[0] == (
            'Not as in the golden at findings[not_disciplined].citations[1]: it has "nd90 15.1c", found "nd90 15.2".'
        )


def test_a_criterion_that_was_added_is_one_difference() -> None:
    edited = changed(
        "  half_given:\n",
        "  assigned:\n    label: {vi: a, en: b}\n    advisory: true\n    holds: lessons.total > 1\n  half_given:\n",
    )
    places = {
        difference.split(" at ")[1].split(":")[0]
        for each in told(edited, kept()).values()
        for difference in each
    }
    assert {place for place in places if place.startswith("findings")} == {"findings[assigned]"}


def test_a_golden_without_its_case_fails() -> None:
    others = CaseFile(FILE.ruleset, FILE.version, tuple(c for c in FILE.cases if c.name != "nothing known"))
    assert told(RULESET, kept(), others) == {
        "nothing known": ["There is a golden, and no case named “nothing known”."]
    }


def test_a_golden_of_several_cases_fails() -> None:
    twice = CaseFile(FILE.ruleset, FILE.version, (*FILE.cases, FILE.cases[-1]))
    assert told(RULESET, kept(), twice) == {
        "nothing known": ["Several cases are named “nothing known”, so it cannot be told whose golden it is."]
    }


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"ruleset": "a", "version": "1.0.0", "goldens": {"x": 5}}']
)
def test_a_file_that_holds_no_goldens_is_refused(text: str) -> None:
    with pytest.raises(RulesetError, match=r"^kept\.json:1:\d+: This is .*--renew.*keep them anew\.$"):
        read_goldens(text, "kept.json")


def test_cases_and_goldens_of_another_version_are_refused() -> None:
    other = CaseFile(FILE.ruleset, "2.0.0", FILE.cases)
    with pytest.raises(RulesetError, match=r"cases:1:1: This is of example\.teachers 2\.0\.0, and not of"):
        run_cases(RULESET, {"cases": other})
    goldens = Goldens("kept.json", "example.others", "1.0.0", {})
    with pytest.raises(RulesetError, match=r"kept\.json:1:1: This is of example\.others"):
        run_cases(RULESET, goldens=goldens)
