"""What is proved impossible is impossible: held against evaluation, on random conditions and random decisions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from generated_rulesets import OUTCOMES, Generated, rulesets
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.analysis import check
from engine.analysis.checking import study_of
from engine.analysis.proof import MAY_BE_FALSE, MAY_BE_NULL, MAY_BE_TRUE, Reading, impossible
from engine.feel import compile as compile_expression

TEXT = """
ruleset: example.proofs
version: 1.0.0
kind: evaluation
title: {vi: Ví dụ, en: Example}
effective: {from: 2024-01-01}
outcomes: [bad, fine]
types:
  level: [low, middle, high]
  pair: {x: count, y: {type: number, empty: true}}
facts:
  n: {type: number, allowed: "[0..4]", label: {vi: n, en: n}}
  c: {type: count, label: {vi: c, en: c}}
  m: {type: number, empty: true, label: {vi: m, en: m}}
  b: {type: boolean, label: {vi: b, en: b}}
  e: {type: level, label: {vi: e, en: e}}
  f: {type: level, empty: true, label: {vi: f, en: f}}
  d: {type: date, label: {vi: d, en: d}}
  p: {type: pair, label: {vi: p, en: p}}
  l: {type: list of count, label: {vi: l, en: l}}
parameters:
  share: [{from: 2020-01-01, value: 50%}]
definitions:
  half: c / 2
  ratio: p.x / c
criteria:
  one: {label: {vi: một, en: one}, holds: b, advisory: true}
decision: {ladder: {fine: []}}
"""
DAY = date(2024, 1, 1)
READING = Reading(study_of(TEXT), DAY)
PARAMETERS = dict(READING.study.ruleset.parameters_on(DAY))
NAMES = (*READING.study.ruleset.facts, "share", "half", "ratio")

NUMBERS = (
    "n",
    "c",
    "m",
    "p.x",
    "p.y",
    "half",
    "ratio",
    "count(l)",
    "n + c",
    "c - n",
    "2 * n - 1",
    "n - n",
    "abs(m)",
)
CONSTANTS = ("0", "1", "2", "share", "4", "-1", "2.5", "50%")
CONDITIONS = (
    "b",
    "true",
    'e = "low"',
    'e != "high"',
    'f = "low"',
    "f = null",
    "m != null",
    'e in ("low", "middle")',
    "b = false",
    "b = null",
    'd > @"2024-02-01"',
    'd <= @"2024-02-01"',
    "e = f",
    "some i in l satisfies i > 1",
    "every i in l satisfies i <= 1",
    "every i in [n, c] satisfies i > 1",
    "n in [1..3)",
    "c between 1 and 2",
    "n in (< 1, > 3)",
    "if b then n > 2 else c > 2",
    "(if n > 1 then c else m) >= 2",
)


def comparisons() -> st.SearchStrategy[str]:
    terms = st.sampled_from(NUMBERS + CONSTANTS)
    operators = st.sampled_from(("<", "<=", ">", ">=", "=", "!="))
    return st.builds("{} {} {}".format, st.sampled_from(NUMBERS), operators, terms)


def conditions() -> st.SearchStrategy[str]:
    return st.recursive(
        comparisons() | st.sampled_from(CONDITIONS),
        lambda inner: st.one_of(
            st.builds("({}) and ({})".format, inner, inner),
            st.builds("({}) or ({})".format, inner, inner),
            st.builds("not({})".format, inner),
            st.builds("(if {} then {} else {})".format, inner, inner, inner),
        ),
        max_leaves=5,
    )


def records() -> st.SearchStrategy[dict[str, Any]]:
    counts = st.integers(0, 4).map(Decimal)
    numbers = st.sampled_from([Decimal(each) for each in ("0", "0.5", "1", "1.5", "2", "2.5", "3", "4")])
    levels = st.sampled_from(("low", "middle", "high"))
    return st.fixed_dictionaries(
        {
            "n": numbers,
            "c": counts,
            "m": st.none() | numbers.map(lambda each: each - 1),
            "b": st.booleans(),
            "e": levels,
            "f": st.none() | levels,
            "d": st.sampled_from((date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 2))),
            "p": st.fixed_dictionaries({"x": counts, "y": st.none() | numbers}),
            "l": st.lists(counts, max_size=3),
        }
    )


def values_of(record: dict[str, Any]) -> dict[str, Any]:
    facts = {**record, **PARAMETERS}
    for definition in READING.study.ruleset.definitions:
        facts[definition.name] = compile_expression(definition.node, names=NAMES)(facts)
    return facts


@settings(max_examples=300)
@given(conditions(), st.lists(records(), min_size=20, max_size=20))
def test_what_is_impossible_never_is(text: str, several: list[dict[str, Any]]) -> None:
    formula = READING.condition(READING.study.parse(text))
    run = compile_expression(READING.study.parse(text), names=NAMES)
    never = {truth for truth in (MAY_BE_TRUE, MAY_BE_FALSE, MAY_BE_NULL) if impossible(formula, truth)}
    for record in several:
        value = run(values_of(record))
        truth = MAY_BE_NULL if not isinstance(value, bool) else MAY_BE_TRUE if value else MAY_BE_FALSE
        assert truth not in never, (text, record, value)


@pytest.mark.parametrize(
    "text",
    [
        "n > 4",
        "c < 0",
        "n >= 3 and n < 3",
        'e = "low" and e = "high"',
        "half > 1 and c <= 2",
        "b and not(b)",
        'd > @"2024-02-01" and d < @"2024-01-01"',
        "(some i in l satisfies i > 1) and (every i in l satisfies i <= 1)",
        "n + c > 3 and 3 >= c + n",
        "(if b then n else n) > 4",
        "m = null and m > 1",
        "c > 1 and c < 2",
        "ratio > share and p.x / c <= 50%",
    ],
)
def test_contradictions_are_proved(text: str) -> None:
    assert impossible(READING.condition(READING.study.parse(text)), MAY_BE_TRUE)


@settings(
    max_examples=30, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # to shrink one takes minutes
@given(rulesets())
def test_an_outcome_is_told_unreachable_just_where_it_is(generated: Generated) -> None:
    ruleset = generated.ruleset
    reached = {
        generated.result(dict(zip(generated.facts, stated, strict=True)))
        for stated in product((True, False), repeat=len(generated.facts))
    }
    told = {
        finding.problem.what.split()[-1 if finding.name == "outcome-unused" else 5].rstrip(".:")
        for finding in check(ruleset.text).findings
        if finding.name in ("outcome-unused", "outcome-unreachable")
    }
    assert told == set(OUTCOMES) - reached
