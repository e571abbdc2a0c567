"""Whom a draft would change: every record counted once, the parts add up, and each flip is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulesets as shipped
from engine import RecordError, Ruleset, evaluate, load, loads
from engine.impact import Foreseer, Impact, Part, Subject, Tally, explain_change, impact, in_chunks, picture
from engine.judgement import Result
from engine.ruleset import load_cases
from engine.ruleset.localized import Language

LIFE = Path(__file__).parent.parent / "data" / "server" / "life"
DATA = Path(__file__).parent.parent / "data" / "impact"
LIVE, DRAFT = (load(LIFE / f"months-{version}.yaml") for version in ("1.0.0", "2.0.0"))
DAY = date(2025, 12, 31)
ND90 = shipped.FOLDER / "vn" / "nd90" / "public-employee"


def subject(number: int, months: object, group: str = "a") -> Subject:
    record: dict[str, object] = {"group": group}
    if months is not None:
        record["months"] = months
    return Subject(str(number), record, DAY)


MONTHS = [Decimal(5), Decimal(6), Decimal(7), Decimal(8), None, Decimal(13), Decimal(7)]
SUBJECTS = [subject(number, months, f"unit {number % 2}") for number, months in enumerate(MONTHS, 1)]


def test_each_record_is_counted_by_what_becomes_of_it() -> None:
    found = impact(DRAFT, LIVE, SUBJECTS, by="group")
    assert dict(found.tally.moves) == {
        ("low", "low"): 1,
        ("high", "low"): 3,
        ("high", "high"): 1,
        ("undetermined low..high", "undetermined low..high"): 1,
        ("refused", "refused"): 1,
    }
    assert (found.tally.records, found.tally.changed) == (7, 3)
    assert dict(found.tally.flips) == {("served", "met", "unmet"): 3}
    assert {name: (group.records, group.changed) for name, group in found.tally.groups.items()} == {
        "unit 0": (3, 1),
        "unit 1": (4, 2),
    }
    assert [(each.ref, each.before, each.after, each.group) for each in found.changes] == [
        ("2", "high", "low", "unit 0"),
        ("3", "high", "low", "unit 1"),
        ("7", "high", "low", "unit 1"),
    ]


def test_a_draft_judges_as_if_it_were_in_force() -> None:
    foreseer = Foreseer(DRAFT, LIVE)
    _, after = foreseer.verdicts(SUBJECTS[2])
    assert after is not None
    assert after.evaluated_on == date(2026, 1, 1)  # the parameter has no value on the day itself
    ended = loads(LIVE.text.replace("{from: 2020-01-01}", "{from: 2020-01-01, until: 2020-12-31}", 1))
    assert Foreseer(ended, LIVE).day(DAY) == date(2020, 12, 31)
    assert Foreseer(LIVE, LIVE).day(DAY) == DAY


def changed(old: str, new: str) -> Ruleset:
    assert LIVE.text.count(old) == 1
    return loads(LIVE.text.replace(old, new))


DECISIONS: dict[str, tuple[Callable[[], Ruleset], Mapping[str, object], tuple[object, ...]]] = {
    "a criterion is new": (
        lambda: loads(
            LIVE.text.replace(
                "criteria:\n",
                "criteria:\n  long:\n    {label: {vi: dài, en: long}, holds: months >= 9, cite: law 2}\n",
            ).replace("high: [served]", "high: [served, long]")
        ),
        {"months": Decimal(8)},
        ("high", "low", ("long", None, "unmet")),
    ),
    "the decision is another": (
        lambda: changed("otherwise: low", "otherwise: high"),
        {"months": Decimal(1)},
        ("low", "high", ("decision", None, None)),
    ),
    "the draft asks for a fact": (
        lambda: changed("holds: months >= months_needed", 'holds: months >= months_needed and group = "a"'),
        {"months": Decimal(8)},
        ("high", "undetermined low..high", ("served", "met", "unknown")),
    ),
    "the draft refuses": (
        lambda: changed('"[0..12]"', '"[0..10]"'),
        {"months": Decimal(12)},
        ("high", "refused"),
    ),
}


@pytest.mark.parametrize(("draft", "record", "expected"), DECISIONS.values(), ids=DECISIONS)
def test_what_moves_a_record_is_told(
    draft: Callable[[], Ruleset], record: Mapping[str, object], expected: tuple[object, ...]
) -> None:
    (change,) = impact(draft(), LIVE, [Subject("1", record, DAY)]).changes
    flips = [(flip.criterion, flip.before, flip.after) for flip in change.flips]
    assert (change.before, change.after, *flips) == expected


def test_a_draft_with_other_words_alone_changes_nobody() -> None:
    reworded = changed("the months are served", "served for long enough")
    assert impact(reworded, LIVE, SUBJECTS).tally.changed == 0


def test_a_logged_record_is_held_against_what_judged_it() -> None:
    then = changed("value: 6", "value: 7")
    subjects = [each._replace(judged_by=then) for each in SUBJECTS]
    assert [each.ref for each in impact(LIVE, None, subjects).changes] == ["2"]
    with pytest.raises(ValueError, match="held against"):
        impact(LIVE, None, SUBJECTS)


def shipped_subjects() -> list[Subject]:
    cases = [
        case for version in ("1.0.0", "2.0.0") for case in load_cases(ND90 / f"{version}.cases.yaml").cases
    ]
    return [Subject(f"{number}", case.record, date(2024, 12, 31)) for number, case in enumerate(cases)]


def result_of(ruleset: Ruleset, subject: Subject) -> Result | None:
    try:
        return Result.of(evaluate(ruleset, subject.record, evaluated_on=subject.on).judgement)
    except RecordError:
        return None


def test_the_shipped_amendment_changes_those_whose_verdicts_differ() -> None:
    old, new = (load(ND90 / f"{version}.yaml") for version in ("1.0.0", "2.0.0"))
    subjects = shipped_subjects()
    found = impact(new, old, subjects)
    differ = {each.ref for each in subjects if result_of(old, each) != result_of(new, each)}
    assert {each.ref for each in found.changes} == differ
    assert differ
    assert all(each.flips for each in found.changes if "refused" not in (each.before, each.after))


@given(st.lists(st.none() | st.decimals(0, 14, places=1), max_size=40), st.integers(1, 9), st.integers(0, 40))
def test_parts_add_up_whatever_their_size_and_wherever_the_work_was_stopped(
    months: list[Decimal | None], size: int, stopped: int
) -> None:
    subjects = [subject(number, value, f"unit {number % 3}") for number, value in enumerate(months)]
    whole = impact(DRAFT, LIVE, subjects, by="group")
    foreseer = Foreseer(DRAFT, LIVE, by="group")
    first = list(foreseer.parts(in_chunks(subjects[:stopped], size)))
    done = first[-1].done if first else 0
    kept = [Part.of(part.data) for part in first]
    parts = [*kept, *foreseer.parts(in_chunks(subjects[done:], size), done)]
    assert Impact.of(DRAFT, LIVE, parts) == whole
    assert Impact.of(DRAFT, LIVE, parts).data == whole.data
    assert sum(whole.tally.moves.values()) == len(subjects)
    done_with = list(accumulate(part.tally.records for part in parts))
    assert [part.done for part in parts] == done_with


def test_tallies_survive_their_data() -> None:
    tally = impact(DRAFT, LIVE, SUBJECTS, by="group").tally
    assert Tally.of(tally.data) == tally
    assert tally + Tally() == tally


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_picture_and_an_explanation(language: Language, golden: Callable[[Path, str], None]) -> None:
    assert language in ("vi", "en")
    found = impact(DRAFT, LIVE, SUBJECTS, by="group")
    text = picture(found, language, changes=2)
    told = explain_change(Foreseer(DRAFT, LIVE), SUBJECTS[1], language)
    golden(DATA / f"months.{language}.txt", f"{text}\n\n{told}\n")


def test_of_a_record_that_stays_as_it_is_no_difference_is_told() -> None:
    told = explain_change(Foreseer(DRAFT, LIVE), SUBJECTS[0], "en")
    assert told.endswith("The result does not change.")
    assert "differs" not in told


def test_an_empty_picture_says_so() -> None:
    assert "0 of 0 records change (0.0 %)" in picture(impact(DRAFT, LIVE, []), "en")
