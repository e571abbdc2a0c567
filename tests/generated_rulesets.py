"""Rulesets made by hypothesis, and a plain reading of design section 3.3 to hold the engine against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from engine import Ruleset, loads

OUTCOMES = ("not_completed", "completed", "good", "excellent")


@dataclass(frozen=True)
class Generated:
    """A decision over boolean facts c0, c1, …; criterion cN holds where fact cN is true."""

    count: int
    grounds: tuple[int, ...]
    ladder: tuple[tuple[str, tuple[int, ...]], ...]
    ceilings: tuple[tuple[int, str], ...]
    not_rated: tuple[int, ...]
    cannot_evaluate: tuple[int, ...]
    otherwise: str
    drafts: frozenset[int]
    applies: frozenset[int]

    @property
    def ruleset(self) -> Ruleset:
        return _load(self)

    @property
    def facts(self) -> tuple[str, ...]:
        return (*(f"c{i}" for i in range(self.count)), *(f"a{i}" for i in sorted(self.applies)))

    def holds(self, record: Mapping[str, bool], index: int) -> bool:
        """Whether criterion `index` holds, or does not apply."""
        return record[f"c{index}"] or (index in self.applies and not record[f"a{index}"])

    def result(self, record: Mapping[str, bool]) -> Any:
        """What the design says of a record with every fact stated: a gate, an outcome, or None for a gap."""

        def holds(index: int) -> bool:
            return self.holds(record, index)

        if not all(map(holds, self.cannot_evaluate)):
            return "cannot_evaluate"
        if not all(map(holds, self.not_rated)):
            return "not_rated"
        if not all(map(holds, self.grounds)):
            return OUTCOMES[0]
        caps = [OUTCOMES.index(outcome) for index, outcome in self.ceilings if not holds(index)]
        attained = [OUTCOMES.index(outcome) for outcome, criteria in self.ladder if all(map(holds, criteria))]
        if not attained and self.otherwise == "undetermined":
            rung = min(OUTCOMES.index(outcome) for outcome, _ in self.ladder)
            either = {min([rung - 1, *caps]), min([rung, *caps])}
            return OUTCOMES[either.pop()] if len(either) == 1 else None
        return OUTCOMES[min([max(attained, default=0), *caps])]


@cache
def _load(generated: Generated) -> Ruleset:
    def names(indexes: tuple[int, ...]) -> str:
        return ", ".join(f"c{i}" for i in indexes)

    def gates(indexes: tuple[int, ...]) -> str:
        return ", ".join(f"{{unless: c{i}}}" for i in indexes)

    label = "{vi: nhãn, en: label}"
    lines = [
        "ruleset: test.generated",
        "version: 1.0.0",
        "kind: evaluation",
        f"title: {label}",
        "effective: {from: 2020-01-01}",
        "outcomes:",
        *(f"  {outcome}: {label}" for outcome in OUTCOMES),
        "sources: {law: {title: {vi: Luật, en: Law}, issued: 2020-01-01}}",
        "facts:",
        *(f"  {name}: {{type: boolean, label: {label}, changeable: true}}" for name in generated.facts),
        "criteria:",
    ]
    for i in range(generated.count):
        applies = f"applies: a{i}, " if i in generated.applies else ""
        standing = ", standing: draft" if i in generated.drafts else ""
        lines.append(f"  c{i}: {{label: {label}, {applies}holds: c{i}, cite: law 1{standing}}}")
    lines += [
        "decision:",
        f"  cannot_evaluate: [{gates(generated.cannot_evaluate)}]",
        f"  not_rated: [{gates(generated.not_rated)}]",
        f"  grounds: {{not_completed: [{names(generated.grounds)}]}}",
        "  ladder:",
        *(f"    {outcome}: [{names(criteria)}]" for outcome, criteria in generated.ladder),
        f"  otherwise: {generated.otherwise}",
        "  ceilings:",
        *(f"    - {{unless: c{i}, at_most: {outcome}}}" for i, outcome in generated.ceilings),
    ]
    if not generated.ceilings:
        lines[-1] = "  ceilings: []"
    return loads("\n".join(lines))


@st.composite
def rulesets(draw: st.DrawFn) -> Generated:
    """Small decisions of every shape that the format allows over boolean facts."""
    count = draw(st.integers(2, 6))
    some = st.lists(st.integers(0, count - 1), unique=True, max_size=3).map(tuple)
    at_least_one = st.lists(st.integers(0, count - 1), unique=True, min_size=1, max_size=4).map(tuple)
    higher = draw(st.lists(st.sampled_from(OUTCOMES[1:]), unique=True, min_size=1))
    return Generated(
        count=count,
        grounds=draw(at_least_one),
        ladder=tuple((outcome, draw(at_least_one)) for outcome in higher),
        ceilings=tuple((i, draw(st.sampled_from(OUTCOMES[:3]))) for i in draw(some)),
        not_rated=draw(some)[:1],
        cannot_evaluate=draw(some)[:1],
        otherwise=draw(st.sampled_from(["undetermined", "not_completed"])),
        drafts=frozenset(draw(some)),
        applies=frozenset(draw(some)),
    )


def records(generated: Generated, *, complete: bool = False) -> st.SearchStrategy[dict[str, bool]]:
    """Records of the facts of `generated`; not `complete`: with some left out."""
    if complete:
        return st.fixed_dictionaries({name: st.booleans() for name in generated.facts})
    return st.fixed_dictionaries({}, optional={name: st.booleans() for name in generated.facts})
