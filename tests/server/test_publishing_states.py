"""Whatever is published, succeeded and retired in whatever order: the law is one, and stays what it was known to be."""

from __future__ import annotations

import hashlib
import re
import tempfile
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine import Catalogue, RulesetError, SelectionError, loads
from server.publishing import Desk, LifeError, Publishing, Shelf, State, desk
from server.publishing.desk import Named
from server.publishing.gate import Examined
from server.publishing.life import moment
from server.store import RulesetBook, Texts, open_database, prepare

DATA = Path(__file__).parent.parent / "data" / "server" / "life"
ID = "test.months"
TEXT = (DATA / "months-1.0.0.yaml").read_text(encoding="utf-8")
CASES = (DATA / "months-1.0.0.cases.yaml").read_text(encoding="utf-8")
YEARS = range(2020, 2026)
PEOPLE = ("lan", "minh", "hoa")


class Office(RuleBasedStateMachine):
    """An office in which time passes and anybody tries anything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = open_database(Path(self.folder.name) / "store.sqlite3")
        prepare(self.database)
        self.now = 1_700_000_000_000_000
        self.book = RulesetBook(self.database)
        self.shelf = Shelf(self.book, lambda: self.now)
        self.desk = Desk(self.book, self.shelf, lambda: self.now)
        self.versions: list[str] = []
        self.known: list[tuple[int, dict[int, str | None]]] = []

    def teardown(self) -> None:
        self.database.dispose()
        self.folder.cleanup()

    @initialize()
    def first(self) -> None:
        self.draft(2020, None, "lan")

    @rule(start=st.sampled_from(YEARS), length=st.none() | st.integers(0, 3), author=st.sampled_from(PEOPLE))
    def draft(self, start: int, length: int | None, author: str) -> None:
        version = f"{len(self.versions) + 1}.0.0"
        until = "" if length is None else f", until: {start + length}-12-31"
        text = re.sub(r"effective: .*", f"effective: {{from: {start}-01-01{until}}}", TEXT)
        # The parameter has to have a value on the days on which the cases are judged.
        text = text.replace("{from: 2020-01-01, value", f"{{from: {start}-01-01, value").replace(
            "1.0.0", version
        )
        self.versions.append(version)
        self.desk.save(Named(ID, version, 0, author), Texts(text, CASES.replace("1.0.0", version)))

    @rule(
        step=st.sampled_from(("submit", "approve", "reject", "retire")),
        which=st.integers(0, 9),
        actor=st.sampled_from(PEOPLE),
    )
    def take(self, step: str, which: int, actor: str) -> None:
        version = self.versions[which % len(self.versions)]
        before = self.desk.draft(ID, version).life
        try:
            after = getattr(self.desk, step)(Named(ID, version, 1, actor, "why"))
        except LifeError:
            assert self.desk.draft(ID, version).life == before
        else:
            assert step != "approve" or actor not in after.authors

    @rule(which=st.integers(0, 9), ahead=st.integers(0, 3), supersede=st.booleans())
    def publish(self, which: int, ahead: int, supersede: bool) -> None:
        version = self.versions[which % len(self.versions)]
        before = self.desk.draft(ID, version).life
        for step, actor in ((self.desk.submit, "lan"), (self.desk.approve, "the head")):
            try:
                step(Named(ID, version, 1, actor))
            except LifeError:
                continue
        try:
            self.desk.publish(
                Named(ID, version, 1, "the head"), Publishing(self.now + ahead if ahead else None, supersede)
            )
        except LifeError:
            assert self.desk.draft(ID, version).life.is_published == before.is_published

    @rule(passed=st.integers(1, 3))
    def wait(self, passed: int) -> None:
        self.known.append((self.now, self.answers(self.shelf.refresh().catalogue)))
        self.now += passed

    def answers(self, catalogue: Catalogue, known: int | None = None) -> dict[int, str | None]:
        """By year, the version that its summer is judged by."""
        found: dict[int, str | None] = {}
        for year in range(2019, 2031):
            try:
                as_known_at = None if known is None else moment(known)
                found[year] = catalogue.on(ID, date(year, 7, 1), as_known_at=as_known_at).version
            except SelectionError as error:
                found[year] = f"several: {error}" if error.found else None
        return found

    @invariant()
    def the_law_is_one_and_stays_what_it_was(self) -> None:
        try:
            catalogue = self.shelf.refresh().catalogue
        except RulesetError as error:
            raise AssertionError("two versions were published for one day") from error
        answers = self.answers(catalogue)
        assert not [each for each in answers.values() if each and each.startswith("several")]
        assert answers == self.answers(catalogue, self.now)
        for known, then in self.known[-5:]:
            assert self.answers(catalogue, known) == then

    @invariant()
    def what_is_published_never_changes(self) -> None:
        for ruleset, life in self.shelf.snapshot.lives.items():
            texts = self.desk.draft(ID, ruleset.version).texts
            assert hashlib.sha256(texts.text.encode()).hexdigest() == ruleset.digest == life.digest
            assert life.state(self.now) in (State.PUBLISHED, State.SUPERSEDED, State.RETIRED)


@lru_cache(1_000)
def read(_id: str, _version: str, texts: Texts, _others: object = ()) -> Examined:
    """A draft as a ruleset; its check and its cases are tested elsewhere, and take long."""
    return Examined(loads(texts.text), ())


@pytest.fixture(autouse=True)
def without_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "examine", lambda id_, version, texts, _others=(): read(id_, version, texts))


class TestOffice(Office.TestCase):  # type: ignore[misc, valid-type]  # hypothesis makes it
    settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
