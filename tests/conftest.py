"""What every test may use: a browser, a PostgreSQL server, and golden files.

`pytest --renew` writes golden files anew, to be read in the diff.

No test depends on how fast the machine is, so hypothesis sets no deadline; where CI is set it also tries the same
examples each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Browser, BrowserMissingError, find_browser
from hypothesis import settings
from postgres import Postgres, started

settings.register_profile("no-deadline", settings(), deadline=None)
settings.load_profile("no-deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write golden files instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """A function that compares a text with the one in a file."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--renew"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, one for all tests of a module."""
    try:
        program = find_browser()
    except BrowserMissingError as missing:
        pytest.skip(str(missing))
    with Browser(program) as started:
        yield started


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server, one for all tests of a process."""
    with started() as server:
        yield server


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of a store, to be copied: that is faster than to make them each time."""
    path = tmp_path_factory.mktemp("ready") / "store.sqlite3"
    _make(str(path))
    return path


@pytest.fixture(scope="session")
def ready_template(postgres: Postgres) -> str:
    """A database with the tables of a store, for others to be made from."""
    postgres.execute("CREATE DATABASE ready")
    _make(postgres.url("ready"))
    return "ready"


def _make(location: str) -> None:
    from server.store import open_database, prepare  # most tests need no store

    engine = open_database(location)
    prepare(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store is: one that is ready where a test asks for a `database` too, else an empty one."""
    ready = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "store.sqlite3"
        if ready:
            path.touch(mode=0o600)
            path.write_bytes(request.getfixturevalue("ready_file").read_bytes())
        yield str(path)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    template = request.getfixturevalue("ready_template") if ready else "template1"
    with postgres.database(template) as url:
        yield url
