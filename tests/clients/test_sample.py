"""`chuan sample`: the same bytes again, any slice, shares as told, and records that the rulesets take."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner

import rulesets as shipped
from clients.cli import app
from clients.sample import (
    Campaign,
    CampaignFileError,
    Effect,
    Entry,
    Kind,
    Sample,
    read_campaign,
    write_sample,
)
from clients.sample.law import law_on
from clients.sample.summary import judge, rulesets_of
from engine import Catalogue, ChosenBy, RecordError, Ruleset, evaluate
from engine.campaign import CampaignResult, Code, run_campaign
from engine.facts import FactsReader

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data" / "sample"
EXAMPLE = ROOT / "examples" / "sample"
EXAMPLE_OPTIONS = ("--people", "60", "--seed", "2026", "--mistakes", "0.05", "--missing", "0.05")
DAYS = [
    date(2020, 8, 20),
    date(2023, 9, 14),
    date(2023, 12, 20),
    date(2024, 12, 20),
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(2025, 12, 20),
    date(2026, 3, 1),
    date(2026, 12, 15),
]
"""A day under each combination of rulesets, and around the end of districts."""


def cases(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(DATA / name)


@cache
def _versions(id_: str) -> tuple[Ruleset, ...]:
    return Catalogue.of(shipped.FOLDER, only=id_).list()


@cache
def catalogue(day: date) -> Catalogue:
    return Catalogue(
        ruleset
        for id_ in rulesets_of(Sample(10, 1, day))
        for ruleset in _versions(id_)
        if day in ruleset.effective
    )


@cache
def reader(id_: str, day: date) -> FactsReader:
    return FactsReader(catalogue(day).on(id_, day).facts)


def chuan(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sample", *map(str, arguments)])
    return result.exit_code, result.output


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def entries(sample: Sample) -> Iterator[tuple[Campaign, Entry]]:
    for campaign in Campaign:
        for entry in sample.organisations(campaign):
            yield campaign, entry
    for person in sample.persons():
        yield Campaign.STATE, person.state
        if person.party is not None:
            yield Campaign.PARTY, person.party


def records(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of an entry with the ids of their rulesets."""
    posts = entry.data.get("posts", [entry.data])
    assert isinstance(posts, list)
    for post in posts:
        if post["facts"] is not None:
            yield post["ruleset"], post["facts"]


# The same again


def test_the_example_is_what_the_command_makes(tmp_path: Path) -> None:
    out = tmp_path / "again"
    code, output = chuan(out, *EXAMPLE_OPTIONS)
    assert code == 0, output
    assert files(out) == files(EXAMPLE)


def test_the_hash_seed_of_python_changes_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import date; from pathlib import Path; "
        "from clients.sample import Sample, write_sample; "
        "write_sample(Sample(200, 1, date(2026, 12, 15), 0.1, 0.1), Path(sys.argv[1]))"
    )
    processes = [
        subprocess.Popen(  # noqa: S603 - a program of our own
            [sys.executable, "-c", program, str(tmp_path / hash_seed)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
        )
        for hash_seed in ("1", "2")
    ]
    assert [process.wait() for process in processes] == [0, 0]
    assert files(tmp_path / "1") == files(tmp_path / "2") != {}


def test_several_processes_make_the_same(tmp_path: Path) -> None:
    sample = Sample(2_500, 8, DAYS[-1], 0.1, 0.1)
    told: list[int] = []
    one = write_sample(sample, tmp_path / "one", tell=told.append)
    two = write_sample(sample, tmp_path / "two", processes=2)
    assert one == two
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert told == [2_000, 2_500]


def test_another_seed_makes_another_province() -> None:
    one, other = (list(Sample(200, seed, DAYS[-1]).persons()) for seed in (1, 2))
    same = sum(a.register["name"] == b.register["name"] for a, b in zip(one, other, strict=True))
    assert same < 20


@settings(max_examples=25)
@given(st.integers(10, 3_000), st.data())
def test_any_slice_is_the_part_of_the_whole(people: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, people - 1))
    stop = data.draw(st.integers(start, min(people + 5, start + 80)))
    sample = Sample(people, 5, data.draw(st.sampled_from(DAYS)), 0.2, 0.2)
    longer = list(sample.persons(max(0, start - 40), stop))
    assert list(sample.persons(start, stop)) == longer[start - max(0, start - 40) :]
    assert len(longer) == min(stop, people) - max(0, start - 40)


