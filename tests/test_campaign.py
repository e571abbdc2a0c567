"""Campaigns, case by case: the files in data/campaign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.campaign import CampaignResult, Judged, Organisation, Person, Post, Role, run_campaign
from engine.catalogue import Catalogue

DATA = Path(__file__).parent / "data" / "campaign"
ON = date(2026, 12, 20)
CATALOGUE = Catalogue.of(DATA)
DOCUMENT = YAML(typ="safe", pure=True).load(DATA / "campaign.cases.yaml")
USUAL = DOCUMENT["usual"]


def facts_of(kind: str, declared: dict[str, Any]) -> dict[str, Any]:
    facts = {**USUAL[kind], **declared}
    for name in facts.pop("without", []):
        del facts[name]
    return facts


def organisation(declared: dict[str, Any]) -> Organisation:
    rest = dict(declared)
    place = {name: rest.pop(name) for name in ("id", "parent", "ruleset", "name") if name in rest}
    return Organisation(**place, facts=facts_of("organisation", rest) if rest.pop("judged", True) else None)


def person(declared: dict[str, Any]) -> Person:
    posts = []
    for post in declared["posts"]:
        rest = dict(post)
        role = Role(rest.pop("role"))
        rest["is_head"] = role is Role.HEAD
        posts.append(Post(rest.pop("in"), role, facts_of("person", rest)))
    return Person(declared["id"], tuple(posts))


def run(case: dict[str, Any]) -> CampaignResult:
    return run_campaign(
        CATALOGUE,
        [organisation(declared) for declared in case["organisations"]],
        [person(declared) for declared in case.get("persons", [])],
        evaluated_on=ON,
    )


def in_short(judged: Judged) -> str:
    """A verdict as the cases write it, before quotas."""
    if judged.verdict is None:
        return "none"
    judgement = judged.verdict.judgement
    if judgement.lowest is not None:
        return f"{judgement.lowest}..{judgement.highest}"
    return judgement.outcome or judgement.status.value


def with_quota(judged: Judged) -> str:
    before = in_short(judged)
    return before if judged.quota is None else f"{before} -> {judged.outcome} ({judged.quota.standing.value})"


def cases() -> Iterator[Any]:
    for case in DOCUMENT["cases"]:
        yield pytest.param(case, id=case["name"])


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: dict[str, Any]) -> None:
    result = run(case)
    everybody = {
        str(judged.subject): judged for judged in (*result.organisations.values(), *result.posts.values())
    }

    def seen(key: str, expected: Any) -> Any:
        match key:
            case "organisations":
                return {id_: in_short(result.organisations[id_]) for id_ in expected}
            case "posts":
                quota = any("->" in rating for rating in expected.values())
                return {name: (with_quota if quota else in_short)(everybody[name]) for name in expected}
            case "order":
                return list(map(str, result.order))
            case "fed":
                return {
                    name: {feed.path: f"{feed.source}={feed.outcome or '?'}" for feed in everybody[name].fed}
                    for name in expected
                }
            case "missing":
                verdicts = {name: everybody[name].verdict for name in expected}
                return {
                    name: [one.fact for one in verdict.missing]
                    for name, verdict in verdicts.items()
                    if verdict
                }
            case "before_ceilings":
                verdicts = {name: everybody[name].verdict for name in expected}
                return {
                    name: verdict.judgement.before_ceilings for name, verdict in verdicts.items() if verdict
                }
            case "codes":
                return [problem.code.value for problem in result.problems]
            case "problems":
                return [problem.text() for problem in result.problems]
        raise AssertionError(f"nothing checks {key}")

    assert {key: seen(key, expected) for key, expected in case["expect"].items()} == case["expect"]
    assert len(everybody) == len(result.organisations) + len(result.posts)
