"""Quotas over the rows of files, in the report: places, and who takes them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scoring import RULESET, chuan_score

from clients.score.quotas import QUOTA_COLUMNS, QuotaFacts, quota_use
from engine import Evaluator, Ruleset, loads
from engine.cohort import Standing, award, quota_of

DAY: Final = date(2024, 12, 20)
QUOTA: Final = """
quota:
  outcome: good
  at_most: {share: 50%, of: all_rated}
  within: [unit_id, [unit_id, level]]
  rounding: down
  falls_to: completed
"""
READINGS: Final = QUOTA.replace(
    "  at_most: {share: 50%, of: all_rated}\n",
    "  readings:\n"
    "    half: {label: {vi: Một nửa, en: Half of all}, at_most: {share: 50%, of: all_rated}}\n"
    "    third: {label: {vi: Một phần ba, en: A third}, at_most: {share: 1 / 3, of: all_rated}}\n",
).replace("  rounding: down\n", "")


def _ruleset(quota: str) -> str:
    return RULESET.read_text("utf-8") + quota


def _rows(folder: Path) -> Path:
    source = folder / "a.csv"
    head = "group,months,leave,joined,tasks.total,tasks.done,marks,penalties,unit_id\n"
    good, bad, open_ = ("2020-01-01,5,5,7,[],", "2020-01-01,5,4,7,[],", "2020-01-01,,5,7,[],")
    rows = [f"staff,12,no,{kind}{unit}" for kind, unit in [*[(good, "A")] * 3, *[(bad, "A")] * 2]]
    rows += [
        f"staff,12,no,{kind}{unit}" for kind, unit in [(good, "B"), (bad, "B"), (bad, "B"), (open_, "B")]
    ]
    source.write_text(head + "\n".join(rows), encoding="utf-8")
    return source


def _report(tmp_path: Path, quota: str, *arguments: str) -> str:
    (tmp_path / "r.yaml").write_text(_ruleset(quota), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    result = chuan_score(
        str(_rows(tmp_path)), "--out", str(out), "--lang", "en", *arguments, ruleset=str(tmp_path / "r.yaml")
    )
    assert result.exit_code == 0, result.stderr
    return (tmp_path / "out.report.html").read_text("utf-8")


def _cells(page: str, group: str) -> list[str]:
    part = page[page.index("<h2>Quota use</h2>") :]
    line = next(line for line in part.splitlines() if line.startswith(f"<tr><td>{group}</td>"))
    return [cell.partition("</td>")[0] for cell in line.split('<td class="n">')[1:]]


def test_the_report_says_how_each_group_uses_its_quota(tmp_path: Path) -> None:
    page = _report(tmp_path, QUOTA.replace("[unit_id, [unit_id, level]]", "[unit_id]"))
    # Places, eligible, awarded, not awarded, needs decision. Nothing ranks the three of A for their two places.
    assert _cells(page, "A") == ["2", "3", "0", "0", "3"]
    # Who is undetermined may be eligible, and the authority has to decide.
    assert _cells(page, "B") == ["1", "1", "1", "0", "1"]
    assert "How many may be rated “Well done” is limited" in page


def test_a_quota_that_the_law_leaves_open_is_applied_by_the_reading_that_is_named(tmp_path: Path) -> None:
    page = _report(tmp_path, READINGS)
    assert "name the reading to apply by --reading: half, third" in page
    page = _report(tmp_path, READINGS, "--reading", "third", "--force")
    assert "by the reading: A third" in page
    assert _cells(page, "A")[:2] == ["1", "3"]
    page = _report(tmp_path, READINGS, "--reading", "test.score.staff=half", "--force")
    assert _cells(page, "A")[:2] == ["2", "3"]


def test_a_reading_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(_ruleset(READINGS), encoding="utf-8")
    arguments = (str(_rows(tmp_path)), "--out", str(tmp_path / "out.csv"), "--lang", "en")
    for reading, words in (
        ("nobody=half", "no ruleset that judges is called nobody"),
        ("all", "The readings are half and third"),
    ):
        result = chuan_score(*arguments, "--reading", reading, ruleset=str(tmp_path / "r.yaml"))
        assert result.exit_code == 2
        assert words in result.stderr


@pytest.fixture(scope="module")
def limited() -> Ruleset:
    return loads(_ruleset(QUOTA), "quota")


MEMBERS: Final = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "unit_id": st.sampled_from(["A", "B"]),
            "level": st.sampled_from(["low", "high"]),
            "months": st.sampled_from([3, 12]),
            "leave": st.just(value=False),
            "tasks": st.fixed_dictionaries({"total": st.just(5)}, optional={"done": st.integers(4, 5)}),
            "marks": st.just([7]),
            "penalties": st.just([]),
            "joined": st.just("2020-01-01"),
        },
    ),
    max_size=12,
)


@given(MEMBERS)
@settings(max_examples=40)
def test_what_is_counted_is_what_the_quota_says_of_each_verdict(
    limited: Ruleset, members: list[dict[str, object]]
) -> None:
    quota = quota_of(limited)
    facts, evaluator = QuotaFacts(quota), Evaluator(limited)
    verdicts = [evaluator.evaluate(each, DAY) for each in members]
    expected = award(quota, enumerate(verdicts))
    rows = [
        {
            "quota": facts.of_record(record),
            "status": verdict.status.value,
            "outcome": verdict.outcome or "",
            "lowest": verdict.judgement.lowest or "",
            "highest": verdict.judgement.highest or "",
            "possible": list(verdict.judgement.possible),
        }
        for record, verdict in zip(members, verdicts, strict=True)
    ]
    types = {name: pl.List(pl.String) if name == "possible" else pl.String for name in QUOTA_COLUMNS}
    found = {(use.scope, use.values): use for use in quota_use(quota, DAY, pl.DataFrame(rows, schema=types))}
    assert len(found) == len(expected.groups)
    for group in expected.groups:
        use = found[group.key.scope, tuple(map(str, group.key.values))]
        assert (use.fewest, use.most) == (group.fewest.places, group.most.places)
        assert (use.eligible, use.awarded) == (group.count.eligible, group.awarded)
        open_ = [
            result
            for result in expected.results.values()
            if result.standing is Standing.NEEDS_DECISION
            and any(position.group.key == group.key for position in result.positions)
        ]
        assert use.needs_decision == len(open_)
