"""Canonical bytes: the same whether made from the data or from parts that are kept, for every shipped case."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped_rulesets import BY_FILE, CATALOGUE, cases_of

from engine import RecordError, Ruleset, canonical, evaluate

RULESETS = Path(__file__).parent.parent / "rulesets"
SHIPPED = CATALOGUE.list()
FILES = tuple(map(cases_of, BY_FILE))


@pytest.mark.parametrize("ruleset", SHIPPED, ids=str)
def test_kept_parts_give_the_same_bytes(ruleset: Ruleset) -> None:
    day = ruleset.effective.from_
    assert day is not None
    compared = 0
    for file in FILES:
        for case in file.cases if (file.ruleset, file.version) == (ruleset.id, ruleset.version) else ():
            try:
                verdict = evaluate(ruleset, case.record, evaluated_on=day)
            except RecordError:
                continue
            expected = canonical(verdict.to_data())
            assert verdict.canonical() == expected, case.name
            assert verdict.canonical() == expected, "and again, when everything is kept"
            compared += 1
    assert compared, "no case of it was compared"


def test_true_is_not_taken_for_one() -> None:
    # As keys True and 1 are the same, so a kept part could be given for the wrong one.
    from decimal import Decimal

    from engine import loads

    label = "{vi: a, en: a}"
    ruleset = loads(
        f"""
ruleset: test.kept
version: 1.0.0
kind: evaluation
title: {label}
effective: {{from: 2020-01-01}}
outcomes: {{no: {label}, yes: {label}}}
sources: {{law: {{title: {label}, issued: 2020-01-01}}}}
facts:
  n: {{type: number, label: {label}}}
  b: {{type: boolean, label: {label}}}
definitions: {{either: if n > 5 then b else n}}
criteria:
  c: {{label: {label}, holds: n > 0, cite: law 1, says: {{vi: {{met: "{{either}}"}}, en: {{met: "{{either}}"}}}}}}
decision: {{ladder: {{yes: [c]}}, otherwise: no}}
"""
    )
    for record in ({"n": Decimal(1), "b": True}, {"n": Decimal(6), "b": True}, {"n": Decimal(1), "b": False}):
        verdict = evaluate(ruleset, record, evaluated_on=ruleset.effective.from_)  # type: ignore[arg-type]  # it has one
        assert verdict.canonical() == canonical(verdict.to_data())
