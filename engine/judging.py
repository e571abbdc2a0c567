"""Judging: from the signature of a record's findings to its judgement.

Thousands of records share a few hundred signatures, so a judgement is made once for each and remembered. One
session of forward chaining tells everything that the signature could lead to; what is certain, lowest, highest, and
what an open finding can still move, are then a matter of which of its steps are granted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

from engine.findings import Signature, Status
from engine.inference import HOLDING, Inference
from engine.judgement import (
    Block,
    BlockKind,
    Consequent,
    Judgement,
    ProofStep,
    VerdictStatus,
    WhyNot,
)
from engine.network import Step, Token
from engine.outlook import GATES, Outlook, Way, bits_of
from engine.ruleset.ruleset import Gap, Ruleset, Standing

REMEMBERED: Final = 8_192  # judgements kept, for each ruleset
MAX_GROUPS: Final = 12  # groups of unknown findings of which every way to turn out is tried


class Judge:
    """Judges the signatures of one ruleset. Safe to use from many threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Compile the decision of `ruleset`.

        Raises:
            InferenceLimitError: the decision is larger than forward chaining is safe with.
        """
        self._ruleset = ruleset
        self._decision = ruleset.decision
        self._criteria = tuple(criterion.name for criterion in ruleset.criteria)
        self._index = {name: index for index, name in enumerate(self._criteria)}
        self._names = tuple(outcome.name for outcome in ruleset.outcomes)
        self._rank = {name: rank for rank, name in enumerate(self._names)}
        self._unsourced = bits_of(
            index
            for index, criterion in enumerate(ruleset.criteria)
            if criterion.standing is not Standing.SOURCED and not criterion.advisory
        )
        self._waivable = frozenset(criterion.name for criterion in ruleset.criteria if criterion.waivable)
        self._inference = Inference(self._decision, self._criteria)
        self.judge = lru_cache(REMEMBERED)(self._judge)

    def _judge(self, signature: Signature) -> Judgement:
        unknown = [index for index, status in enumerate(signature) if status is Status.UNKNOWN]
        unmet = bits_of(index for index, status in enumerate(signature) if status is Status.UNMET)
        certain = Way(bits_of(index for index, status in enumerate(signature) if status in HOLDING), unmet)
        missing = bits_of(unknown)
        either = missing | (self._unsourced & unmet)
        steps = self._inference.possibilities(certain.holds | either, unmet | either)
        outlook = Outlook(steps, self._decision, self._rank)

        judgement, established = self._settle(signature, outlook, certain, missing)
        granted = outlook.steps(certain)
        established |= {step.gives for step in granted if step.gives.kind in ("ground", "ceiling")}
        chained = self._inference.consequences(signature, established)
        return replace(
            judgement,
            steps=tuple(
                ProofStep(step.rule.name, self._antecedents(step, signature), step.gives)
                for step in (*granted, *chained)
            ),
            why_not=tuple(self._why_not(judgement, signature)),
            obligations=self._consequents("oblige", chained, signature),
            proposals=self._consequents("propose", chained, signature),
            notes=self._consequents("note", chained, signature),
            unknown=bool(unknown),
            relevant=frozenset(self._criteria[index] for index in _moving(outlook, certain, unknown)),
            rests_on_draft=self._rests_on_draft(signature, outlook, certain, missing),
        )

    def _settle(
        self, signature: Signature, outlook: Outlook, certain: Way, missing: int
    ) -> tuple[Judgement, set[Token]]:
        """How far the judgement goes (design, section 3.4), and what it establishes for the consequences."""
        lowest_way, highest_way = _extremes(certain, missing)
        shut = outlook.gates(certain)
        # The gates that hang on an unknown finding and that no certain gate comes before.
        may_shut = [
            gate
            for gate in outlook.gates(lowest_way)
            if gate not in shut and all(GATES.index(gate) < GATES.index(other) for other in shut)
        ]
        if shut and not may_shut:
            return Judgement(VerdictStatus(shut[0])), {Token(shut[0], "")}
        if shut:
            return Judgement(VerdictStatus.UNDETERMINED, possible=(*may_shut, shut[0]), open=True), set()

        low, high = outlook.rating(lowest_way), outlook.rating(highest_way)
        uncapped = None if high.uncapped is None else self._names[high.uncapped]
        if low[:2] == high[:2] and not high.in_gap and not may_shut:
            outcome = self._names[high.highest]
            decided = Judgement(VerdictStatus.DECIDED, outcome=outcome, before_ceilings=uncapped)
            return decided, {Token("outcome", outcome)}
        in_gap = low.in_gap or high.in_gap
        undetermined = Judgement(
            VerdictStatus.UNDETERMINED,
            lowest=self._names[low.lowest],
            highest=self._names[high.highest],
            possible=tuple(may_shut),
            open=bool(may_shut) or low[:2] != high[:2],
            in_gap=in_gap,
            gaps=self._gaps(signature) if in_gap else (),
            before_ceilings=uncapped,
        )
        return undetermined, set()

    def _antecedents(self, step: Step, signature: Signature) -> tuple[Token, ...]:
        """What the step rests on, as the proof shows it: what holds is met, or is not applicable."""
        return tuple(
            Token(signature[self._index[token.name]].value, token.name) if token.kind == "holds" else token
            for token in step.rule.when
            if token.kind != "always"
        )

    def _consequents(self, kind: str, steps: Iterable[Step], signature: Signature) -> tuple[Consequent, ...]:
        """What the steps give of a kind, each once, by the first step that gives it."""
        found: dict[str, Consequent] = {}
        for step in steps:
            if step.gives.kind == kind:
                because = self._antecedents(step, signature)
                citations = self._inference.citations[step.rule.name]
                found.setdefault(step.gives.name, Consequent(step.gives.name, because, citations))
        return tuple(found.values())

    def _gaps(self, signature: Signature) -> tuple[Gap, ...]:
        return tuple(
            gap
            for gap in self._ruleset.gaps
            if gap.unmet and all(signature[self._index[name]] is Status.UNMET for name in gap.unmet)
        )

    def _why_not(self, judgement: Judgement, signature: Signature) -> Iterator[WhyNot]:
        blocking = {
            name: status
            for name, status in zip(self._criteria, signature, strict=True)
            if status is Status.UNMET or status is Status.UNKNOWN
        }

        def blocks(kind: BlockKind, criteria: Iterable[str]) -> Iterator[Block]:
            return (
                Block(kind, name, blocking[name], kind is BlockKind.FINDING and name in self._waivable)
                for name in criteria
                if name in blocking
            )

        gates = (*self._decision.cannot_evaluate, *self._decision.not_rated)
        gated = tuple(blocks(BlockKind.GATE, (gate.criterion for gate in gates)))
        if gated:
            yield WhyNot(None, gated)
        reached = judgement.outcome or judgement.lowest
        if reached is None:
            return
        rungs = {rung.outcome: rung for rung in self._decision.ladder}
        for rank in range(self._rank[reached] + 1, len(self._names)):
            found: list[Block] = []
            for ground in self._decision.grounds:
                if self._rank[ground.outcome] < rank:
                    found.extend(blocks(BlockKind.GROUND, ground.criteria))
            if rung := rungs.get(self._names[rank]):
                found.extend(blocks(BlockKind.FINDING, rung.criteria))
            for ceiling in self._decision.ceilings:
                if self._rank[ceiling.at_most] < rank:
                    found.extend(blocks(BlockKind.CEILING, [ceiling.criterion]))
            if found:
                yield WhyNot(self._names[rank], tuple(found))

    def _rests_on_draft(
        self, signature: Signature, outlook: Outlook, certain: Way, missing: int
    ) -> tuple[str, ...]:
        """The criteria that are not sourced and that decided the result.

        Those are the ones in the rung that was attained, unless a ground or a gate decided without it, and those
        without which the result would be another.
        """
        given = [step.gives for step in outlook.steps(certain)]
        overruled = any(gives.kind == "ground" or gives.kind in GATES for gives in given)
        attained = {gives.name for gives in given if gives.kind == "attained" and not overruled}
        rung = next((rung.criteria for rung in self._decision.ladder if rung.outcome in attained), ())
        unsourced = [index for index in range(len(signature)) if self._unsourced >> index & 1]
        deciding = {i for i in unsourced if self._criteria[i] in rung and signature[i] is Status.MET}

        def results(met: int) -> list[object]:
            """What comes out at either end if the criteria of `met` held."""
            settled = Way(certain.holds | met, certain.unmet & ~met)
            return [outlook.result(way) for way in _extremes(settled, missing & ~met)]

        # The decision is monotone, so if any set of them makes a difference, all of them together do.
        blocking = [i for i in unsourced if signature[i] in (Status.UNMET, Status.UNKNOWN)]
        if blocking and results(bits_of(blocking)) != results(0):
            alone = [i for i in blocking if results(1 << i) != results(0)]
            deciding.update(alone or blocking)
        return tuple(self._criteria[i] for i in sorted(deciding))


def _extremes(way: Way, missing: int) -> tuple[Way, Way]:
    """`way` with all that is missing unmet, and with all of it met: the decision is monotone."""
    return Way(way.holds, way.unmet | missing), Way(way.holds | missing, way.unmet)


def _moving(outlook: Outlook, certain: Way, unknown: list[int]) -> list[int]:
    """The unknown findings that can still move the result, however the others turn out.

    Findings that the same steps need move it together: all of them hold, or one does not. So every way is tried of
    the groups, not of the findings. Past `MAX_GROUPS` each is taken to move it: no fact is called irrelevant unseen.
    """
    members: dict[object, list[int]] = {}
    for index in unknown:
        members.setdefault(outlook.part_of(index), []).append(index)
    groups = [bits_of(group) for group in members.values()]
    if len(groups) > MAX_GROUPS:
        return unknown
    missing = bits_of(unknown)
    results: dict[int, object] = {}
    for completion in itertools.product((0, 1), repeat=len(groups)):
        holding = sum(itertools.compress(groups, completion))
        results[holding] = outlook.result(Way(certain.holds | holding, certain.unmet | missing & ~holding))
    return [
        index
        for group, indexes in zip(groups, members.values(), strict=True)
        if any(results[holding] != results[holding | group] for holding in results if not holding & group)
        for index in indexes
    ]
