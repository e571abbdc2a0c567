"""The shipped rulesets: every case beside them, every date between them, every example record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from case_check import check
from ruamel.yaml import YAML

from engine import Catalogue, Ruleset, SelectionError
from engine.ruleset import Case, load_cases
from engine.ruleset.document import Expectation
from engine.testing import run_case

ROOT = Path(__file__).parents[2]
RULESETS = ROOT / "rulesets"
RECORDS = ROOT / "examples" / "records"
DATA = ROOT / "tests" / "data" / "rulesets"

CATALOGUE = Catalogue.of(RULESETS)
SHIPPED = CATALOGUE.list()


class Shown(NamedTuple):
    """A case and the ruleset that it is about."""

    ruleset: Ruleset
    case: Case


def shown() -> Iterator[Shown]:
    for path in sorted(RULESETS.rglob("*.cases.yaml")):
        file = load_cases(path)
        for case in file.cases:
            yield Shown(CATALOGUE.get(file.ruleset, file.version), case)
    for ruleset in SHIPPED:
        for case in ruleset.cases:
            yield Shown(ruleset, case)


CASES = tuple(shown())


@pytest.mark.parametrize(
    ("ruleset", "case"),
    CASES,
    ids=[f"{item.ruleset.id} {item.ruleset.version}: {item.case.name}" for item in CASES],
)
def test_case(ruleset: Ruleset, case: Case) -> None:
    assert [each.says.en for each in run_case(ruleset, case).differences] == []


@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_cases_expect_every_label(ruleset: Ruleset) -> None:
    expectations = [item.case.expect for item in CASES if item.ruleset is ruleset]
    notices = {
        name for e in expectations for names in (e.obligations, e.notes, e.proposals) for name in names or ()
    }
    assert ruleset.labels.keys() <= notices


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


@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_the_record_of_a_person_selects_its_ruleset(ruleset: Ruleset) -> None:
    item = next(item for item in CASES if item.ruleset is ruleset)
    day = ruleset.effective.from_
    assert day is not None
    assert CATALOGUE.select(item.case.record, day) is ruleset


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
