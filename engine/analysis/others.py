"""A ruleset beside others: versions of one id that clash, and selectors that are true of one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final

from engine.analysis.model import Finding, Witness
from engine.analysis.study import Study, walk
from engine.catalogue import Catalogue, SelectionError
from engine.feel.parser import parse
from engine.feel.references import references
from engine.feel.tree import Number, Text
from engine.ruleset import Ruleset, RulesetError
from engine.ruleset.ruleset import Period
from engine.ruleset.types import DeclaredType

MAX_RECORDS: Final = 5_000  # tried for two selectors


def clashes(study: Study) -> Iterator[Finding]:
    """Other rulesets with the same version, and versions of this id that are in effect on the same day."""
    ruleset = study.ruleset
    for other in study.others:
        if other.id != ruleset.id or other.digest == ruleset.digest:
            continue
        try:
            Catalogue((ruleset, other))
        except RulesetError as error:
            for problem in error.problems:
                details = {
                    "what": problem.what,
                    "id": ruleset.id,
                    "version": ruleset.version,
                    "other": other.version,
                    "other_file": f"{other.id} {other.version}",
                }
                yield study.found(problem.code, (problem.path,), details, at_key=True)


def selectors_overlap(study: Study) -> Iterator[Finding]:
    """Other rulesets that select a record which this one selects, on one day."""
    ruleset = study.ruleset
    for other in study.others:
        if other.id == ruleset.id or not ruleset.effective.overlaps(other.effective):
            continue
        on = max(ruleset.effective.from_ or date.min, other.effective.from_ or date.min)
        record = _selected_by_both(ruleset, other, on)
        if record is not None:
            details = {"other": f"{other.id} {other.version}", "on": on}
            shown = Witness(f"also selected by {other.id}", record, on, {})
            yield study.found("selectors-overlap", ("selects",), details, witness=shown)


def _selected_by_both(ruleset: Ruleset, other: Ruleset, on: date) -> Mapping[str, Any] | None:
    """A record that two rulesets select; the catalogue has been asked about it."""
    if not ruleset.selects_text or not other.selects_text or not _together(ruleset.period, other.period):
        return None
    choices: dict[str, list[Any]] = {}
    for each in (ruleset, other):
        for path, values in _choices(each):
            known = choices.get(path)
            choices[path] = values if known is None else [value for value in known if value in values]
    if not all(choices.values()):
        return None  # what one calls its subject the other does not know
    both = Catalogue((ruleset, other))
    for chosen in islice(product(*choices.values()), MAX_RECORDS):
        record = _record(dict(zip(choices, chosen, strict=True)))
        try:
            both.select(record, on)
        except SelectionError as error:
            if len(error.found) > 1:
                return record
    return None


def _together(one: Period | None, two: Period | None) -> bool:
    return one is None or two is None or one.overlaps(two)


def _choices(ruleset: Ruleset) -> Iterator[tuple[str, list[Any]]]:
    """For each path that a selector reads, the values at which it may turn."""
    node = parse(ruleset.selects_text)
    constants = [each.value for each in walk(node) if isinstance(each, Number | Text)]
    for path in references(node):
        declared = ruleset.declared_at(path)
        if declared is not None:
            yield path, list(_values(declared, constants))


def _values(declared: DeclaredType, constants: list[Any]) -> Iterator[Any]:
    match declared.kind:
        case "boolean":
            yield from (True, False)
        case "enum":
            yield from declared.values
        case "number" | "count":
            numbers = [each for each in constants if isinstance(each, Decimal)] or [Decimal(0)]
            yield from (each + step for each in numbers for step in (-1, 0, 1) if each + step >= 0)
        case "text":
            yield from [each for each in constants if isinstance(each, str)] or [""]


def _record(values: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for path, value in values.items():
        *before, last = path.split(".")
        at = record
        for name in before:
            at = at.setdefault(name, {})
        at[last] = value
    return record
