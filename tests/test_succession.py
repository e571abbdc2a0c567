"""A version that a successor ends is known and in effect just as one that was withdrawn for a text that ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Catalogue, RulesetError, SelectionError, load
from engine.publication import Ending, Publication

DATA = Path(__file__).parent / "data" / "publication"
OPEN, ENDED, AMENDED = (load(DATA / f"{name}.yaml") for name in ("open", "ended", "amended"))
ISSUED = datetime(2023, 7, 17, 1, tzinfo=UTC)
BEGINS = date(2023, 9, 15)
SUCCEEDED = Catalogue(
    [Publication(OPEN, None, None, (Ending(ISSUED, BEGINS),)), Publication(AMENDED, ISSUED)]
)
CORRECTED = Catalogue(
    [Publication(OPEN, None, ISSUED), Publication(ENDED, ISSUED), Publication(AMENDED, ISSUED)]
)
MOMENTS = st.none() | st.timedeltas(timedelta(-900), timedelta(days=900)).map(lambda passed: ISSUED + passed)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), MOMENTS)
def test_every_day_has_the_same_law_at_every_moment(day: date, known: datetime | None) -> None:
    def asked(catalogue: Catalogue) -> str | None:
        try:
            version = catalogue.on("vn.rating", day, as_known_at=known).version
        except SelectionError:
            return None
        return "1.0.0" if version == "1.0.1" else version  # the same law, its end written into it

    assert asked(SUCCEEDED) == asked(CORRECTED)


def test_what_begins_with_its_successor_or_later_is_known_no_more() -> None:
    replaced = Publication(OPEN, None, None, (Ending(ISSUED, date(2020, 8, 20)),))
    assert replaced.known_at(ISSUED - timedelta(seconds=1))
    assert not replaced.known_at(ISSUED)
    assert not replaced.known_at(None)
    assert replaced.effective_at(None) is None


def test_a_withdrawal_before_the_successor_is_known_counts() -> None:
    early = Publication(OPEN, None, ISSUED - timedelta(days=1), (Ending(ISSUED, BEGINS),))
    assert [each.known_until for each in early.phases] == [early.withdrawn]


def test_without_an_end_two_versions_cannot_stand_side_by_side() -> None:
    with pytest.raises(RulesetError, match="only one version"):
        Catalogue([Publication(OPEN), Publication(AMENDED, ISSUED)])
    with pytest.raises(ValueError, match="time zone"):
        Publication(OPEN, endings=(Ending(datetime(2023, 7, 17), BEGINS),))  # noqa: DTZ001 - the mistake that is tested
