"""What was known of the rules at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine import Catalogue, Ruleset, RulesetError, SelectionError, load
from engine.publication import Publication

DATA = Path(__file__).parent / "data" / "publication"
ASKED = YAML(typ="safe", pure=True).load((DATA / "questions.yaml").read_text(encoding="utf-8"))
LOADED = {name: load(DATA / name) for name in ASKED["published"]}


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


PUBLISHED = [
    Publication(LOADED[name], moment(said.get("published")), moment(said.get("withdrawn")))
    for name, said in ASKED["published"].items()
]
CATALOGUE = Catalogue(PUBLISHED)


def ask(question: dict[str, Any]) -> Ruleset:
    known = moment(question.get("known"))
    match question["ask"]:
        case "get":
            return CATALOGUE.get("vn.rating", question["version"], as_known_at=known)
        case "on":
            return CATALOGUE.on("vn.rating", question["day"], as_known_at=known)
        case _:
            return CATALOGUE.select(question["record"], question["day"], as_known_at=known)


@pytest.mark.parametrize("question", [each for each in ASKED["questions"] if "gives" in each], ids=str)
def test_the_version_that_was_known_is_given(question: dict[str, Any]) -> None:
    assert ask(question).version == question["gives"]


@pytest.mark.parametrize("question", [each for each in ASKED["questions"] if "fails" in each], ids=str)
def test_what_was_looked_for_and_what_is_near_is_said(question: dict[str, Any]) -> None:
    with pytest.raises(SelectionError) as caught:
        ask(question)
    assert str(caught.value) == question["fails"]
    assert caught.value.near


def test_a_folder_says_itself_when_its_rulesets_were_published() -> None:
    catalogue = Catalogue.of(DATA / "folder")
    day = date(2023, 12, 31)
    assert catalogue.on("vn.rating", day).version == "2.0.0"
    assert catalogue.on("vn.rating", day, as_known_at=moment("2023-07-17T08:00:00+07:00")).version == "2.0.0"
    with pytest.raises(SelectionError, match="published 2023-07-17T08:00:00"):
        catalogue.on("vn.rating", day, as_known_at=moment("2023-07-17T07:59:59+07:00"))


def test_two_versions_that_were_known_at_one_time_may_not_overlap() -> None:
    first, _, last = PUBLISHED
    with pytest.raises(RulesetError, match="only one version"):
        Catalogue([Publication(first.ruleset, first.published), last])
    with pytest.raises(RulesetError, match="only one version"):
        Catalogue([first.ruleset, last.ruleset])


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "2.0.0"])
def test_a_withdrawn_version_is_found_by_its_digest(version: str) -> None:
    ruleset = CATALOGUE.get("vn.rating", version)
    assert CATALOGUE.by_digest(ruleset.digest) is ruleset


def test_moments_have_a_zone_and_an_order() -> None:
    ruleset = LOADED["open.yaml"]
    with pytest.raises(ValueError, match="time zone"):
        Publication(ruleset, datetime(2023, 7, 17))  # noqa: DTZ001 - the mistake that is tested
    with pytest.raises(ValueError, match="time zone"):
        CATALOGUE.on("vn.rating", date(2023, 12, 31), as_known_at=datetime(2023, 7, 17))  # noqa: DTZ001 - as above
    late, early = moment("2023-07-17T08:00:00+07:00"), moment("2023-07-17T00:59:00+00:00")
    with pytest.raises(ValueError, match="withdrawn before"):
        Publication(ruleset, late, early)


FIRST = datetime(2020, 8, 13, 2, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=3_650)).map(lambda passed: FIRST + passed)


@given(st.dates(date(2020, 8, 20), date(2030, 1, 1)), MOMENTS)
def test_at_every_moment_since_the_first_there_is_one_version_for_every_day(
    day: date, known: datetime
) -> None:
    assert CATALOGUE.on("vn.rating", day, as_known_at=known).version in ("1.0.0", "1.0.1", "2.0.0")
