"""Quotas, case by case: the files in data/cohort."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.cohort import Award, GroupKey, award, explain, quota_data, quota_of, result_data
from engine.evaluation import evaluate
from engine.ruleset import Ruleset, loads
from engine.verdict import Verdict

DATA = Path(__file__).parent / "data" / "cohort"
ON = date(2026, 12, 20)
USUAL: Mapping[str, Any] = {"confirmed": True, "months_worked": 12, "unit": "U"}

_rulesets: dict[str, Ruleset] = {}


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def ruleset_with(quota: Mapping[str, Any]) -> Ruleset:
    """The small ruleset of the cohort tests with this quota."""
    text = (DATA / "ruleset.yaml").read_text(encoding="utf-8") + "\nquota: " + json.dumps(quota)
    if text not in _rulesets:
        _rulesets[text] = loads(text)
    return _rulesets[text]


def decimals(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON gives them to the engine: no binary numbers."""
    return {
        name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in facts.items()
    }


def verdicts(ruleset: Ruleset, members: list[dict[str, Any]]) -> Iterator[tuple[str, Verdict]]:
    for place, declared in enumerate(members):
        facts = {**USUAL, **declared}
        names = [facts.pop("id", f"m{place}")]
        if "count" in facts:
            names = [f"{names[0]}.{number}" for number in range(facts.pop("count"))]
        for name in facts.pop("without", []):
            facts.pop(name, None)
        for name in names:
            yield name, evaluate(ruleset, decimals(facts), evaluated_on=ON)


def cases() -> Iterator[Any]:
    for path in sorted(DATA.glob("*.yaml")):
        if path.name == "ruleset.yaml":
            continue
        document = read_yaml(path)
        for case in document["cases"]:
            quota = {**document["quota"], **case.get("quota", {})}
            quota["rank_by"] = list(quota.get("rank_by", []))
            quota["within"] = list(quota["within"])
            stated = {GroupKey(("unit",), (unit,)): facts for unit, facts in case.get("stated", {}).items()}
            reading = case.get("reading", "")
            yield pytest.param(
                quota, reading, case["members"], stated, case["expect"], id=f"{path.stem}: {case['name']}"
            )


def by_group(result: Award[str], value: Any) -> dict[str, Any]:
    return {"/".join(map(str, group.key.values)): value(group) for group in result.groups}


@pytest.mark.parametrize(("quota", "reading", "members", "stated", "expect"), list(cases()))
def test_case(
    quota: dict[str, Any],
    reading: str,
    members: list[dict[str, Any]],
    stated: dict[GroupKey, dict[str, Any]],
    expect: dict[str, Any],
) -> None:
    ruleset = ruleset_with(quota)
    result = award(quota_of(ruleset, reading), verdicts(ruleset, members), stated=stated)
    results = result.results
    expected = dict(expect)

    def seen(key: str) -> Any:
        named = expected[key] if isinstance(expected[key], dict) else {}
        match key:
            case "places":
                return by_group(result, lambda group: group.fewest.places)
            case "most_places":
                return by_group(result, lambda group: group.most.places)
            case "denominators":
                return by_group(result, lambda group: group.fewest.denominator)
            case "open":
                return by_group(result, lambda group: group.open)
            case "awarded":
                return by_group(result, lambda group: group.awarded)
            case "group_missing":
                return by_group(result, lambda group: list(group.missing))
            case "group_conflicting":
                return by_group(result, lambda group: list(group.conflicting))
            case "standings":
                return Counter(found.standing.value for found in results.values())
            case "reasons":
                return Counter(found.reason.value for found in results.values())
            case "by_id":
                return {id_: results[id_].standing.value for id_ in named}
            case "outcomes":
                return {id_: results[id_].outcome for id_ in named}
            case "missing":
                return {id_: list(results[id_].missing) for id_ in named}
            case "provisional":
                return {id_: results[id_].provisional for id_ in named}
            case "spans":
                return {id_: list(results[id_].positions[0].span or ()) for id_ in named}
            case "data":
                return {id_: result_data(results[id_]) for id_ in named}
            case "quota":
                data = quota_data(result.quota)
                return {name: data.get(name) for name in named}
            case "says":
                return {
                    id_: {language: explain(results[id_], result.quota, language) for language in texts}
                    for id_, texts in named.items()
                }
        raise AssertionError(f"nothing checks {key}")

    assert {key: seen(key) for key in expected} == expected
