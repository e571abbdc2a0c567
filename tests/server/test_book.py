"""The book of rulesets: what is in it stays, all of a step is written or nothing, and an older store is taken up."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from serving import serving, settings_for
from sqlalchemy import Engine, select

from clients.client import Client
from server.publishing import seed
from server.store import (
    Action,
    Event,
    Kept,
    RulesetBook,
    RulesetConflictError,
    SchemaError,
    Texts,
    open_database,
    prepare,
    tables,
    upgrade,
)
from server.store.book import Page

DATA = Path(__file__).parent.parent / "data" / "server"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Engine]:
    engine = open_database(path, busy_seconds=0.05)
    prepare(engine)
    yield engine
    engine.dispose()


KEPT = Kept("d1", "a", "1.0.0", "one", "cases")
SAVED = Event(at_micros=5, actor="lan", action=Action.SAVED, ruleset_id="a", version="1.0.0", revision=1)


def write(book: RulesetBook, *steps: Callable[[Page], object]) -> None:
    with book.writing() as page:
        for step in steps:
            step(page)


def test_a_version_is_kept_once_and_for_good(database: Engine) -> None:
    book = RulesetBook(database)
    with book.writing() as page:
        page.keep(KEPT)
        page.keep(KEPT)
        page.keep(Kept("d2", "a", "2.0.0", "two"))
    with database.connect() as connection:
        assert len(connection.execute(select(tables.rulesets)).all()) == 2
    assert book.kept("d1") == KEPT
    assert book.kept("d3") is None


def test_a_version_in_use_cannot_change_its_text(database: Engine) -> None:
    book = RulesetBook(database)
    other = Kept("d3", "a", "1.0.0", "another")
    with pytest.raises(RulesetConflictError, match=r"a 1\.0\.0 .* new version"):
        write(book, lambda page: page.keep(KEPT), lambda page: page.keep(other))
    assert book.kept("d1") is None


def test_the_book_is_written_at_its_end_alone(database: Engine) -> None:
    book = RulesetBook(database)
    with book.writing() as page:
        first = page.append(SAVED)
        # A clock that goes back does not turn the order of what happened.
        second = page.append(replace(SAVED, at_micros=3, action=Action.SUBMITTED))
        page.save("a", "1.0.0", 1, Texts("text", "cases"))
    assert (first.sequence, second.sequence, second.at_micros) == (1, 2, 5)
    assert book.sequence() == 2
    with book.reading() as page:
        assert page.events("a", "1.0.0") == (first, second)
        assert page.events(after=1) == (second,)
        assert page.events("b") == ()
        assert page.revision("a", "1.0.0", 1) == Texts("text", "cases")
        assert page.revision("a", "1.0.0", 2) is None


def test_what_fails_half_way_leaves_the_book_as_it_was(database: Engine) -> None:
    book = RulesetBook(database)
    with pytest.raises(ZeroDivisionError):
        write(book, lambda page: page.append(SAVED), lambda _page: 1 / 0)
    assert book.sequence() == 0


def test_an_older_store_is_seeded_around_the_texts_that_its_decisions_rest_on(
    path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text, cases = (
        (DATA / "life" / f"months-1.0.0{end}").read_text(encoding="utf-8") for end in (".yaml", ".cases.yaml")
    )
    (folder / "months.yaml").write_text(text, encoding="utf-8")
    (folder / "months.cases.yaml").write_text(cases, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    database = open_database(path)
    prepare(database)
    book = RulesetBook(database)
    with book.writing() as page:  # as schema 0002 left them: without cases, and one whose file has gone
        page.keep(Kept(digest, "test.months", "1.0.0", text))
        page.keep(KEPT)
    seed(book, folder, lambda: 7)
    assert book.kept(digest) == Kept(digest, "test.months", "1.0.0", text, cases)
    assert book.kept("d1") == KEPT
    with book.reading() as page:
        assert [(each.version, each.digest, each.actor) for each in page.events()] == [
            ("1.0.0", digest, "chuan")
        ]
    database.dispose()


def test_an_older_store_is_not_seeded_with_another_text_of_a_version_in_use(
    path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = (DATA / "life" / "months-1.0.0.yaml").read_text(encoding="utf-8")
    (folder / "months.yaml").write_text(text, encoding="utf-8")
    database = open_database(path)
    prepare(database)
    book = RulesetBook(database)
    with book.writing() as page:
        page.keep(Kept("d1", "test.months", "1.0.0", text + "# changed since"))
    with pytest.raises(RulesetConflictError, match="was in use with another text"):
        seed(book, folder, lambda: 7)
    assert book.sequence() == 0
    database.dispose()


LATER_INDEXES = (
    *("decisions_of_a_subject", "decisions_of_an_organisation", "decisions_of_a_caller"),
    *("decisions_of_an_outcome", "decisions_in_time", "one_decision_a_request"),
)
LATER_COLUMNS = (
    *("link_form", "kind", "caller", "organisation"),
    *("request_id", "request_seal", "status", "outcome"),
)


def test_a_store_of_schema_0002_keeps_its_decisions_and_gets_a_life(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = (DATA / "life" / "months-1.0.0.yaml").read_text(encoding="utf-8")
    (folder / "months.yaml").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with serving(settings_for(path, folder)) as address, Client(address) as client:
        decision = client.evaluate("test.months", {"months": 7}, evaluated_on=date(2024, 12, 31)).decision_id
    # What later schemas have added goes, and the store is as 0002 left it.
    with sqlite3.connect(path) as connection:
        for statement in (
            "DROP TABLE checkpoints",
            *[f"DROP INDEX {index}" for index in LATER_INDEXES],
            *[f"ALTER TABLE decisions DROP COLUMN {column}" for column in LATER_COLUMNS],
            "DROP TABLE drafts",
            "DROP TABLE ruleset_events",
            "DROP INDEX decisions_of_a_ruleset",
            "ALTER TABLE rulesets DROP COLUMN cases",
            "UPDATE alembic_version SET version_num = '0002'",
        ):
            connection.execute(statement)
    connection.close()
    database = open_database(path)
    with pytest.raises(SchemaError, match="chuan upgrade-store"):
        prepare(database)
    upgrade(database)
    database.dispose()
    config = settings_for(path, folder)
    with serving(config) as address, Client(address, actor="lan") as client:
        assert client.replay_decision(decision).identical
        assert [each.digest for each in client.list_rulesets()] == [digest]
        assert [each.actor for each in client.list_ruleset_events()] == ["chuan"]
        assert client.save_draft("test.months", "2.0.0", text).revision == 1
