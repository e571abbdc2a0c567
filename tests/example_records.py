"""The example records, evaluated."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import rulesets
from engine import Catalogue, ChosenBy, Verdict, evaluate
from engine.records import parse_record

FOLDER = Path(__file__).parent.parent / "examples" / "records"
USABLE = sorted(path.stem for path in FOLDER.glob("*.json") if "bad-fields" not in path.stem)


@cache
def _catalogue(ruleset: str) -> Catalogue:
    return Catalogue.of(rulesets.FOLDER, only=ruleset)


@cache
def verdict_on(name: str) -> Verdict:
    """The verdict on the example record of that name, with what would move it."""
    content = parse_record((FOLDER / f"{name}.json").read_bytes())
    day = date.fromisoformat(str(content["evaluated_on"]))
    id_ = str(content["ruleset"])
    ruleset = _catalogue(id_).on(id_, day)
    facts = content["facts"]
    assert isinstance(facts, dict)
    return evaluate(ruleset, facts, evaluated_on=day, chosen_by=ChosenBy.DATE, foresight=True)