def test_more_people_leave_those_before_as_they_are() -> None:
    small, large = Sample(1_500, 3, DAYS[-1], 0.1), Sample(6_000_000, 3, DAYS[-1], 0.1)
    # The last unit of the smaller sample is cut off, so that its numbers of members are others.
    assert list(small.persons(0, 1_400)) == list(large.persons(0, 1_400))
    assert list(large.persons(5_999_990))[-1].register["id"] == "P6000000"


def test_shares_of_mistakes_change_no_other_record() -> None:
    clean, spoilt = (list(Sample(300, 4, DAYS[-1], share).persons()) for share in (0.0, 0.1))
    for before, after in zip(clean, spoilt, strict=True):
        assert before.state == after.state or after.state.mistakes


# The tree


@settings(max_examples=25)
@given(st.integers(10, 120_000), st.integers(0, 99), st.sampled_from(DAYS))
def test_everybody_has_a_place_and_every_place_its_people(people: int, seed: int, day: date) -> None:
    layout = Sample(people, seed, day).layout
    units = [unit for block in layout.blocks() for unit in block]
    by_id = {unit.id: unit for unit in units}
    assert len(by_id) == len(units)
    assert [unit.start for unit in units[1:]] == [unit.start + unit.size for unit in units[:-1]]
    assert units[0].start == 0
    assert units[-1].start + units[-1].size == people
    children = Counter(unit.parent for unit in units)
    assert all(children[unit.id] == unit.below for unit in units)
    assert all(unit.parent is None or by_id[unit.parent].start < unit.start for unit in units)
    assert {unit.kind_name == "district" for unit in units} <= (
        {True, False} if day < date(2025, 7, 1) else {False}
    )
    number = people * 2 // 3
    ((_, unit),) = layout.seats(number, number + 1)
    assert unit.start <= number < unit.start + unit.size


def test_names_of_places_are_told_apart() -> None:
    units = [unit for block in Sample(20_000, 8, date(2024, 12, 1)).layout.blocks() for unit in block]
    communes = [unit.name for unit in units if unit.kind_name == "commune"]
    assert len(communes) > 100
    assert len(set(communes)) == len(communes)


# Shares


@cache
def register() -> list[dict[str, Any]]:
    sample = Sample(20_000, 11, DAYS[-1])
    sectors = {unit.id: unit.kind.sector.value for block in sample.layout.blocks() for unit in block}
    return [
        {
            **(line := person.register),
            "sector": sectors[str(line["organisation"])],
            "surname": str(line["name"]).split()[0],
            "in_party": line["party_member_since"] is not None,
        }
        for person in sample.persons()
    ]


