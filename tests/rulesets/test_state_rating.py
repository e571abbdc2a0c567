"""The State's rating as shipped: the law of a day, what is not sourced, the share of excellent ratings, a campaign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from shipped_rulesets import CATALOGUE

from engine import Ruleset, SelectionError, Verdict, evaluate
from engine.campaign import Organisation, Person, Post, Role, run_campaign
from engine.cohort import QuotaError, award, quota_of
from engine.ruleset import Case, load_cases

ROOT = Path(__file__).parents[2]
RULESETS = ROOT / "rulesets"
EXPECTED = YAML(typ="safe", pure=True).load(ROOT / "tests" / "data" / "rulesets" / "state-rating.yaml")
CASES: Mapping[tuple[str, str], Case] = {
    (f"{file.ruleset} {file.version}", case.name): case
    for path in sorted(RULESETS.rglob("*.cases.yaml"))
    for file in (load_cases(path),)
    for case in file.cases
}


def ruleset_named(name: str) -> Ruleset:
    id_, version = name.split()
    return CATALOGUE.get(id_, version)


def record_of(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a shipped case, with more facts laid over it."""
    return {**CASES[declared["ruleset"], declared["case"]].record, **declared.get("facts", {})}


def judged(ruleset: str, case: str) -> Verdict:
    found = CASES[ruleset, case]
    assert found.on is not None
    return evaluate(ruleset_named(ruleset), found.record, evaluated_on=found.on)


@pytest.mark.parametrize(
    "row", EXPECTED["selected"], ids=lambda row: f"{' '.join(map(str, row['subject'].values()))} {row['on']}"
)
def test_group_and_day_choose_one_ruleset(row: Mapping[str, Any]) -> None:
    record = {"subject": row["subject"]}
    if row["ruleset"] is None:
        with pytest.raises(SelectionError):
            CATALOGUE.select(record, row["on"])
    else:
        assert CATALOGUE.select(record, row["on"]) is ruleset_named(row["ruleset"])


@pytest.mark.parametrize("row", EXPECTED["rests_on"], ids=lambda row: f"{row['ruleset']}: {row['case']}")
def test_a_verdict_says_which_rules_are_not_sourced(row: Mapping[str, Any]) -> None:
    assert list(judged(row["ruleset"], row["case"]).judgement.rests_on_draft) == row["rules"]


@pytest.mark.parametrize("row", EXPECTED["quotas"], ids=lambda row: row["name"])
def test_share_of_excellent_ratings(row: Mapping[str, Any]) -> None:
    ruleset = ruleset_named(row["ruleset"])
    members = [
        (
            f"{place}.{number}",
            evaluate(ruleset, record_of({**member, "ruleset": row["ruleset"]}), evaluated_on=day),
        )
        for place, member in enumerate(row["members"])
        for day in (CASES[row["ruleset"], member["case"]].on or date.min,)
        for number in range(member["count"])
    ]
    result = award(quota_of(ruleset, row["reading"]), members)
    expect = row["expect"]
    if "places" in expect:
        places = {"/".join(map(str, group.key.values)): group.limits for group in result.groups}
        assert places == {group: (number, number) for group, number in expect["places"].items()}
    assert Counter(each.standing.value for each in result.results.values()) == expect["standings"]
    if "reasons" in expect:
        assert Counter(each.reason.value for each in result.results.values()) == expect["reasons"]


@pytest.mark.parametrize(
    "ruleset",
    ["vn.nd335.civil-servant 1.0.0", "vn.nd233.public-employee 1.0.0", "vn.local.kontum-college.year 1.0.0"],
)
def test_no_reading_of_the_share_is_taken_silently(ruleset: str) -> None:
    with pytest.raises(QuotaError):
        quota_of(ruleset_named(ruleset))


