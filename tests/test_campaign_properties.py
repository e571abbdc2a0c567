"""Campaigns: order, depth, soundness, and the single evaluation that one record is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.campaign import (
    CampaignResult,
    Code,
    Organisation,
    Person,
    Post,
    Role,
    Subject,
    campaign_data,
    run_campaign,
)
from engine.campaign.problems import TEXTS
from engine.canonical import canonical
from engine.catalogue import Catalogue
from engine.evaluation import evaluate
from engine.verdict import ChosenBy, Verdict

CATALOGUE = Catalogue.of(Path(__file__).parent / "data" / "campaign")
ON = date(2026, 12, 20)
OUTCOMES = ("not_completed", "completed", "good", "excellent")
IDS = ("A", "B", "C", "D", "E", "F", "G")

ORGANISATION = {"kind": "organisation", "confirmed": True, "tasks": 5}
EXCELLENT = {**ORGANISATION, "months": 12, "rating": "excellent"}
PERSON = {"kind": "person", "peer_group": "P"}


def run(organisations: Iterable[Organisation], persons: Iterable[Person] = ()) -> CampaignResult:
    return run_campaign(CATALOGUE, organisations, persons, evaluated_on=ON)


ratings: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {}, optional={"rating": st.sampled_from(OUTCOMES)}
)
months: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {}, optional={"months": st.sampled_from([2, 12])}
)
parents = st.one_of(st.none(), st.sampled_from([*IDS, "gone"]))
organisations = st.builds(
    lambda id_, parent, rating, active: Organisation(id_, parent, {**ORGANISATION, **rating, **active}),
    st.sampled_from(IDS),
    parents,
    ratings,
    months,
)
posts = st.builds(
    lambda unit, role, rating, score: Post(
        unit, role, {**PERSON, **rating, "is_head": role is Role.HEAD, "score": score}
    ),
    st.sampled_from([*IDS, "gone"]),
    st.sampled_from(Role),
    ratings,
    st.integers(1, 3),
)
persons = st.builds(
    lambda id_, held: Person(id_, tuple(held)),
    st.sampled_from(["p", "q", "r", "s"]),
    st.lists(posts, max_size=3, unique_by=lambda post: (post.organisation, post.role)),
)
unique_persons = st.lists(persons, max_size=4, unique_by=lambda person: person.id)


@settings(max_examples=100, deadline=None)
@given(st.lists(organisations, max_size=9), unique_persons, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(
    organisations: list[Organisation], persons: list[Person], random: Random
) -> None:
    shuffled, others = list(organisations), list(persons)
    random.shuffle(shuffled)
    random.shuffle(others)

    one, other = run(organisations, persons), run(shuffled, others)
    assert canonical(campaign_data(one)) == canonical(campaign_data(other))
    assert [problem.text("vi") for problem in one.problems] == [
        problem.text("vi") for problem in other.problems
    ]


@settings(max_examples=100, deadline=None)
@given(st.lists(organisations, max_size=9), unique_persons)
def test_nobody_is_lost_and_order_is_kept(organisations: list[Organisation], persons: list[Person]) -> None:
    result = run(organisations, persons)

    ids = [organisation.id for organisation in organisations]
    assert set(result.organisations) == {id_ for id_ in ids if ids.count(id_) == 1}
    assert len(result.posts) == sum(len(person.posts) for person in persons)
    place = {subject: number for number, subject in enumerate(result.order)}
    circled = {
        s.organisation for problem in result.problems if problem.code is Code.CYCLE for s in problem.subjects
    }
    for organisation in organisations:
        above = Subject(organisation.parent or "")
        if organisation.id not in circled and above in place and Subject(organisation.id) in place:
            assert place[Subject(organisation.id)] < place[above], "lower organisations come before higher"
    for subject, number in place.items():
        if subject.person:
            assert place.get(Subject(subject.organisation), -1) < number, (
                "an organisation comes before its members"
            )
            for other in place:
                if (other.organisation, other.role) == (
                    subject.organisation,
                    "head",
                ) and subject.role != "head":
                    assert number < place[other], "a head comes last"


@settings(max_examples=150, deadline=None)
@given(st.lists(organisations, max_size=6, unique_by=lambda organisation: organisation.id), st.data())
def test_what_is_said_holds_when_the_missing_facts_come(
    organisations: list[Organisation], data: st.DataObject
) -> None:
    completions = st.fixed_dictionaries(
        {"rating": st.sampled_from(OUTCOMES), "months": st.sampled_from([2, 12])}
    )
    completed = [
        Organisation(one.id, one.parent, {**data.draw(completions), **(one.facts or {})})
        for one in organisations
    ]
    before, after = run(organisations).organisations, run(completed).organisations

    for id_ in before:
        one, other = before[id_].verdict, after[id_].verdict
        assert one is not None
        assert other is not None
        assert possibilities(other) <= possibilities(one)


def possibilities(verdict: Verdict) -> set[str]:
    """What a verdict says may still be."""
    judgement = verdict.judgement
    if judgement.lowest is None or judgement.highest is None:
        return {judgement.outcome or judgement.status.value}
    between = range(OUTCOMES.index(judgement.lowest), OUTCOMES.index(judgement.highest) + 1)
    return {OUTCOMES[rank] for rank in between} | set(judgement.possible)


@settings(max_examples=50, deadline=None)
@given(ratings)
def test_a_campaign_of_one_record_is_a_single_evaluation(rating: dict[str, object]) -> None:
    facts = {**ORGANISATION, **rating, "months": 12}
    by_selector = run([Organisation("A", None, facts)]).organisations["A"].verdict
    by_id = run([Organisation("A", None, facts, ruleset="test.organisation")]).organisations["A"].verdict
    ruleset = CATALOGUE.get("test.organisation", "1.0.0")

    # The one thing a campaign adds to a lone organisation is that there is none below it.
    alone = {**facts, "sub_units": []}
    assert by_selector == evaluate(ruleset, alone, evaluated_on=ON, chosen_by=ChosenBy.SELECTOR)
    assert by_id == evaluate(ruleset, alone, evaluated_on=ON, chosen_by=ChosenBy.DATE)


@pytest.mark.parametrize("closed", [False, True])
def test_a_tree_of_ten_thousand_levels(closed: bool) -> None:
    ids = [f"{number:05}" for number in range(10_000)]
    chain = [Organisation(below, above, EXCELLENT) for above, below in pairwise(ids)]
    top = Organisation(ids[0], ids[-1] if closed else None, EXCELLENT)
    result = run([top, *chain])

    assert len(result.organisations) == len(ids)
    if closed:
        (problem,) = result.problems
        assert problem.code is Code.CYCLE
        assert len(problem.subjects) == len(ids)
    else:
        assert {judged.outcome for judged in result.organisations.values()} == {"excellent"}
        assert result.order[0] == Subject(ids[-1])


def test_data_say_everything_of_each_verdict() -> None:
    """One record that is judged, one that is not, a quota, a problem: each part of the data once."""
    held = Post("A", Role.MEMBER, {**PERSON, "rating": "excellent", "score": 5})
    broken = Organisation("B", "A", {**EXCELLENT, "months": "many"})
    result = run([Organisation("A", None, EXCELLENT), broken], [Person("p", (held,))])
    data = json.loads(canonical(campaign_data(result)))

    b, a, p = data["judged"]
    assert b["subject"] == {"organisation": "B"}
    assert [violation["path"] for violation in b["violations"]] == ["months"]
    assert a["fed"] == [{"path": "sub_units[0]", "source": {"organisation": "B"}}]
    assert a["verdict"]["range"] == {"lowest": "good", "highest": "excellent"}
    assert p["subject"] == {"organisation": "A", "person": "p", "role": "member"}
    assert p["verdict"]["status"] == "undetermined"
    assert p["quota"]["standing"] == "needs_decision"
    assert [quota["quota"]["share"] for quota in data["quotas"]] == ["50%"]
    assert [problem["code"] for problem in data["problems"]] == ["bad_record"]


def test_every_problem_has_words_in_both_languages() -> None:
    assert TEXTS.keys() == set(Code)
    assert all(texts.keys() == {"vi", "en"} for texts in TEXTS.values())
