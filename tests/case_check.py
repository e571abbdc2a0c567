"""A case of a ruleset held against the verdict of its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine import Ruleset
from engine.ruleset import Case
from engine.ruleset.document import Expectation
from engine.testing import run_case


def check(ruleset: Ruleset, record: Mapping[str, Any], on: date, expect: Expectation) -> None:
    """Evaluate `record` and compare with all that `expect` speaks of."""
    result = run_case(ruleset, Case("", record, on, expect, 1))
    assert [each.says.en for each in result.differences] == []
