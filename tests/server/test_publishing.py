"""Publication by a clock that the test sets: what counts when, what is succeeded, and what is refused."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from engine import SelectionError, loads
from server.publishing import Desk, Life, LifeError, Publishing, Shelf, State, seed
from server.publishing.desk import Named
from server.publishing.life import moment
from server.store import RulesetBook, StoreUnavailableError, Texts, open_database, prepare

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
TEXT = (DATA / "months-2.0.0.yaml").read_text(encoding="utf-8")
CASES = (DATA / "months-2.0.0.cases.yaml").read_text(encoding="utf-8")
DAY_MICROS = 86_400_000_000


@dataclass
class Office:
    """A desk, its shelf and its clock."""

    book: RulesetBook
    shelf: Shelf
    desk: Desk
    now: int = 1_700_000_000_000_000

    def approved(self, version: str, starts: str, ends: str = "") -> Named:
        """A draft of these days that is approved."""
        until = f", until: {ends}" if ends else ""
        text = re.sub(r"effective: .*", f"effective: {{from: {starts}{until}}}", TEXT)
        text = text.replace("{from: 2026-01-01, value: 8", f"{{from: {starts}, value: 8")
        named = Named(ID, version, 0, "lan")
        texts = Texts(text.replace("2.0.0", version), CASES.replace("2.0.0", version))
        life = self.desk.save(named, texts)
        named = Named(ID, version, life.revision, "lan")
        self.desk.submit(named)
        approving = Named(ID, version, life.revision, "minh")
        self.desk.approve(approving)
        return approving

    def in_effect(self, day: str) -> str | None:
        """The version by which an evaluation of a day is judged now."""
        try:
            return self.shelf.refresh().catalogue.on(ID, date.fromisoformat(day)).version
        except SelectionError:
            return None

    def state(self, version: str) -> State:
        """How far a version has come."""
        return self.desk.draft(ID, version).life.state(self.now)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    for end in (".yaml", ".cases.yaml"):
        (folder / f"months{end}").write_bytes((DATA / f"months-1.0.0{end}").read_bytes())
    database = open_database(tmp_path / "store.sqlite3", busy_seconds=0.05)
    prepare(database)
    book = RulesetBook(database)

    def clock() -> int:
        return made.now

    made = Office.__new__(Office)
    made.now = Office.now
    made.book = book
    made.shelf = Shelf(book, clock, seed(book, folder, clock))
    made.desk = Desk(book, made.shelf, clock)
    yield made
    database.dispose()


def test_a_publication_counts_from_its_moment_on_and_so_does_what_it_ends(office: Office) -> None:
    office.desk.publish(
        office.approved("2.0.0", "2026-01-01"), Publishing(office.now + DAY_MICROS, supersede=True)
    )
    assert (office.state("1.0.0"), office.state("2.0.0")) == (State.PUBLISHED, State.SCHEDULED)
    assert office.in_effect("2026-01-01") == "1.0.0"
    office.now += DAY_MICROS - 1
    assert office.in_effect("2026-01-01") == "1.0.0"
    office.now += 1
    assert (office.in_effect("2025-12-31"), office.in_effect("2026-01-01")) == ("1.0.0", "2.0.0")
    assert (office.state("1.0.0"), office.state("2.0.0")) == (State.SUPERSEDED, State.PUBLISHED)
    catalogue = office.shelf.snapshot.catalogue
    known = [moment(office.now - 1), moment(office.now)]
    assert [catalogue.on(ID, date(2026, 1, 1), as_known_at=each).version for each in known] == [
        "1.0.0",
        "2.0.0",
    ]


def test_the_first_version_of_a_ruleset_counts_from_its_moment_on(office: Office) -> None:
    office.desk.retire(Named(ID, "1.0.0", 0, "minh", "struck down"))
    office.desk.publish(office.approved("2.0.0", "2026-01-01"), Publishing(office.now + DAY_MICROS))
    assert office.in_effect("2026-01-01") is None
    office.now += DAY_MICROS
    assert office.in_effect("2026-01-01") == "2.0.0"


def test_what_is_past_cannot_be_published_for(office: Office) -> None:
    life = office.desk.publish(office.approved("2.0.0", "2026-01-01"), Publishing(0, supersede=True))
    assert life.published_micros == office.now


def test_a_successor_of_all_days_replaces_what_was_mistaken(office: Office) -> None:
    office.desk.publish(office.approved("1.0.1", "2019-06-01"), Publishing(supersede=True))
    assert office.in_effect("2022-01-01") == "1.0.1"
    assert office.state("1.0.0") is State.SUPERSEDED
    assert not office.shelf.snapshot.catalogue.publication(
        office.shelf.snapshot.catalogue.get(ID, "1.0.0")
    ).known_at(None)


def test_versions_follow_each_other(office: Office) -> None:
    for year in (2026, 2027, 2028):
        office.now += 1
        office.desk.publish(office.approved(f"{year}.0.0", f"{year}-01-01"), Publishing(supersede=True))
    found = [office.in_effect(f"{year}-06-01") for year in range(2025, 2030)]
    assert found == ["1.0.0", "2026.0.0", "2027.0.0", "2028.0.0", "2028.0.0"]
    # One that is put in between ends the one before and replaces those after, whose days it takes.
    office.now += 1
    office.desk.publish(office.approved("2026.1.0", "2026-07-01"), Publishing(supersede=True))
    found = [office.in_effect(f"{year}-06-01") for year in range(2025, 2030)]
    assert found == ["1.0.0", "2026.0.0", "2026.1.0", "2026.1.0", "2026.1.0"]


def test_no_days_are_left_without_rules(office: Office) -> None:
    approved = office.approved("2.0.0", "2026-01-01", "2026-12-31")
    with pytest.raises(LifeError, match="goes on after that") as caught:
        office.desk.publish(approved, Publishing(supersede=True))
    assert caught.value.reason == "VERSIONS_OVERLAP"
    assert office.state("2.0.0") is State.APPROVED
    assert office.in_effect("2026-06-01") == "1.0.0"


def test_what_ends_in_its_own_text_needs_no_successor_named(office: Office) -> None:
    office.desk.publish(office.approved("2.0.0", "2018-01-01", "2019-12-31"), Publishing())
    assert (office.in_effect("2019-12-31"), office.in_effect("2020-01-01")) == ("2.0.0", "1.0.0")
    assert office.state("1.0.0") is State.PUBLISHED


def test_it_overlaps_with_what_is_still_to_count(office: Office) -> None:
    office.desk.publish(
        office.approved("2.0.0", "2026-01-01"), Publishing(office.now + DAY_MICROS, supersede=True)
    )
    with pytest.raises(LifeError, match="only one version may be in effect"):
        office.desk.publish(office.approved("3.0.0", "2027-01-01"), Publishing())
    # Retired before it counted, it stands in nobody's way and has ended nothing.
    office.desk.retire(Named(ID, "2.0.0", 0, "minh", "put off"))
    assert office.state("2.0.0") is State.RETIRED
    office.now += 2 * DAY_MICROS
    assert [each.version for each in office.shelf.refresh().catalogue.list()] == ["1.0.0"]
    assert office.in_effect("2026-01-01") == "1.0.0"
    assert office.state("1.0.0") is State.PUBLISHED


def test_a_retired_version_leaves_its_days_to_another(office: Office) -> None:
    office.desk.retire(Named(ID, "1.0.0", 0, "minh", "struck down"))
    assert office.in_effect("2022-01-01") is None
    office.now += 1
    office.desk.publish(office.approved("1.0.1", "2020-01-01"), Publishing())
    assert office.in_effect("2022-01-01") == "1.0.1"


def test_the_shelf_keeps_what_it_has_when_it_cannot_take_up_what_is_new(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = office.shelf.snapshot
    failures = iter([StoreUnavailableError("away"), ValueError("a text of a later chuan")])

    failed = threading.Event()

    def fail() -> int:
        try:
            raise next(failures)
        except StopIteration:
            failed.set()
            return before.sequence

    async def follow() -> None:
        sequence = office.book.sequence
        monkeypatch.setattr(office.book, "sequence", fail)
        monkeypatch.setattr("server.publishing.shelf.FOLLOW_SECONDS", 0)
        following = asyncio.create_task(office.shelf.follow())
        later = asyncio.create_task(office.shelf.later_than(before))
        await asyncio.to_thread(failed.wait)
        assert office.shelf.snapshot is before
        monkeypatch.setattr(office.book, "sequence", sequence)
        approved = await asyncio.to_thread(office.approved, "2.0.0", "2026-01-01")
        await asyncio.to_thread(office.desk.publish, approved, Publishing(supersede=True))
        newest = await later
        while newest.catalogue.on(ID, date(2026, 1, 1)).version != "2.0.0":
            newest = await office.shelf.later_than(newest)
        following.cancel()

    asyncio.run(follow())
    assert "away" in caplog.text
    assert "a text of a later chuan" in caplog.text


def test_every_step_is_in_the_book_and_nothing_else_makes_a_state(office: Office) -> None:
    office.desk.publish(office.approved("2.0.0", "2026-01-01"), Publishing(supersede=True))
    events = office.desk.history(ID, "2.0.0")
    life = Life(ID, "2.0.0")
    states = []
    for event in events:
        life = life.after(event)
        states.append(life.state(office.now))
    assert states == [State.DRAFT, State.CHECKED, State.SUBMITTED, State.APPROVED, State.PUBLISHED]
    assert life == office.desk.draft(ID, "2.0.0").life
    assert life.digest == loads(office.desk.draft(ID, "2.0.0").texts.text).digest
