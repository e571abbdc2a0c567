"""The local packs beyond single records: the rate of 20 % over cohorts, linkage in a campaign, what they own up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from engine import Catalogue, Verdict, evaluate
from engine.campaign import Judged, Organisation, Person, Post, Role, Subject, run_campaign
from engine.cohort import QuotaError, Reason, Standing, award, quota_of

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "rulesets"
CATALOGUE = Catalogue.of(ROOT / "rulesets" / "vn" / "local")
SHARE: Final = "vn.local.nghean.excellent-share"
LINKAGE: Final = "vn.local.namdinh.linkage"
ON = date(2024, 12, 20)


def read_yaml(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(DATA / name)


@pytest.mark.parametrize("ruleset", CATALOGUE.list(), ids=repr)
def test_a_local_pack_says_what_it_is(ruleset: Any) -> None:
    for language, words in (("vi", "minh họa, chưa đầy đủ"), ("en", "illustrative, incomplete")):
        assert words in ruleset.title.in_(language)
        assert ruleset.note is not None
    assert ruleset.questions


def cohort(members: list[Mapping[str, Any]]) -> Iterator[tuple[str, Verdict]]:
    """A verdict for each member."""
    ruleset = CATALOGUE.on(SHARE, ON)
    number = 0
    for group in members:
        place = {name: group[name] for name in ("unit_id", "peer_group")}
        for concluded in ("excellent", "good", "completed"):
            for _ in range(group.get(concluded, 0)):
                number += 1
                record = {"subject": {"group": "nghean_leader"}, "concluded": concluded, **place}
                yield str(number), evaluate(ruleset, record, evaluated_on=ON)


@pytest.mark.parametrize("reading", ["good_only", "good_or_above", "all_rated"])
@pytest.mark.parametrize("case", read_yaml("local-excellent-share.yaml"), ids=lambda case: case["name"])
def test_the_rate_of_a_fifth_in_each_reading(case: Mapping[str, Any], reading: str) -> None:
    members = list(cohort(case["members"]))
    eligible = [id_ for id_, verdict in members if verdict.outcome == "excellent"]
    result = award(quota_of(CATALOGUE.on(SHARE, ON), reading), members)
    most = case["most"][reading]
    assert min(group.limits for group in result.groups) == (most, most)
    if len(eligible) <= most:
        expected = (Standing.AWARDED, Reason.WITHIN_PLACES)
    elif most == 0:
        expected = (Standing.NOT_AWARDED, Reason.CAP_ZERO_SLOTS)
    else:  # no tie-break was read: nobody is chosen silently
        expected = (Standing.NEEDS_DECISION, Reason.NO_RANKING)
    results = [result.results[id_] for id_ in eligible]
    assert {(each.standing, each.reason) for each in results} == {expected}


def test_no_reading_of_the_rate_is_taken_silently() -> None:
    with pytest.raises(QuotaError, match="name the reading to apply"):
        quota_of(CATALOGUE.on(SHARE, ON))


def organisations(case: Mapping[str, Any]) -> Iterator[Organisation]:
    for each in case["organisations"]:
        facts: dict[str, object] = {"subject": {"group": "nghean_leader"}, "unit_id": each["id"]}
        if "concluded" in each:
            facts["concluded"] = each["concluded"]
        yield Organisation(each["id"], each.get("parent"), facts)


def persons(case: Mapping[str, Any]) -> Iterator[Person]:
    for each in case["persons"]:
        role = Role(each["role"])
        facts = {
            "subject": {"group": "namdinh_linked", "is_head": role is Role.HEAD},
            "proposed_rating": each["proposed"],
        }
        yield Person(each["id"], (Post(each["organisation"], role, facts, LINKAGE),))


def in_short(judged: Judged) -> str | None:
    assert judged.verdict is not None
    judgement = judged.verdict.judgement
    return judged.verdict.outcome or f"{judgement.lowest}..{judgement.highest}"


@pytest.mark.parametrize("case", read_yaml("local-linkage.yaml"), ids=lambda case: case["name"])
def test_linkage_is_fed_by_a_campaign(case: Mapping[str, Any]) -> None:
    result = run_campaign(
        CATALOGUE,
        organisations(case),
        persons(case),
        evaluated_on=ON,
        readings={SHARE: "all_rated"},
    )
    posts = {
        each["id"]: result.posts[Subject(each["organisation"], each["id"], each["role"])]
        for each in case["persons"]
    }
    assert {id_: in_short(judged) for id_, judged in posts.items()} == case["expect"]
