"""Title standards, votes and relief: which text holds when, what is counted of a list, and the numbers of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from case_check import check
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from shipped_rulesets import CATALOGUE

from engine import SelectionError, Verdict, evaluate
from engine.cohort import shares
from engine.ruleset import load_cases
from engine.ruleset.document import Expectation

ROOT = Path(__file__).parents[2]
RULESETS = ROOT / "rulesets" / "vn"
DATA = ROOT / "tests" / "data" / "rulesets"


def read_yaml(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(DATA / name)


@cache
def base_of(place: str) -> Mapping[str, Any]:
    """The first record of the cases of a ruleset, in which everything is in order."""
    return load_cases(RULESETS / place / "1.0.0.cases.yaml").cases[0].record


def judged(ruleset_id: str, record: Mapping[str, Any], on: date) -> Verdict:
    return evaluate(CATALOGUE.on(ruleset_id, on), record, evaluated_on=on)


@pytest.mark.parametrize(
    "row", read_yaml("titles-selection.yaml"), ids=lambda row: f"{row['group']} {row['on']}"
)
def test_the_day_chooses_the_instrument(row: Mapping[str, Any]) -> None:
    record = {"subject": {"group": row["group"]}}
    if row["ruleset"] is None:
        with pytest.raises(SelectionError):
            CATALOGUE.select(record, row["on"])
    else:
        assert CATALOGUE.select(record, row["on"]).id == row["ruleset"]


def test_a_list_is_judged_by_what_is_counted_of_its_members() -> None:
    data = read_yaml("titles-planning.yaml")
    members = [judged("vn.p50.planning", data["person"] | person, data["on"]) for person in data["people"]]
    women = shares(members, "gender")
    young = {age: shares(members, expression) for age, expression in data["age_under"].items()}
    assert women.share("female") == Fraction(data["shares"]["women"])
    assert {f"under_{age}": counted.share(True) for age, counted in young.items()} == {
        f"under_{age}": Fraction(data["shares"][f"under_{age}"]) for age in young
    }
    counted = {"size": len(members), "women": women.count("female")}
    ages = {f"under_{age}": each.count(True) for age, each in young.items()}
    check(
        CATALOGUE.on("vn.p50.planning-list", data["on"]),
        data["list"] | counted | ages,
        data["on"],
        Expectation(**data["expect"]),
    )


@given(present=st.integers(1, 400), data=st.data())
def test_a_vote_is_counted_in_exact_fractions(present: int, data: st.DataObject) -> None:
    low = data.draw(
        st.one_of(
            st.integers(0, present),
            st.sampled_from([present // 2, present * 2 // 3]).flatmap(
                lambda edge: st.integers(max(edge - 1, 0), min(edge + 1, present))
            ),
        )
    )
    convened = data.draw(st.integers(present, 2 * present))
    record = {
        **base_of("p96/confidence-vote"),
        "convened": convened,
        "present": present,
        "votes": {"high": present - low, "mid": 0, "low": low},
    }
    verdict = judged("vn.p96.confidence-vote", record, date(2023, 11, 20))
    if 3 * present < 2 * convened:
        assert verdict.status == "not_rated"
    elif 3 * low >= 2 * present:
        assert verdict.outcome == "dismissed"
    elif 2 * low > present:
        assert verdict.outcome == "out_of_planning"
    else:
        assert verdict.outcome == "no_consequence"


LEVELS = {
    "base": (2025, 4),
    "direct_superior": (2025, 6),
    "commune": (2025, 7),
    "central_direct": (2025, 9),
    "councils": (2026, 3),
}


@given(
    level=st.sampled_from(sorted(LEVELS)),
    post=st.sampled_from(["member", "deputy_secretary", "provincial_deputy_secretary", "secretary"]),
    is_reelection=st.booleans(),
    retires_on=st.dates(date(2028, 6, 1), date(2031, 12, 31)),
)
def test_working_time_left_is_counted_in_months_of_the_level(
    level: str, post: str, is_reelection: bool, retires_on: date
) -> None:
    year, month = LEVELS[level]
    left = (retires_on.year - year) * 12 + retires_on.month - month
    least = 48 if is_reelection else 60
    special = 42 if is_reelection and post == "provincial_deputy_secretary" else least
    record = {
        **base_of("ct45/committee-eligibility"),
        "level": level,
        "post": post,
        "is_reelection": is_reelection,
        "retires_on": retires_on,
    }
    verdict = judged("vn.ct45.committee-eligibility", record, date(2025, 8, 15))
    expected = "eligible" if left >= least else "special_case_decision" if left >= special else "not_eligible"
    assert verdict.outcome == expected


WAITING = {"reprimand": 24, "warning": 36, "removal": 60}  # months, all of them whole years


def ends_on(decided_on: date, months: int) -> date:
    """The day on which a waiting time is over; that of 29 February is on the 28th where there is no 29th."""
    year = decided_on.year + months // 12
    try:
        return decided_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


@given(
    decisions=st.lists(
        st.tuples(st.sampled_from(sorted(WAITING)), st.dates(date(2020, 1, 1), date(2026, 6, 15))), max_size=4
    )
)
def test_a_disciplined_cadre_waits_for_each_decision(decisions: list[tuple[str, date]]) -> None:
    considered = date(2026, 6, 15)
    record = {
        **base_of("p377/appointment"),
        "considered_on": considered,
        "discipline": [
            {"form": form, "decided_on": on, "led_to_removal": form == "removal", "remedied": True}
            for form, on in decisions
        ],
    }
    verdict = judged("vn.p377.appointment", record, considered)
    over = all(ends_on(on, WAITING[form]) <= considered for form, on in decisions)
    assert verdict.outcome == ("eligible" if over else "not_eligible")


@given(days=st.integers(0, 4000), later=st.integers(1, 400))
def test_more_time_left_never_hurts(days: int, later: int) -> None:
    on = date(2024, 6, 15)
    ruleset = CATALOGUE.on("vn.p80.appointment", on)
    outcomes = [
        evaluate(
            ruleset,
            {**base_of("p80/appointment"), "retires_on": on + timedelta(days=left)},
            evaluated_on=on,
        ).outcome
        for left in (days, days + later)
    ]
    ranks = [ruleset.rank(outcome) for outcome in outcomes if outcome is not None]
    assert len(ranks) == 2
    assert ranks[0] <= ranks[1]
