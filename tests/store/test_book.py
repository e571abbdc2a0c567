"""The book of rulesets: what is in it stays, all of a step is written or nothing, and an older store is taken up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from server.publishing import seed
from server.store import (
    Action,
    Event,
    Kept,
    RulesetBook,
    RulesetConflictError,
    Texts,
    tables,
)
from server.store.book import Page

DATA = Path(__file__).parent.parent / "data" / "server"


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
    database: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text, cases = (
        (DATA / "life" / f"months-1.0.0{end}").read_text(encoding="utf-8") for end in (".yaml", ".cases.yaml")
    )
    (folder / "months.yaml").write_text(text, encoding="utf-8")
    (folder / "months.cases.yaml").write_text(cases, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
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


def test_an_older_store_is_not_seeded_with_another_text_of_a_version_in_use(
    database: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "rulesets"
    folder.mkdir()
    text = (DATA / "life" / "months-1.0.0.yaml").read_text(encoding="utf-8")
    (folder / "months.yaml").write_text(text, encoding="utf-8")
    book = RulesetBook(database)
    with book.writing() as page:
        page.keep(Kept("d1", "test.months", "1.0.0", text + "# changed since"))
    with pytest.raises(RulesetConflictError, match="was in use with another text"):
        seed(book, folder, lambda: 7)
    assert book.sequence() == 0
