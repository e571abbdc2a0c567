"""A campaign over tables says what the same campaign says record by record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from campaign_tables import check_same, tables_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rulesets
from clients.sample import Campaign, Sample
from clients.sample.given import organisation_of, person_of
from clients.sample.summary import rulesets_of
from engine import Catalogue, loads
from engine.campaign import Organisation, Person, Post, Role
from engine.campaign.columns import Records, Step, run_table_campaign

DATA: Final = Path(__file__).parent.parent / "data" / "campaign"
ON: Final = date(2026, 12, 20)
OUTCOMES: Final = ("not_completed", "completed", "good", "excellent")
IDS: Final = ("A", "B", "C", "D", "E")
UNRANKED: Final = """
quota:
  outcome: excellent
  falls_to: good
  at_most: {share: 40%, of: good, raised_to: share_here, when: outstanding}
  within: [sector, [sector, peer_group]]
"""


@cache
def catalogue() -> Catalogue:
    """The small rulesets, and one of persons whose quota ranks nobody and has groups within groups."""
    text = (DATA / "person.yaml").read_text(encoding="utf-8")
    facts = (
        "  sector: {type: text, label: {vi: Khối, en: Sector}}\n"
        "  outstanding: {type: boolean, label: {vi: Nổi bật, en: Outstanding}}\n"
        "  share_here: {type: number, label: {vi: Tỷ lệ, en: Share}}\n"
    )
    text = text[: text.index("quota:")].replace("facts:\n", "facts:\n" + facts) + UNRANKED
    text = text.replace("test.person", "test.unranked").replace('selects: kind = "person"\n', "")
    return Catalogue([*Catalogue.of(DATA).list(), loads(text, "unranked.yaml")])


def optional(**facts: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=facts)


rating = st.sampled_from(OUTCOMES)
organisations = st.builds(
    lambda id_, parent, facts: Organisation(
        id_,
        parent,
        None if facts is None else {"kind": "organisation", "tasks": 5, **facts},
        "test.organisation",
    ),
    st.sampled_from(IDS),
    st.none() | st.sampled_from([*IDS, "gone"]),
    st.none()
    | optional(
        rating=rating,
        months=st.sampled_from([2, 12]),
        confirmed=st.booleans(),
        sub_units=st.lists(rating, max_size=2),
    ),
)
posts = st.builds(
    lambda unit, role, ruleset, facts, sector: Post(
        unit,
        role,
        {
            "kind": "person",
            "is_head": role is Role.HEAD,
            **facts,
            **(sector if ruleset == "test.unranked" else {}),
        },
        ruleset,
    ),
    st.sampled_from([*IDS, "gone"]),
    st.sampled_from(Role),
    st.sampled_from(["test.person", "test.unranked"]),
    optional(
        rating=rating,
        unit_rating=rating,
        members=st.lists(rating, max_size=2),
        peer_group=st.sampled_from(["P", "Q"]),
        score=st.integers(1, 3),
    ),
    optional(
        sector=st.sampled_from(["S", "T"]),
        outstanding=st.booleans(),
        share_here=st.sampled_from([Decimal("0.5"), Decimal("0.7"), Decimal(3)]),
    ),
)
persons = st.lists(
    st.builds(
        lambda id_, held: Person(id_, tuple(held)),
        st.sampled_from("pqrstuvw"),
        st.lists(posts, min_size=1, max_size=3, unique_by=lambda post: (post.organisation, post.role)),
    ),
    max_size=8,
    unique_by=lambda person: person.id,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(organisations, max_size=7), persons)
def test_whatever_is_given_tables_say_the_same(given_: list[Organisation], people: list[Person]) -> None:
    check_same(catalogue(), given_, people, ON, {})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            rating,
            st.sampled_from(["S", "T", None]),
            st.sampled_from(["P", "Q", None]),
            st.sampled_from([True, None]),
        ),
        max_size=24,
    )
)
def test_contests_come_out_the_same(rated: list[tuple[str, str | None, str | None, bool | None]]) -> None:
    """Many in one unit, so that places are few."""
    people = []
    for number, (aim, sector, peers, outstanding) in enumerate(rated):
        stated = {
            "sector": sector,
            "peer_group": peers,
            "outstanding": outstanding,
            "share_here": Decimal("0.5"),
        }
        facts = {name: value for name, value in stated.items() if value is not None}
        own = {"kind": "person", "rating": aim, "unit_rating": "excellent", "is_head": False, **facts}
        people.append(Person(f"p{number}", (Post("gone", Role.MEMBER, own, "test.unranked"),)))
    found = check_same(catalogue(), [], people, ON, {})
    named = any(sector for _, sector, _, _ in rated) and any(peers for _, _, peers, _ in rated)
    assert bool(found.by_rows) == (bool(rated) and not named)


@pytest.mark.parametrize("campaign", list(Campaign))
def test_a_made_up_district_comes_out_the_same(campaign: Campaign) -> None:
    sample = Sample(people=300, seed=11, on=date(2026, 12, 15), missing=0.06)
    known = Catalogue(each for each in Catalogue.of(rulesets.FOLDER).list() if each.id in rulesets_of(sample))
    readings = {
        each.id: next(iter(each.quota.readings))
        for each in known.list()
        if each.quota and each.quota.readings
    }
    units = [organisation_of(entry.data) for entry in sample.organisations(campaign)]
    entries = [each.state if campaign is Campaign.STATE else each.party for each in sample.persons()]
    people = [person_of(entry.data) for entry in entries if entry is not None]
    found = check_same(known, units, people, sample.on, readings)
    assert not found.by_rows
    assert sum(found.apart.values()) < len(found.subjects) / 20


def test_lazy_tables_and_steps() -> None:
    units = [
        Organisation(
            "A",
            None,
            {"kind": "organisation", "rating": "good", "confirmed": True, "tasks": 5, "months": 9},
            "test.organisation",
        ),
        Organisation("B", "A"),
    ]
    facts = {"kind": "person", "rating": "good", "is_head": False}
    people = [Person("p", (Post("B", Role.MEMBER, facts, "test.unranked"),))]
    tree, records = tables_of(catalogue(), units, people, ON)
    steps: list[Step] = []
    lazy = [Records(each.ruleset, each.frame.lazy()) for each in records]
    found = run_table_campaign(catalogue(), tree, lazy, evaluated_on=ON, tell=steps.append)
    eager = run_table_campaign(catalogue(), tree, records, evaluated_on=ON)
    assert found.subjects.equals(eager.subjects)
    assert [(step.kind, step.level, step.rows) for step in steps] == [
        ("tree", -1, 2),
        ("organisations", 1, 0),
        ("organisations", 0, 1),
        ("people", -1, 1),
        ("heads", -1, 0),
        ("quotas", -1, 1),
        ("quotas", -1, 1),
    ]