def counts(line: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    for field, value in wanted.items():
        if field == "born_before":
            if int(line["born"][:4]) >= value:
                return False
        elif line[field] not in (value if isinstance(value, list) else [value]):
            return False
    return True


@pytest.mark.parametrize("case", cases("shares.yaml"), ids=str)
def test_a_share_is_as_told(case: dict[str, Any]) -> None:
    among = [line for line in register() if counts(line, case["of"])]
    low, high = case["between"]
    assert len(among) > 500
    assert low <= sum(counts(line, case["what"]) for line in among) / len(among) <= high


# Records


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_clean_record_is_taken(day: date) -> None:
    sample = Sample(300, 9, day)
    read = 0
    for _, entry in entries(sample):
        assert entry.mistakes == ()
        for id_, facts in records(entry):
            reader(id_, day).read(facts)
            read += 1
    assert read > 450


@pytest.mark.parametrize("day", [date(2022, 12, 1), date(2024, 12, 1), date(2026, 12, 1)], ids=str)
def test_what_is_planted_has_its_effect(day: date) -> None:
    """Each mistake, in each ruleset where it was planted, is refused, flagged or unknown as the list says."""
    seen: Counter[tuple[Kind, str]] = Counter()
    for _, entry in entries(Sample(400, 6, day, 0.6, 0.4)):
        for (id_, facts), mistake in zip(records(entry), entry.mistakes, strict=True):
            planted = mistake.planted
            assert mistake.ruleset == id_
            if seen[planted.kind, id_] >= 6 or planted.effect is Effect.REPORTED:
                continue
            seen[planted.kind, id_] += 1
            if planted.effect is Effect.REFUSED:
                with pytest.raises(RecordError) as refused:
                    reader(id_, day).read(facts)
                assert planted.path in [violation.path for violation in refused.value.violations]
                continue
            ruleset = catalogue(day).on(id_, day)
            verdict = evaluate(ruleset, facts, evaluated_on=day, chosen_by=ChosenBy.DATE)
            if planted.effect is Effect.FLAGGED:
                agree = {finding.criterion.name: finding.status.value for finding in verdict.findings}
                assert agree["counts_agree"] == "unmet"
            else:
                outer, _, inner = planted.path.partition(".")
                left = facts.get(outer)
                assert outer not in facts or (isinstance(left, dict) and inner not in left)
    kinds = {kind for kind, _ in seen}
    assert kinds == set(Kind) - {Kind.DUPLICATED_PERSON, Kind.UNKNOWN_ORGANISATION}


def test_a_campaign_reports_what_is_planted_and_nothing_else() -> None:
    sample = Sample(400, 12, DAYS[-1], 0.15)
    result = judge(sample, Campaign.STATE, catalogue(sample.on))
    planted = Counter(
        (mistake.planted.kind, mistake.planted.effect)
        for campaign, entry in entries(sample)
        for mistake in entry.mistakes
        if campaign is Campaign.STATE
    )
    problems = Counter(problem.code for problem in result.problems)
    twice = planted[Kind.DUPLICATED_PERSON, Effect.REPORTED]
    assert problems[Code.BAD_RECORD] == sum(
        times for (_, effect), times in planted.items() if effect is Effect.REFUSED
    )
    assert problems[Code.UNKNOWN_ORGANISATION] == planted[Kind.UNKNOWN_ORGANISATION, Effect.REPORTED] > 0
    assert problems[Code.SAME_POST] >= twice > 0


# What comes out


@cache
def judged(day: date, campaign: Campaign) -> CampaignResult:
    return judge(Sample(1_000, 7, day), campaign, catalogue(day))


@pytest.mark.parametrize("campaign", list(Campaign))
@pytest.mark.parametrize("case", cases("outcomes.yaml"), ids=lambda case: str(case["day"]))
def test_outcomes_come_in_believable_shares(case: dict[str, Any], campaign: Campaign) -> None:
    result = judged(case["day"], campaign)
    for what, all_judged in (("persons", result.posts), ("organisations", result.organisations)):
        expected = case[campaign.value][what]
        verdicts = [each.verdict for each in all_judged.values() if each.verdict is not None]
        assert len(verdicts) == len(all_judged)
        came = Counter(verdict.outcome or verdict.status.value for verdict in verdicts)
        assert came.keys() <= expected.keys()
        for outcome, (low, high) in expected.items():
            assert low <= came[outcome] / len(verdicts) <= high, (what, outcome)
        unmet = [
            finding.criterion.name
            for verdict in verdicts
            for finding in verdict.findings
            if finding.criterion.name == "counts_agree" and finding.status.value == "unmet"
        ]
        assert unmet == []


@pytest.mark.parametrize("campaign", list(Campaign))
def test_a_clean_campaign_has_no_problem_and_keeps_the_order(campaign: Campaign) -> None:
    result = judged(DAYS[-1], campaign)
    assert {problem.code for problem in result.problems} <= {Code.FED_BEFORE_QUOTA}
    parents = {
        str(entry.data["id"]): str(entry.data["parent"] or "")
        for entry in Sample(1_000, 7, DAYS[-1]).organisations(campaign)
    }
    place = {subject: at for at, subject in enumerate(result.order)}
    organisations = {subject.organisation: place[subject] for subject in result.order if not subject.person}
    assert organisations.keys() == parents.keys()
    assert all(not parent or organisations[id_] < organisations[parent] for id_, parent in parents.items())
    heads = {subject.organisation: place[subject] for subject in result.posts if subject.role == "head"}
    assert all(
        organisations[subject.organisation] < place[subject] <= heads[subject.organisation]
        for subject in result.posts
    )


def test_some_people_have_two_posts() -> None:
    for campaign in Campaign:
        posts = Counter(
            len(list(records(entry)))
            for of, entry in entries(Sample(3_000, 7, DAYS[-1]))
            if of is campaign and "posts" in entry.data
        )
        assert posts.keys() == {1, 2}
        assert posts[2] < posts[1] / 20


def test_a_cell_knows_how_many_members_it_has() -> None:
    sample = Sample(1_200, 10, DAYS[-1])
    seats = Counter(
        str(post["organisation"])
        for campaign, entry in entries(sample)
        if campaign is Campaign.PARTY
        for post in cast("list[dict[str, Any]]", entry.data.get("posts", []))
    )
    for entry in sample.organisations(Campaign.PARTY):
        ((_, facts),) = records(entry)
        if str(entry.data["id"]).startswith("C-"):
            assert facts["basis"]["members"] == seats[str(entry.data["id"])] > 0
        assert facts["basis"]["organisations"] == sum(
            other.data["parent"] == entry.data["id"] for other in sample.organisations(Campaign.PARTY)
        )


def test_the_law_of_every_day_is_in_effect() -> None:
    for day in DAYS:
        law = law_on(day)
        for id_ in rulesets_of(Sample(10, 1, day)):
            assert catalogue(day).on(id_, day).id == id_
        assert (law.party_organisation is None) == (day < date(2023, 10, 4))


# Files


def test_files_say_what_the_sample_says(tmp_path: Path) -> None:
    sample = Sample(150, 2, DAYS[-1], 0.1, 0.1)
    written = write_sample(sample, tmp_path / "out")
    for campaign in Campaign:
        given_ = read_campaign(tmp_path / "out" / campaign)
        here = judge(sample, campaign, catalogue(sample.on))
        there = run_campaign(
            catalogue(sample.on), given_.organisations, given_.persons, evaluated_on=sample.on
        )
        assert here.order == there.order
        outcomes = {subject: each.verdict and each.verdict.outcome for subject, each in here.posts.items()}
        assert outcomes == {
            subject: each.verdict and each.verdict.outcome for subject, each in there.posts.items()
        }
    manifest = json.loads((tmp_path / "out" / "sample.json").read_text())
    for name, lines in manifest["lines"].items():
        assert (tmp_path / "out" / name).read_bytes().count(b"\n") == lines == written.lines[name]
    assert sum(manifest["planted"].values()) == manifest["lines"]["mistakes.jsonl"]


def test_tables_hold_every_record_in_columns(tmp_path: Path) -> None:
    code, _ = chuan(
        tmp_path / "out", "--people", "150", "--format", "csv", "--mistakes", "0.2", "--missing", "0"
    )
    assert code == 0
    sample = Sample(150, 1, DAYS[-1], 0.2)
    expected: Counter[str] = Counter()
    for campaign, entry in entries(sample):
        for id_, _ in records(entry):
            expected[f"{campaign}/{id_}.csv"] += entry.copies
    for name, rows in expected.items():
        with (tmp_path / "out" / name).open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file))
        assert len(table) == rows
        assert "subject.group" in table[0]
        misspelt = [row for row in table if row["other"]]
        assert all(isinstance(json.loads(row["other"]), dict) for row in misspelt)
        assert len(misspelt) < len(table) / 4


