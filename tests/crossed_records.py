"""Records crossed from those of the cases of a ruleset, with facts left out: they lie near the lines of the law."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from shipped_rulesets import BY_FILE, cases_of

Place = tuple[str | int, ...]


def stated(file: str) -> dict[str, list[Any]]:
    """What the cases of the ruleset of a file state of each fact."""
    records = [case.record for case in cases_of(file).cases if case.expect.violations is None]
    return {name: [record[name] for record in records if name in record] for name in BY_FILE[file].facts}


def crossed(values: Mapping[str, list[Any]], chance: random.Random, most_dropped: int) -> dict[str, Any]:
    """A usable record: each fact as one of the cases states it, and up to `most_dropped` places left out."""
    record = {name: chance.choice(choices) for name, choices in values.items() if choices}
    there = list(places(record))
    dropped = set(chance.sample(there, min(len(there), chance.randint(0, most_dropped))))
    found: dict[str, Any] = without(record, dropped)
    return found


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Where a record may leave something out: its facts, and the fields of records in it."""
    if isinstance(value, dict):
        for name, field in value.items():
            yield (*above, name)
            yield from places(field, (*above, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*above, index))


def without(value: Any, dropped: set[Place], above: Place = ()) -> Any:
    """`value` with everything at the dropped places left out."""
    if isinstance(value, dict):
        kept = {name: field for name, field in value.items() if (*above, name) not in dropped}
        return {name: without(field, dropped, (*above, name)) for name, field in kept.items()}
    if isinstance(value, list):
        return [without(item, dropped, (*above, index)) for index, item in enumerate(value)]
    return value
