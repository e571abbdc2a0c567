"""The Party's rulesets together: which one applies, the order of judging, what passes from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from shipped_rulesets import CATALOGUE

from engine import Ruleset, SelectionError, Verdict, evaluate
from engine.campaign import CampaignResult, Organisation, Person, Post, Role, run_campaign
from engine.catalogue import CASES_SUFFIX
from engine.cohort import QuotaError, Standing, award, quota_of
from engine.judgement import Judgement
from engine.ruleset import load_cases
from engine.ruleset.cases import make_case
from engine.ruleset.document import CaseDeclaration, Expectation

ROOT = Path(__file__).parents[2]
RULESETS = ROOT / "rulesets"
DATA = ROOT / "tests" / "data" / "rulesets"

EXCELLENT = {
    (file.ruleset, file.version): dict(file.cases[0].record)
    for file in map(load_cases, sorted(RULESETS.rglob(f"*{CASES_SUFFIX}")))
}


def read_yaml(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(DATA / name)


def by_name(cases: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


def record_like(ruleset: Ruleset, given: Mapping[str, Any], without: Sequence[str] = ()) -> Mapping[str, Any]:
    """The excellent record of a ruleset, changed."""
    base = EXCELLENT[ruleset.id, ruleset.version]
    declaration = CaseDeclaration(
        name="record", given=dict(given), without=list(without), expect=Expectation()
    )
    return make_case(declaration, base, 1).record


@pytest.mark.parametrize(
    "row", read_yaml("party-selection.yaml"), ids=lambda row: f"{row['facts']} {row['on']}"
)
def test_a_record_and_a_day_select_one_ruleset(row: Mapping[str, Any]) -> None:
    if row["ruleset"] is None:
        with pytest.raises(SelectionError):
            CATALOGUE.select(row["facts"], row["on"])
    else:
        assert CATALOGUE.select(row["facts"], row["on"]).id == row["ruleset"]


def record_for_campaign(declared: Mapping[str, Any], on: date) -> Mapping[str, Any]:
    ruleset = CATALOGUE.on(declared["like"], on)
    fed = [name for name, fact in ruleset.facts.items() if fact.from_]
    return record_like(ruleset, declared.get("given", {}), [*fed, *declared.get("without", ())])


def run(case: Mapping[str, Any]) -> CampaignResult:
    on = case["on"]
    organisations = [
        Organisation(one["id"], parent=one.get("parent"), facts=record_for_campaign(one, on))
        for one in case["organisations"]
    ]
    persons = [
        Person(
            one["id"],
            tuple(
                Post(post["in"], Role(post["role"]), record_for_campaign(post, on)) for post in one["posts"]
            ),
        )
        for one in case["persons"]
    ]
    readings = {
        ruleset.id: "good_or_above"
        for ruleset in CATALOGUE.list()
        if ruleset.quota and ruleset.quota.readings
    }
    return run_campaign(CATALOGUE, organisations, persons, evaluated_on=on, readings=readings)


def rating(judgement: Judgement) -> str:
    if judgement.lowest is not None:
        return f"{judgement.lowest}..{judgement.highest}"
    return judgement.outcome or judgement.status.value


@pytest.mark.parametrize("case", by_name(read_yaml("party-campaign.yaml")["cases"]))
def test_a_campaign_follows_the_order_of_the_law(case: Mapping[str, Any]) -> None:
    result = run(case)
    everybody = {
        str(judged.subject): judged for judged in (*result.organisations.values(), *result.posts.values())
    }
    verdicts = {name: judged.verdict for name, judged in everybody.items()}

    def seen(key: str, names: Any) -> Any:
        if key == "order":
            return list(map(str, result.order))
        if key == "fed":
            return {
                name: {feed.path: f"{feed.source}={feed.outcome or '?'}" for feed in everybody[name].fed}
                for name in names
            }
        said = {name: verdict for name in names if (verdict := verdicts[name])}
        judgements = {name: verdict.judgement for name, verdict in said.items()}
        match key:
            case "ratings":
                return {name: rating(judgement) for name, judgement in judgements.items()}
            case "before_ceilings":
                return {name: judgement.before_ceilings for name, judgement in judgements.items()}
            case "notes":
                return {
                    name: [note.name for note in judgement.notes] for name, judgement in judgements.items()
                }
            case "obligations":
                return {
                    name: [one.name for one in judgement.obligations]
                    for name, judgement in judgements.items()
                }
            case "missing":
                return {
                    name: [one.fact for one in verdict.missing if one.matters]
                    for name, verdict in said.items()
                }
        raise AssertionError(f"nothing checks {key}")

    assert {key: seen(key, expected) for key, expected in case["expect"].items()} == case["expect"]
    assert {problem.code.value for problem in result.problems} == set(case.get("problems", []))


def judged(ruleset: Ruleset, given: Mapping[str, Any], on: date) -> Verdict:
    return evaluate(ruleset, record_like(ruleset, given), evaluated_on=on)


CHAINS = read_yaml("party-chain.yaml")


@pytest.mark.parametrize("case", by_name(CHAINS["state"]))
def test_the_state_rating_passes_to_the_party(case: Mapping[str, Any]) -> None:
    first, then = case["first"], case["then"]
    before = judged(CATALOGUE.get(first["like"], first["version"]), first["given"], first["on"])
    state_class = before.outcome or before.status.value
    assert state_class == first["outcome"]
    after = judged(
        CATALOGUE.on(then["like"], then["on"]), {**then["given"], "state_class": state_class}, then["on"]
    )
    assert after.outcome == then["outcome"]


@pytest.mark.parametrize("case", by_name(CHAINS["quarters"]))
def test_quarters_bear_on_the_year(case: Mapping[str, Any]) -> None:
    quarters = []
    for number, given in enumerate(case["given"], 1):
        on = date(2027, 3 * number + 1, 5)
        ruleset = CATALOGUE.on(case["like"], on)
        quarters.append(
            {"number": number, "rating": judged(ruleset, {**given, "quarter": number}, on).outcome}
        )
    assert [quarter["rating"] for quarter in quarters] == case["outcomes"]
    on = date(2027, 12, 15)
    year = judged(CATALOGUE.on(case["year"], on), {"assessment_year": 2027, "quarters": quarters}, on)
    said = {
        "outcome": year.outcome,
        "proposals": [proposal.name for proposal in year.judgement.proposals],
    }
    assert said == case["expect"]


@pytest.mark.parametrize("case", by_name(read_yaml("party-quota.yaml")))
def test_each_reading_of_the_share_of_excellent(case: Mapping[str, Any]) -> None:
    ruleset = CATALOGUE.on(case["ruleset"], case["on"])
    members = [
        (f"{place}.{number}", judged(ruleset, group.get("given", {}), case["on"]))
        for place, group in enumerate(case["members"])
        for number in range(group["count"])
    ]
    results = {reading: award(quota_of(ruleset, reading), members) for reading in case["places"]}
    # Every group of these members is the same set of people, so each of them has as many places.
    assert {
        reading: {group.fewest.places for group in result.groups} for reading, result in results.items()
    } == {reading: {places} for reading, places in case["places"].items()}
    for reading, awarded in case.get("awarded", {}).items():
        standings = [one.standing for one in results[reading].results.values()]
        assert standings.count(Standing.AWARDED) == awarded


@pytest.mark.parametrize("ruleset_id", ["vn.p124.individual", "vn.p366.individual", "vn.p366.collective"])
def test_no_reading_of_the_share_is_taken_silently(ruleset_id: str) -> None:
    ruleset = next(ruleset for ruleset in CATALOGUE.list() if ruleset.id == ruleset_id)
    with pytest.raises(QuotaError, match="good_only, good_or_above"):
        quota_of(ruleset)
