"""The worked cases that the shipped rulesets do not show: small rulesets, each with its cases beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from case_check import check
from ruamel.yaml import YAML

from engine import Catalogue, Ruleset, Verdict, canonical, evaluate, explain
from engine.explanation import LANGUAGES
from engine.ruleset import Case, load_cases

DATA = Path(__file__).parent / "data" / "worked"
CATALOGUE = Catalogue.of(DATA)


class Shown(NamedTuple):
    ruleset: Ruleset
    case: Case


def shown() -> Iterator[Shown]:
    for path in sorted(DATA.rglob("*.cases.yaml")):
        file = load_cases(path)
        ruleset = CATALOGUE.get(file.ruleset, file.version)
        yield from (Shown(ruleset, case) for case in load_cases(path, ruleset).cases)
    for ruleset in CATALOGUE.list():
        yield from (Shown(ruleset, case) for case in ruleset.cases)


CASES = tuple(shown())


@pytest.mark.parametrize("item", CASES, ids=[f"{item.ruleset.id}: {item.case.name}" for item in CASES])
def test_case(item: Shown) -> None:
    on = item.case.on or item.ruleset.effective.from_
    assert on is not None
    check(item.ruleset, item.case.record, on, item.case.expect)


@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=repr)
def test_cases_reach_every_outcome_and_every_consequence(ruleset: Ruleset) -> None:
    expectations = [item.case.expect for item in CASES if item.ruleset is ruleset]
    assert {outcome.name for outcome in ruleset.outcomes} <= {expect.outcome for expect in expectations}
    notices = {
        name for e in expectations for names in (e.obligations, e.notes, e.proposals) for name in names or ()
    }
    assert ruleset.labels.keys() <= notices


PROOFS = YAML(typ="safe", pure=True).load(
    (DATA.parent / "scores" / "proofs.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"{proof['ruleset']}: {proof['case']}")
def test_every_consequence_has_its_proof(proof: dict[str, Any]) -> None:
    """A chain of consequences, each of which rests on what was established before it."""
    item = next(
        each for each in CASES if (each.ruleset.id, each.case.name) == (proof["ruleset"], proof["case"])
    )
    judgement = verdict_of(item).judgement
    shown = {(step.gives.kind, step.gives.name): list(map(str, step.antecedents)) for step in judgement.steps}
    for gives, because in proof["steps"].items():
        kind, _, name = gives.partition(" ")
        assert shown[kind, name] == because
    established: set[str] = set()
    for step in judgement.steps:
        needed = {str(token) for token in step.antecedents if token.kind in ("oblige", "propose", "note")}
        assert needed <= established
        established.add(str(step.gives))


def verdict_of(item: Shown) -> Verdict:
    on = item.case.on or item.ruleset.effective.from_
    assert on is not None
    return evaluate(item.ruleset, item.case.record, evaluated_on=on)


def test_the_result_of_one_year_is_a_fact_of_the_next() -> None:
    """Year after year, each verdict's outcome goes into the next record; the second failure running is told."""
    ruleset = CATALOGUE.get("worked.relief", "1.0.0")
    ratings: list[str] = []
    proposed: list[list[str]] = []
    for year, done in enumerate((10, 4, 9, 3, 2), 2025):
        record = {
            "months_in_office": 12,
            "tasks": {"total": 10, "done": done},
            "earlier_ratings": list(ratings),
            "suggested_for_review": False,
            "reprimands_in_term": 0,
        }
        verdict = evaluate(ruleset, record, evaluated_on=date(year, 12, 31))
        assert verdict.outcome is not None
        ratings.append(verdict.outcome)
        proposed.append([proposal.name for proposal in verdict.judgement.proposals])
    assert ratings == ["good", "not_completed", "completed", "not_completed", "not_completed"]
    assert proposed == [[], [], [], [], ["dismissal"]]


@pytest.mark.parametrize("item", CASES, ids=[f"{item.ruleset.id}: {item.case.name}" for item in CASES])
def test_a_case_reads_in_both_languages(item: Shown) -> None:
    if item.case.expect.violations is not None:
        return
    verdict = verdict_of(item)
    assert canonical(verdict.to_data()) == canonical(verdict_of(item).to_data())
    for language, form in itertools.product(LANGUAGES, ("full", "short")):
        text = explain(verdict, language, form=form)
        assert "{" not in text
        assert "None" not in text
