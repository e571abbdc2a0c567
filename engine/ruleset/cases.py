"""Cases: records with the verdict each shall have, in a ruleset or in a file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.ruleset.document import CaseDeclaration, Expectation


@dataclass(frozen=True, slots=True)
class Case:
    """A record and what is expected of its verdict.

    Attributes:
        name: what is shown, in words.
        record: the facts, with what all cases of the file share; numbers are `Decimal`, dates text.
        on: the day of evaluation, or None for the first day on which the ruleset is in effect.
        expect: what is expected; only what is given is compared.
        line: where it stands in its file.
    """

    name: str
    record: Mapping[str, Any]
    on: date | None
    expect: Expectation
    line: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases for one version of a ruleset."""

    ruleset: str
    version: str
    cases: tuple[Case, ...]


def make_case(declaration: CaseDeclaration, base: Mapping[str, Any], line: int) -> Case:
    """A case over what all cases of its file share.

    Args:
        declaration: as written.
        base: the facts that all cases share; `given` is laid over them, records field by field.
        line: where it stands.
    """
    record = _laid_over(base, declaration.given)
    for path in declaration.without:
        record = _without(record, path.split("."))
    return Case(declaration.name, record, declaration.on, declaration.expect, line)


def _laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in given.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[name] = _laid_over(below, value) if both else value  # type: ignore[arg-type]  # below is a dict
    return merged


def _without(record: Mapping[str, Any], steps: list[str]) -> dict[str, Any]:
    left = dict(record)
    first, *rest = steps
    if not rest:
        left.pop(first, None)
    elif isinstance(left.get(first), dict):
        left[first] = _without(left[first], rest)
    return left
