"""Whatever is left out of a worked case: what is then decided is so for the whole record too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Catalogue, Ruleset, Verdict, evaluate
from engine.ruleset import load_cases

DATA = Path(__file__).parent / "data" / "worked"
CATALOGUE = Catalogue.of(DATA)


class Whole(NamedTuple):
    """A record that is usable, and the places in it that may be left out."""

    ruleset: Ruleset
    record: Mapping[str, Any]
    on: date
    places: tuple[tuple[str | int, ...], ...]


def wholes() -> Iterator[Whole]:
    for path in sorted(DATA.glob("*.cases.yaml")):
        file = load_cases(path)
        ruleset = CATALOGUE.get(file.ruleset, file.version)
        for case in file.cases:
            on = case.on or ruleset.effective.from_
            if on is not None and case.expect.violations is None:
                yield Whole(ruleset, case.record, on, tuple(places(case.record)))


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a record, or a record within it, states something."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield (*at, name)
            yield from places(item, (*at, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*at, index))


def without(value: Any, left_out: set[tuple[str | int, ...]], at: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, Mapping):
        return {
            name: without(item, left_out, (*at, name))
            for name, item in value.items()
            if (*at, name) not in left_out
        }
    if isinstance(value, list):
        return [without(item, left_out, (*at, index)) for index, item in enumerate(value)]
    return value


WHOLES = tuple(wholes())
MASKED = st.sampled_from(WHOLES).flatmap(
    lambda whole: st.tuples(st.just(whole), st.sets(st.sampled_from(whole.places), min_size=1, max_size=4))
)


def possible(partly: Verdict, whole: Verdict) -> bool:
    """Whether what `partly` leaves open has room for `whole`."""
    judgement, rank = partly.judgement, partly.ruleset.rank
    if whole.outcome is None and whole.status != "undetermined":
        return partly.status == whole.status or whole.status.value in judgement.possible
    if partly.status != "undetermined":
        return (partly.status, partly.outcome) == (whole.status, whole.outcome)
    if judgement.lowest is None or judgement.highest is None:
        return False
    lowest = whole.outcome or whole.judgement.lowest
    highest = whole.outcome or whole.judgement.highest
    if lowest is None or highest is None:
        return bool(whole.judgement.possible)
    return rank(judgement.lowest) <= rank(lowest) and rank(highest) <= rank(judgement.highest)


@settings(max_examples=300, deadline=None)
@given(MASKED)
def test_the_whole_record_lies_within_what_a_part_of_it_leaves_open(
    masked: tuple[Whole, set[tuple[str | int, ...]]],
) -> None:
    (ruleset, record, on, _), left_out = masked
    whole = evaluate(ruleset, record, evaluated_on=on)
    partly = evaluate(ruleset, without(record, left_out), evaluated_on=on)
    assert possible(partly, whole)
    # What follows from a part follows from the whole.
    for kind in ("obligations", "proposals", "notes"):
        certain = {each.name for each in getattr(partly.judgement, kind)}
        assert certain <= {each.name for each in getattr(whole.judgement, kind)}
