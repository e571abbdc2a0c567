"""The shipped rulesets: every case beside them, every date between them, every example record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from case_check import check
from ruamel.yaml import YAML
from shipped_rulesets import BY_FILE, CATALOGUE, cases_of, report_on

from engine import Ruleset, SelectionError
from engine.ruleset.document import Expectation

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "examples" / "records"
DATA = ROOT / "tests" / "data" / "rulesets"
SHIPPED = CATALOGUE.list()


@pytest.mark.parametrize("file", BY_FILE)
def test_every_case_is_as_expected(file: str) -> None:
    report = report_on(file)
    assert report.results
    failed = {case.name: [each.says.en for each in case.differences] for case in report.failed}
    assert failed == {}


@pytest.mark.parametrize("file", BY_FILE)
def test_cases_expect_every_label(file: str) -> None:
    expectations = [case.expect for case in (*BY_FILE[file].cases, *cases_of(file).cases)]
    notices = {
        name for e in expectations for names in (e.obligations, e.notes, e.proposals) for name in names or ()
    }
    assert BY_FILE[file].labels.keys() <= notices


@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_every_rule_is_cited_and_every_finding_has_words(ruleset: Ruleset) -> None:
    for criterion in ruleset.criteria:
        assert criterion.citations or criterion.advisory, criterion.name
        statuses = {"met", "unmet", "unknown"} | ({"not_applicable"} if criterion.applies else set())
        for language, says in criterion.says.items():
            assert says.keys() == statuses, (criterion.name, language)


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


@pytest.mark.parametrize(
    "row", read_yaml(DATA / "selection.yaml"), ids=lambda row: f"{row['ruleset']} {row['on']}"
)
def test_the_date_chooses_the_version(row: Mapping[str, Any]) -> None:
    if row["version"] is None:
        with pytest.raises(SelectionError):
            CATALOGUE.on(row["ruleset"], row["on"])
    else:
        assert CATALOGUE.on(row["ruleset"], row["on"]).version == row["version"]


@pytest.mark.parametrize("file", BY_FILE)
def test_the_record_of_a_person_selects_its_ruleset(file: str) -> None:
    ruleset, case = BY_FILE[file], cases_of(file).cases[0]
    day = ruleset.effective.from_
    assert day is not None
    assert CATALOGUE.select(case.record, day) is ruleset


EXAMPLES = read_yaml(DATA / "examples.yaml")


def test_every_example_record_is_expected() -> None:
    assert [path.stem for path in sorted(RECORDS.glob("*.json"))] == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_record(name: str) -> None:
    example = json.loads(
        (RECORDS / f"{name}.json").read_text("utf-8"), parse_float=Decimal, parse_int=Decimal
    )
    on = date.fromisoformat(example["evaluated_on"])
    check(CATALOGUE.on(example["ruleset"], on), example["facts"], on, Expectation(**EXAMPLES[name]))