def test_campaign_of_a_department() -> None:
    campaign = EXPECTED["campaign"]
    result = run_campaign(
        CATALOGUE,
        [
            Organisation(each["id"], parent=each["parent"], facts=fed_by_the_campaign(each, "sub_units"))
            for each in campaign["organisations"]
        ],
        [
            Person(each["id"], (Post(each["in"], Role(each["role"]), fed_by_the_campaign(each, "members")),))
            for each in campaign["persons"]
        ],
        evaluated_on=campaign["on"],
        readings=campaign["readings"],
    )
    expect = campaign["expect"]
    assert [str(subject) for subject in result.order] == expect["order"]
    outcomes = {id_: judged.outcome for id_, judged in result.organisations.items()}
    assert outcomes == expect["outcomes"]
    unit_results = {}
    for subject, judged_post in result.posts.items():
        assert judged_post.verdict is not None
        findings = {finding.criterion.name: finding.status.value for finding in judged_post.verdict.findings}
        unit_results[subject.person] = findings["all_below_completed"]
    assert unit_results == expect["unit_result"]
    assert {subject.person: each.outcome for subject, each in result.posts.items()} == expect["posts"]
    assert [problem.code.value for problem in result.problems] == expect["problems"]


def fed_by_the_campaign(declared: Mapping[str, Any], fact: str) -> dict[str, Any]:
    """The record of a case without the fact that the campaign feeds."""
    return {name: value for name, value in record_of(declared).items() if name != fact}


class Product(NamedTuple):
    """A product of a civil servant, in the words of Decree 335."""

    assigned: int
    done: int
    failed_checks: int
    delays: int
    excused_delays: int

    def left_after(self, failures: int) -> Fraction:
        """What is left of it after 25 % were taken off for each failure, never below nothing."""
        return self.done * max(1 - Fraction(failures, 4), Fraction(0))


@st.composite
def products(draw: st.DrawFn) -> Product:
    assigned = draw(st.integers(1, 9))
    delays = draw(st.integers(0, 6))
    return Product(
        assigned,
        draw(st.integers(0, assigned)),
        draw(st.integers(0, 6)),
        delays,
        draw(st.integers(0, delays)),
    )


def rated_by_hand(general: int, ratios: list[Fraction]) -> str:
    score = general + 70 * sum(ratios, Fraction(0)) / len(ratios)
    bands = ((90, "excellent"), (70, "good"), (50, "completed"))
    return next((outcome for least, outcome in bands if score >= least), "not_completed")


@settings(max_examples=150, deadline=None)
@given(
    general=st.integers(0, 30),
    worked=st.lists(products(), min_size=1, max_size=4),
    leader=st.booleans(),
    below=st.lists(st.sampled_from(["not_completed", "completed", "good"]), min_size=1, max_size=3),
    on_time=st.integers(9, 10),
    cohesion=st.sampled_from([0, 50, 100]),
)
def test_points_of_decree_335_are_those_of_exact_fractions(
    general: int, worked: list[Product], leader: bool, below: list[str], on_time: int, cohesion: int
) -> None:
    assigned = sum(product.assigned for product in worked)
    ratios = [
        Fraction(sum(product.done for product in worked), assigned),
        sum((product.left_after(product.failed_checks) for product in worked), Fraction(0)) / assigned,
        sum((product.left_after(product.delays - product.excused_delays) for product in worked), Fraction(0))
        / assigned,
    ]
    if leader:
        unit_result = Fraction(1, 2) if "not_completed" in below else Fraction(1)
        organising = Fraction(1) if on_time == 10 else Fraction(1, 2)
        ratios += [unit_result, organising, Fraction(cohesion, 100)]
    name = "vn.nd335.civil-servant 1.0.0"
    record = CASES[name, "everything done, the thirds of 70 points are 70 together"].record
    record = {
        **record,
        "subject": {"group": "civil_servant", "is_leader": leader, "is_head": leader},
        "general_points": Decimal(general),
        "products": [
            {field: Decimal(value) for field, value in product._asdict().items()} for product in worked
        ],
        "members": below,
        "unit_tasks": {**record["unit_tasks"], "on_time": Decimal(on_time)},
        "cohesion": Decimal(cohesion),
    }
    verdict = evaluate(ruleset_named(name), record, evaluated_on=date(2026, 12, 20))
    assert verdict.outcome == rated_by_hand(general, ratios)
