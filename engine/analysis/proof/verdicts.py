"""Verdicts as formulas: when a criterion holds, when an outcome is reached, when the law says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from engine.analysis.proof.formulas import (
    FALSE,
    MAY_BE_TRUE,
    TRUE,
    Formula,
    Holds,
    Known,
    Not,
    all_of,
    any_of,
)
from engine.analysis.proof.reading import Reading
from engine.ruleset.ruleset import Criterion, Ruleset


class Verdicts:
    """The findings and the decision of a ruleset as formulas over its facts, with the parameters of one day."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._ruleset: Ruleset = reading.study.ruleset
        self._decision = self._ruleset.decision
        self._rank = {outcome.name: outcome.rank for outcome in self._ruleset.outcomes}

    def applies(self, name: str) -> Formula:
        """When a criterion is asked at all."""
        return self._conditions[name][0]

    def condition(self, name: str) -> Formula:
        """What a criterion demands, applied or not."""
        return self._conditions[name][1]

    def met(self, name: str) -> Formula:
        """When a criterion is met."""
        return all_of(*self._conditions[name])

    def unmet(self, name: str) -> Formula:
        """When a criterion is unmet."""
        applies, holds = self._conditions[name]
        return all_of(applies, Not(holds))

    def holding(self, name: str) -> Formula:
        """When a criterion is met or not applicable."""
        return any_of(Not(self.applies(name)), self.met(name))

    def reached(self, outcome: str) -> Formula:
        """When a verdict is decided for an outcome: it is that however the unknown findings turn out."""
        rank = self._rank[outcome]
        return all_of(*(_Decision(self, unknown=unknown).reached(rank) for unknown in (False, True)))

    def in_gap(self) -> Formula:
        """When the decision says nothing of a record that is rated, or may say nothing."""
        if self._decision.otherwise is not None:
            return FALSE
        return any_of(*(_Decision(self, unknown=unknown).in_gap() for unknown in (False, True)))

    def established(self, kind: str, name: str) -> Formula:
        """When a condition of a consequence may be there; true where that hangs on what a record leaves out."""
        match kind:
            case "met":
                return Holds(name, self.holding(name), unknown=False)
            case "unmet":
                return Not(Holds(name, self.holding(name), unknown=True))
            case "not_applicable":
                return Not(self.applies(name))
            case "outcome":
                return self.reached(name)
            case "ground":
                criteria = [
                    each
                    for ground in self._decision.grounds
                    if ground.outcome == name
                    for each in ground.criteria
                ]
                return any_of(*(self.unmet(each) for each in criteria))
            case "ceiling":
                lowering = [each for each in self._decision.ceilings if each.at_most == name]
                return any_of(*(self.unmet(each.criterion) for each in lowering))
            case "not_rated" | "cannot_evaluate":
                gates = getattr(self._decision, kind)
                return any_of(*(self.unmet(gate.criterion) for gate in gates))
            case "oblige" | "propose" | "note":
                return (
                    TRUE
                    if any((kind, name) in each.gives for each in self._decision.consequences)
                    or any(
                        name in gate.oblige
                        for gate in (*self._decision.cannot_evaluate, *self._decision.not_rated)
                    )
                    else FALSE
                )
        return Known(MAY_BE_TRUE)

    @cached_property
    def _conditions(self) -> dict[str, tuple[Formula, Formula]]:
        return {criterion.name: self._read(criterion) for criterion in self._ruleset.criteria}

    def _read(self, criterion: Criterion) -> tuple[Formula, Formula]:
        study = self.reading.study
        applies = (
            TRUE if criterion.applies is None else self.reading.condition(study.parse(criterion.applies))
        )
        return applies, self.reading.condition(study.parse(criterion.expression))


class _Decision:
    """The decision as formulas, every unknown finding taken as unmet, or every one as met."""

    def __init__(self, verdicts: Verdicts, *, unknown: bool) -> None:
        self._verdicts, self._unknown = verdicts, unknown
        ruleset = verdicts.reading.study.ruleset
        self._decision = ruleset.decision
        self._rank = {outcome.name: outcome.rank for outcome in ruleset.outcomes}
        self._names = [outcome.name for outcome in ruleset.outcomes]

    @property
    def _lowest_rung(self) -> int:
        return min((self._rank[rung.outcome] for rung in self._decision.ladder), default=0)

    def reached(self, rank: int) -> Formula:
        """When the outcome of a rank comes out."""
        attained = all_of(self._ungrounded, self._attained(rank))
        return all_of(self._rated, any_of(self._grounded(self._names[rank]), attained))

    def in_gap(self) -> Formula:
        """When nothing is attained and nothing fixed."""
        return all_of(self._rated, self._ungrounded, self._no_rung_above(-1))

    def _holds(self, names: Iterable[str]) -> Formula:
        """When criteria all hold."""
        parts = tuple(Holds(name, self._verdicts.holding(name), self._unknown) for name in names)
        return all_of(*parts) if parts else TRUE

    @cached_property
    def _rated(self) -> Formula:
        return self._holds(
            [gate.criterion for gate in (*self._decision.cannot_evaluate, *self._decision.not_rated)]
        )

    @cached_property
    def _ungrounded(self) -> Formula:
        return self._holds([name for ground in self._decision.grounds for name in ground.criteria])

    def _grounded(self, outcome: str) -> Formula:
        """When a ground fixes an outcome: one of its criteria is unmet, and no lower ground applies."""
        rank = self._rank[outcome]
        own = [ground.criteria for ground in self._decision.grounds if ground.outcome == outcome]
        if not own:
            return FALSE
        lower = [
            name
            for ground in self._decision.grounds
            if self._rank[ground.outcome] < rank
            for name in ground.criteria
        ]
        return all_of(Not(self._holds(own[0])), self._holds(lower))

    def _no_rung_above(self, rank: int) -> Formula:
        above = [rung for rung in self._decision.ladder if self._rank[rung.outcome] > rank]
        return all_of(*(Not(self._holds(rung.criteria)) for rung in above)) if above else TRUE

    def _climbed(self, rank: int) -> Formula:
        """When the highest rung that is attained is that of a rank, or stands in for it where none is."""
        rung = next((each for each in self._decision.ladder if self._rank[each.outcome] == rank), None)
        ways = [all_of(self._holds(rung.criteria), self._no_rung_above(rank))] if rung is not None else []
        otherwise = self._decision.otherwise
        # Below the lowest outcome there is nothing that a gap could leave open.
        fallback = (0 if self._lowest_rung == 0 else None) if otherwise is None else self._rank[otherwise]
        if fallback == rank:
            ways.append(self._no_rung_above(-1))
        return any_of(*ways) if ways else FALSE

    def _attained(self, rank: int) -> Formula:
        """When the ladder, under its ceilings, comes to a rank."""
        ceilings = self._decision.ceilings
        lower = [each.criterion for each in ceilings if self._rank[each.at_most] < rank]
        here = [each.criterion for each in ceilings if self._rank[each.at_most] == rank]
        ways = [self._climbed(rank)]
        if here:
            above = [self._climbed(each) for each in range(rank + 1, len(self._rank))]
            # In a gap, between the lowest rung and what is below, a ceiling may leave one outcome only.
            open_ = self._decision.otherwise is None and rank < max(self._lowest_rung, 1)
            gap = self._no_rung_above(-1) if open_ else FALSE
            ways.append(all_of(Not(self._holds(here)), any_of(*above, gap)))
        return all_of(any_of(*ways), self._holds(lower))
