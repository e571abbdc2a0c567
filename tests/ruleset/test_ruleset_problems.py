"""Wrong rulesets: every mistake of a file is told, with the words that its author needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.ruleset import RulesetError, loads

BAD = Path(__file__).parents[1] / "data" / "ruleset" / "bad"
FILES = sorted(BAD.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_mistake_of_a_file_is_told(path: Path, golden: Callable[[Path, str], None]) -> None:
    with pytest.raises(RulesetError) as caught:
        loads(path.read_text(encoding="utf-8"), path.name)
    golden(path.with_suffix(".expected"), caught.value.report() + "\n")
