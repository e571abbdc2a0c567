"""`chuan evaluate` prints the same verdict, to the byte, whether it evaluates itself or asks a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from serving import settings_for
from typer.testing import CliRunner

import rulesets as shipped
from clients.cli import app
from engine.records import parse_record
from server.config import Settings

EXAMPLES = sorted((shipped.FOLDER.parent / "examples" / "records").glob("*.json"))


@pytest.fixture(scope="module")
def shipped_address(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Settings], AbstractContextManager[str]]
) -> Iterator[str]:
    store = tmp_path_factory.mktemp("shipped") / "store.sqlite3"
    with serve(settings_for(store, shipped.FOLDER)) as address:
        yield address


def printed(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    return result.exit_code, result.stdout, result.stderr


FORESIGHT = ("--foresight", "--format", "json")
RUNS = [
    *((path, FORESIGHT) for path in EXAMPLES),
    *((path, ("--format", "json")) for path in EXAMPLES[-3:]),
    *((path, ("--lang", "en")) for path in EXAMPLES[-3:]),
]


@pytest.mark.parametrize(
    ("path", "options"), RUNS, ids=lambda value: getattr(value, "stem", None) or " ".join(value)
)
def test_here_and_there_the_same(shipped_address: str, path: Path, options: tuple[str, ...]) -> None:
    ruleset = str(parse_record(path.read_bytes())["ruleset"])
    here = printed(ruleset, str(path), *options)
    there = printed(ruleset, str(path), *options, "--server", shipped_address)
    assert there == here
    assert here[1] or here[2]