@pytest.mark.parametrize("case", cases("bad-files.yaml"), ids=lambda case: case["says"])
def test_a_bad_line_is_named(tmp_path: Path, case: dict[str, str]) -> None:
    for name in ("organisations.jsonl", "persons.jsonl"):
        (tmp_path / name).write_text(f"\n{case['line']}\n" if name == case["file"] else "")
    with pytest.raises(CampaignFileError) as error:
        read_campaign(tmp_path)
    assert str(error.value) == case["says"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--people", "9"), "9 people: choose 10 to 6,000,000"),
        (("--people", "6000001"), "6,000,001 people: choose 10 to 6,000,000"),
        (("--on", "2020-08-19"), "there are no rulesets for 2020-08-19: choose a day from 2020-08-20 on"),
        (("--on", "soon"), "'soon' is no date"),
        (("--mistakes", "0.6", "--missing", "0.5"), "at most 1 together"),
        (("--mistakes", "-0.1"), "choose 0 to 1 each"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_said(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    code, output = chuan(tmp_path / "out", *arguments)
    assert code == 2
    assert says in output
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, output = chuan(tmp_path, "--people", "10")
    assert code == 2
    assert "is not empty: choose a new folder" in output
    assert files(tmp_path) == {"mine.txt": b"mine"}


def test_the_summary_says_what_comes_out(tmp_path: Path) -> None:
    code, output = chuan(
        tmp_path / "out", "--people", "100", "--mistakes", "0", "--missing", "0", "--summary"
    )
    assert code == 0
    assert "planted: nothing" in output
    (line,) = (line for line in output.splitlines() if "vn.nd335.civil-servant" in line)
    assert line.startswith("state")
    assert "good" in line
