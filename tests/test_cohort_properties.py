"""Quotas against brute force: every count, every order, every number of places."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.cohort import (
    Award,
    GroupKey,
    Quota,
    QuotaError,
    Reason,
    Result,
    Standing,
    award,
    quota_of,
    shares,
)
from engine.cohort.places import Headcount, Rounding, places, round_people
from engine.cohort.seats import Claim, Contender, Limits, allocate
from engine.cohort.shares import MixedRulesetsError
from engine.evaluation import evaluate
from engine.facts import RecordError
from engine.ruleset import Ruleset, loads
from engine.verdict import Verdict

TEXT = (Path(__file__).parent / "data" / "cohort" / "ruleset.yaml").read_text(encoding="utf-8")
ON = date(2026, 12, 20)

# -- how many places


@given(
    st.builds(Headcount, st.integers(0, 30), st.integers(0, 60), st.booleans(), st.booleans()),
    st.fractions(0, 1, max_denominator=40),
    st.sampled_from(Rounding),
)
def test_places_are_the_most_that_stay_within_the_share(
    count: Headcount, share: Fraction, rounding: Rounding
) -> None:
    found = places(count, share, rounding)

    within = [
        awarded
        for awarded in range(count.eligible + 1)
        if awarded <= round_people(share * count.denominator(awarded), rounding)
    ]
    assert found.places == max(within)
    assert within == list(range(found.places + 1)), "fewer awards than the places stay within the share too"
    assert found.denominator == count.denominator(found.places)


@pytest.mark.parametrize(
    ("number", "down", "up", "half_up", "half_even"),
    [
        ("0", 0, 0, 0, 0),
        ("0.4", 0, 1, 0, 0),
        ("0.5", 0, 1, 1, 0),
        ("1.5", 1, 2, 2, 2),
        ("2.5", 2, 3, 3, 2),
        ("5", 5, 5, 5, 5),
    ],
)
def test_rounding(number: str, down: int, up: int, half_up: int, half_even: int) -> None:
    assert [round_people(Fraction(number), rounding) for rounding in Rounding] == [
        down,
        up,
        half_up,
        half_even,
    ]


def test_a_third_is_a_third() -> None:
    """Binary and decimal numbers put three thirds of 3 below 1; fractions do not."""
    assert places(Headcount(2, 1, True, True), Fraction(1, 3), Rounding.DOWN).places == 1


# -- who gets them


def orders(contenders: Sequence[Contender]) -> Iterator[tuple[int, ...]]:
    for order in itertools.permutations(range(len(contenders))):
        before = itertools.combinations(order, 2)
        if all(contenders[first].first <= contenders[second].last for first, second in before):
            yield order


def greedy(order: Sequence[int], contenders: Sequence[Contender], caps: Sequence[int]) -> set[int]:
    left = list(caps)
    chosen = set()
    for index in order:
        groups = contenders[index].groups
        if all(left[group] > 0 for group in groups):
            chosen.add(index)
            for group in groups:
                left[group] -= 1
    return chosen


def every_award(contenders: Sequence[Contender], limits: Sequence[Limits]) -> list[set[int]]:
    """Who is chosen, however ranks, places and unknown groups turn out.

    One whose groups are not all known competes in those that are, or is stopped by one that is not.
    """
    used = sorted({group for contender in contenders for group in contender.groups})
    spans = [range(limit.low, limit.high + 1) if group in used else [0] for group, limit in enumerate(limits)]
    there = [[True] if contender.placed else [True, False] for contender in contenders]
    return [
        greedy([index for index in order if present[index]], contenders, caps)
        for caps in itertools.product(*spans)
        for order in orders(contenders)
        for present in itertools.product(*there)
    ]


levels = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda pair: (min(pair), max(pair)))
exact_levels = st.integers(0, 3).map(lambda level: (level, level))
peers = st.integers(0, 3)
limit = st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 1])).map(
    lambda pair: Limits(pair[0], sum(pair))
)
exact_limit = st.integers(0, 3).map(lambda places: Limits(places, places))


def nested(level: tuple[int, int], peer: int) -> Contender:
    """Groups 0..3 are peer groups, 4 and 5 units of two of them each, 6 is around all."""
    return Contender(*level, (6, peer, 4 + peer // 2))


def crossing(level: tuple[int, int], peer: int, unit: int) -> Contender:
    return Contender(*level, (peer, 4 + unit))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(nested, levels, peers), max_size=5), st.lists(exact_limit, min_size=7, max_size=7))
def test_nested_groups_are_settled_exactly(contenders: list[Contender], limits: list[Limits]) -> None:
    possible = every_award(contenders, limits)

    for index, answer in enumerate(allocate(contenders, limits)):
        awarded = [index in chosen for chosen in possible]
        expected = Claim.AWARDED if all(awarded) else Claim.OPEN if any(awarded) else Claim.REFUSED
        assert answer.claim is expected


def unplaced(contender: Contender) -> Contender:
    """One whose last group is not known."""
    return contender._replace(groups=contender.groups[:-1], placed=False)


one = Limits(1, 1)
many = Limits(9, 9)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.lists(st.builds(crossing, levels, peers, st.integers(0, 2)), max_size=5),
        st.lists(st.builds(nested, levels, peers), max_size=5),
        st.lists(
            st.builds(nested, levels, peers) | st.builds(nested, levels, peers).map(unplaced), max_size=4
        ),
    ),
    st.lists(limit, min_size=7, max_size=7),
)
# Two who may both be stopped by other groups leave the place of their own to a third.
@example(
    [crossing((0, 0), *pair) for pair in ((0, 0), (0, 1), (1, 0), (2, 1))] + [crossing((1, 1), 0, 2)],
    [one] * 7,
)
# A peer group that may have no place takes none of its unit's for certain.
@example([nested((0, 0), 0), nested((1, 1), 1)], [Limits(0, 1), many, many, many, one, many, many])
# One whose unit is not known may leave the place of the peer group, and so of the unit, to another.
@example(
    [Contender(0, 0, (0,), placed=False), Contender(0, 0, (0, 1)), Contender(1, 1, (2, 1))], [one, one, many]
)
# Groups that nest for some and cross for others.
@example(
    [Contender(0, 0, (3, 4, 0)), Contender(0, 0, (0, 1, 2)), Contender(1, 1, (5, 1, 2))],
    [one, one, many, many, many, many],
)
def test_nobody_is_awarded_or_refused_wrongly(contenders: list[Contender], limits: list[Limits]) -> None:
    possible = every_award(contenders, limits)

    for index, answer in enumerate(allocate(contenders, limits)):
        awarded = [index in chosen for chosen in possible]
        if answer.claim is Claim.AWARDED:
            assert contenders[index].placed
            assert all(awarded)
        elif answer.claim is Claim.REFUSED:
            assert not any(awarded)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(peers, st.integers(0, 2)), max_size=12), st.lists(exact_limit, min_size=7, max_size=7)
)
def test_crossing_groups_without_ties_leave_nothing_open(
    pairs: list[tuple[int, int]], limits: list[Limits]
) -> None:
    contenders = [crossing((level, level), *pair) for level, pair in enumerate(pairs)]
    chosen = greedy(range(len(contenders)), contenders, [limit.low for limit in limits])

    for index, answer in enumerate(allocate(contenders, limits)):
        assert answer.claim is (Claim.AWARDED if index in chosen else Claim.REFUSED)


# -- whole cohorts

_rulesets: dict[str, Ruleset] = {}


def ruleset_with(of: str, within: str, rounding: str, rank_by: str) -> Ruleset:
    quota = (
        f"\nquota: {{outcome: excellent, falls_to: good, within: [{within}], rounding: {rounding}, "
        f"at_most: {{share: 20%, of: {of}, raised_to: 40%, when: unit_outstanding}}, rank_by: [{rank_by}]}}"
    )
    if quota not in _rulesets:
        _rulesets[quota] = loads(TEXT + quota)
    return _rulesets[quota]


rulesets = st.builds(
    ruleset_with,
    st.sampled_from(["good", "good_or_above", "all_rated"]),
    st.sampled_from(["unit", "unit, peer_group", "unit, [unit, peer_group]"]),
    st.sampled_from(["down", "half_up"]),
    st.sampled_from(["", "score descending", "score descending, quarters ascending"]),
)
records = st.fixed_dictionaries(
    {
        "rating": st.sampled_from(["completed", "good", "good", "excellent", "excellent"]),
        "months_worked": st.just(12),
    },
    optional={
        "confirmed": st.just(True),
        "unit": st.sampled_from(["U", "V"]),
        "peer_group": st.sampled_from(["A", "B"]),
        "unit_outstanding": st.just(True),
        "score": st.integers(90, 93).map(Decimal),
        "quarters": st.integers(0, 2).map(Decimal),
    },
)


def judged(ruleset: Ruleset, records: list[dict[str, Any]]) -> list[tuple[int, Verdict]]:
    return [(number, evaluate(ruleset, record, evaluated_on=ON)) for number, record in enumerate(records)]


def ranks_below(ruleset: Ruleset, lower: Verdict, higher: Verdict) -> bool:
    """Whether the ranking says for certain that one comes after the other."""
    rank_by = ruleset.quota.rank_by if ruleset.quota else []
    for key in rank_by:
        name, direction = key.split()
        one, other = lower.values[name], higher.values[name]
        if not isinstance(one, Decimal) or not isinstance(other, Decimal):
            return False
        if one != other:
            return one < other if direction == "descending" else one > other
    return False


def surely_counted(found: Result, quota: Quota) -> bool:
    """Whether a member is in the denominator, however the open questions are settled."""
    if found.verdict.outcome:
        return quota.ruleset.rank(found.outcome or quota.falls_to) in quota.counted
    judgement = found.verdict.judgement
    if not judgement.lowest or not judgement.highest or judgement.possible:
        return False
    lowest, highest = quota.ruleset.rank(judgement.lowest), quota.ruleset.rank(judgement.highest)
    return all(rank in quota.counted for rank in range(lowest, highest + 1))


@settings(max_examples=150, deadline=None)
@given(rulesets, st.lists(records, max_size=25))
def test_a_cohort_keeps_its_quota(ruleset: Ruleset, records: list[dict[str, Any]]) -> None:
    quota = quota_of(ruleset)
    result: Award[int] = award(quota, judged(ruleset, records))

    assert list(result.results) == list(range(len(records))), "nobody is dropped"
    assert sorted(itertools.chain(*map(result.of, Standing))) == list(range(len(records)))
    for group in result.groups:
        assert group.awarded <= group.fewest.places <= group.most.places
        inside = [
            found
            for found in result.results.values()
            if group.key in [position.group.key for position in found.positions]
        ]
        counted = sum(surely_counted(found, quota) for found in inside)
        taken = sum(found.standing is Standing.AWARDED for found in inside)
        share = min(
            (found.share for found in (group.fewest, group.most) if found.share is not None),
            default=Fraction(0),
        )
        assert taken == group.awarded <= round_people(share * counted, quota.rounding)

    awarded = [found for found in result.results.values() if found.standing is Standing.AWARDED]
    refused = [found for found in result.results.values() if found.standing is Standing.NOT_AWARDED]
    for one, other in itertools.product(awarded, refused):
        same = {position.group.key for position in one.positions} == {
            position.group.key for position in other.positions
        }
        assert not (same and ranks_below(ruleset, one.verdict, other.verdict))
    for found in result.results.values():
        if found.standing is Standing.NEEDS_DECISION:
            assert found.outcome is None
        if found.reason is Reason.MISSING_FACT:
            assert found.missing


@settings(max_examples=60, deadline=None)
@given(rulesets, st.lists(records, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(
    ruleset: Ruleset, records: list[dict[str, Any]], random: Random
) -> None:
    members = judged(ruleset, records)
    shuffled = list(members)
    random.shuffle(shuffled)

    one, other = award(quota_of(ruleset), members), award(quota_of(ruleset), shuffled)
    assert one.groups == other.groups
    assert dict(one.results) == dict(other.results)


@settings(max_examples=60, deadline=None)
@given(rulesets, st.lists(records, min_size=1, max_size=15), st.data())
def test_stating_a_rank_reverses_nothing(
    ruleset: Ruleset, records: list[dict[str, Any]], data: st.DataObject
) -> None:
    """What is settled while a rank is missing stays so once it is stated."""
    blank = [number for number, record in enumerate(records) if "score" not in record]
    assume(blank)
    stated = list(records)
    for number in blank:
        stated[number] = {**records[number], "score": data.draw(st.integers(89, 94).map(Decimal))}

    before = award(quota_of(ruleset), judged(ruleset, records)).results
    after = award(quota_of(ruleset), judged(ruleset, stated)).results
    for number, found in before.items():
        if found.standing is not Standing.NEEDS_DECISION:
            assert after[number].standing is found.standing


# -- what is refused


def test_an_id_stands_once() -> None:
    ruleset = ruleset_with("good", "unit", "down", "")
    verdict = evaluate(ruleset, {}, evaluated_on=ON)
    with pytest.raises(ValueError, match="twice"):
        award(quota_of(ruleset), [("a", verdict), ("a", verdict)])


def test_a_cohort_is_judged_by_the_ruleset_of_the_quota() -> None:
    one, other = ruleset_with("good", "unit", "down", ""), ruleset_with("all_rated", "unit", "down", "")
    with pytest.raises(ValueError, match="a verdict is of"):
        award(quota_of(one), [("a", evaluate(other, {}, evaluated_on=ON))])


def test_facts_are_stated_of_groups_that_the_quota_has() -> None:
    key = GroupKey(("peer_group",), ("A",))
    with pytest.raises(ValueError, match="peer_group, which is no scope"):
        award(
            quota_of(ruleset_with("good", "unit", "down", "")), [], stated={key: {"unit_outstanding": True}}
        )


def test_stated_facts_are_read_as_the_ruleset_declares_them() -> None:
    key = GroupKey(("unit",), ("U",))
    with pytest.raises(RecordError, match="unit_outstanding"):
        award(
            quota_of(ruleset_with("good", "unit", "down", "")), [], stated={key: {"unit_outstanding": "yes"}}
        )


def test_a_ruleset_without_a_quota_has_none() -> None:
    with pytest.raises(QuotaError, match=r"test\.cohort 1\.0\.0 has no quota"):
        quota_of(loads(TEXT))


# -- shares of a list


def planned(records: list[dict[str, Any]]) -> list[Verdict]:
    ruleset = loads(TEXT)
    return [evaluate(ruleset, record, evaluated_on=ON) for record in records]


def test_shares_count_what_is_not_stated_apart() -> None:
    found = shares(planned([{"gender": "female"}, {"gender": "male"}, {"gender": "male"}, {}, {}]), "gender")

    assert found.counts == (("male", 2), ("female", 1))
    assert (found.known, found.unknown) == (3, 2)
    assert found.share("female") == Fraction(1, 3)
    assert found.range("female") == (Fraction(1, 5), Fraction(3, 5))
    assert found.share("other") == 0


def test_shares_of_an_expression() -> None:
    found = shares(planned([{"age": 39}, {"age": 40}, {"age": Decimal("39.9")}, {}]), "age < 40")
    assert found.share(True) == Fraction(2, 3)


def test_shares_of_an_empty_list_are_none() -> None:
    found = shares([], "gender")
    assert (found.share("female"), found.range("female"), found.known) == (None, None, 0)


def test_shares_are_of_one_ruleset() -> None:
    other = evaluate(ruleset_with("good", "unit", "down", ""), {}, evaluated_on=ON)
    with pytest.raises(MixedRulesetsError, match=r"test\.cohort 1\.0\.0"):
        shares([*planned([{}]), other], "gender")


READINGS = """
quota:
  outcome: excellent
  falls_to: good
  within: [unit]
  readings:
    of_good: {label: {vi: trên số tốt, en: of good}, at_most: {share: 20%, of: good}}
    of_all: {label: {vi: trên tổng số, en: of all}, at_most: {share: 20%, of: all_rated}}
"""


@pytest.mark.parametrize(
    ("quota", "reading", "message"),
    [
        (READINGS, "", "the law leaves the limit open; name the reading to apply: of_good, of_all"),
        (READINGS, "of_god", 'has no reading "of_god" of its quota. Did you mean "of_good"?'),
        (None, "of_good", 'has one quota and no reading "of_good": name none'),
    ],
)
def test_a_reading_is_named_and_never_taken_silently(quota: str | None, reading: str, message: str) -> None:
    ruleset = ruleset_with("good", "unit", "down", "") if quota is None else loads(TEXT + quota)
    with pytest.raises(QuotaError, match=re.escape(message)):
        quota_of(ruleset, reading)
