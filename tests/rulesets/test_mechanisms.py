"""rulesets/README.md against the rulesets: each mechanism of the places has its case, and every ruleset is listed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from shipped_rulesets import CATALOGUE

from engine.ruleset import load_cases
from engine.testing import run_case

RULESETS: Final = Path(__file__).parents[2] / "rulesets"
README: Final = (RULESETS / "README.md").read_text("utf-8")
CASES: Final = {
    (file.ruleset, case.name): (file.version, case)
    for file in map(load_cases, sorted(RULESETS.rglob("*.cases.yaml")))
    for case in file.cases
}


class Mechanism(NamedTuple):
    """A row of the table of mechanisms."""

    number: str
    ruleset: str
    case: str
    missing: str


def mechanisms() -> list[Mechanism]:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in README.splitlines()
        if re.match(r"\| M\d+ \|", line)
    ]
    return [Mechanism(number, id_.strip("`"), case, missing) for number, _, id_, case, missing in rows]


def test_every_mechanism_has_a_row() -> None:
    local = [row for row in mechanisms() if row.ruleset.startswith("vn.local.")]
    assert {row.number for row in local} == {f"M{number}" for number in range(1, 22)}


@pytest.mark.parametrize("row", mechanisms(), ids=lambda row: f"{row.number} {row.ruleset}")
def test_a_case_shows_the_mechanism(row: Mechanism) -> None:
    version, case = CASES[row.ruleset, row.case]
    if row.ruleset.startswith("vn.local."):  # the cases of the law are named for what the law asks
        assert row.case.startswith(f"{row.number}, ")
    assert run_case(CATALOGUE.get(row.ruleset, version), case).differences == ()
    assert row.missing


def test_the_readme_lists_the_rulesets_that_are_there() -> None:
    named = set(re.findall(r"^\| `(vn\.[\w.-]+)` \|", README, re.MULTILINE))
    assert named == {ruleset.id for ruleset in CATALOGUE.list()}


def test_the_readme_names_no_ruleset_that_is_not_there() -> None:
    assert set(re.findall(r"`(vn\.[\w.-]+)`", README)) <= {ruleset.id for ruleset in CATALOGUE.list()}
