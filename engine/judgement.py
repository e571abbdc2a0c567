"""The judgement of a signature: everything in a verdict that depends on the statuses of the findings alone.

Thousands of records share a few hundred signatures, so a judgement is made once for each and remembered.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from engine.canonical import Data, texts, without_empty
from engine.findings import Finding, Status
from engine.inference import CANNOT_EVALUATE, NOT_RATED, REMEMBERED, Inference, Signature
from engine.network import Step, Token
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Gap, Ruleset, Standing

MAX_COMPLETIONS: Final = 64  # completions tried to see whether an unknown finding can move the result


class VerdictStatus(StrEnum):
    """How far a verdict goes (design, section 3.4)."""

    DECIDED = "decided"
    UNDETERMINED = "undetermined"
    NOT_RATED = "not_rated"
    CANNOT_EVALUATE = "cannot_evaluate"


class BlockKind(StrEnum):
    """In which way a finding keeps an outcome from being reached."""

    FINDING = "finding"
    GROUND = "ground"
    CEILING = "ceiling"
    GATE = "gate"


class Block(NamedTuple):
    """One finding that keeps an outcome from being reached."""

    kind: BlockKind
    criterion: str
    status: Status


class WhyNot(NamedTuple):
    """What keeps one outcome from being reached; `outcome` is None where there is no rating at all."""

    outcome: str | None
    blocks: tuple[Block, ...]


class MissingFact(NamedTuple):
    """A fact that nobody stated, whether it can still move the result, and which criteria asked for it."""

    fact: str
    matters: bool
    criteria: tuple[str, ...]


class ProofStep(NamedTuple):
    """One step of the proof: the rule, what it was applied to, and what it gave."""

    rule: str
    antecedents: tuple[Token, ...]
    gives: Token


class Consequent(NamedTuple):
    """An obligation, a proposal or a note, and what it follows from."""

    name: str
    because: tuple[Token, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What follows from a signature. Two are the same only if they are the same object.

    Attributes:
        status: how far it goes.
        outcome: the outcome, where it is decided.
        lowest: the lowest outcome still possible, where it is undetermined and any is.
        highest: the highest.
        possible: the gates that hang on an unknown finding, where it is undetermined.
        open: whether findings that are unknown leave it undetermined.
        gaps: the gaps of the law that it falls into; empty where none is known by name.
        in_gap: whether the law leaves a gap here.
        before_ceilings: the outcome before a ceiling lowered it.
        steps: the proof: first to the outcome, then to the consequences.
        why_not: what blocks each higher outcome, the next one first.
        relevant: the unknown criteria that can still move the result.
        rests_on_draft: the criteria that are not sourced and without which the result could be another.
    """

    status: VerdictStatus
    outcome: str | None = None
    lowest: str | None = None
    highest: str | None = None
    possible: tuple[str, ...] = ()
    open: bool = False
    in_gap: bool = False
    gaps: tuple[Gap, ...] = ()
    before_ceilings: str | None = None
    steps: tuple[ProofStep, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    obligations: tuple[Consequent, ...] = ()
    proposals: tuple[Consequent, ...] = ()
    notes: tuple[Consequent, ...] = ()
    relevant: frozenset[str] = frozenset()
    rests_on_draft: tuple[str, ...] = ()

    def missing(self, findings: Iterable[Finding]) -> tuple[MissingFact, ...]:
        """The facts that `findings`, of this signature, asked for and that nobody stated, in the order of asking."""
        asking: dict[str, list[str]] = {}
        for finding in findings:
            for fact in finding.missing:
                asking.setdefault(fact, []).append(finding.criterion.name)
        return tuple(
            MissingFact(fact, not self.relevant.isdisjoint(criteria), tuple(criteria))
            for fact, criteria in asking.items()
        )

    @cached_property
    def data(self) -> Data:
        """The judgement as plain data, empty parts left out; made once, so to be treated as immutable."""
        return without_empty(
            {
                "status": self.status.value,
                "outcome": self.outcome,
                "range": self.lowest and {"lowest": self.lowest, "highest": self.highest},
                "possible": list(self.possible),
                "gaps": [
                    without_empty({"name": gap.name, "citations": texts(gap.citations)}) for gap in self.gaps
                ],
                "before_ceilings": self.before_ceilings,
                "steps": [
                    {"rule": step.rule, "from": list(map(str, step.antecedents)), "gives": str(step.gives)}
                    for step in self.steps
                ],
                "why_not": [_why_not_data(why_not) for why_not in self.why_not],
                "obligations": [_consequent_data(consequent) for consequent in self.obligations],
                "proposals": [_consequent_data(consequent) for consequent in self.proposals],
                "notes": [_consequent_data(consequent) for consequent in self.notes],
                "rests_on_draft": list(self.rests_on_draft),
            }
        )


def _why_not_data(why_not: WhyNot) -> Data:
    blocks = [
        {"kind": block.kind.value, "criterion": block.criterion, "status": block.status.value}
        for block in why_not.blocks
    ]
    return without_empty({"outcome": why_not.outcome, "blocks": blocks})


def _consequent_data(consequent: Consequent) -> Data:
    return without_empty(
        {
            "name": consequent.name,
            "because": list(map(str, consequent.because)),
            "citations": texts(consequent.citations),
        }
    )


class _Resolved(NamedTuple):
    """The outcome of a signature without unknowns, gates aside, as ranks; lowest and highest differ in a gap."""

    lowest: int
    highest: int
    in_gap: bool = False
    before_ceilings: int | None = None


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
        self._unsourced = [
            index
            for index, criterion in enumerate(ruleset.criteria)
            if criterion.standing is not Standing.SOURCED and not criterion.advisory
        ]
        self._inference = Inference(self._decision, self._criteria)
        self.judge = lru_cache(REMEMBERED)(self._judge)

    def _judge(self, signature: Signature) -> Judgement:
        unknown = [index for index, status in enumerate(signature) if status is Status.UNKNOWN]
        low = self._resolve(_complete(signature, Status.UNMET))
        high = self._resolve(_complete(signature, Status.MET))
        certain = self._inference.conclude(signature)
        possible = self._possible(signature)

        if certain.gates and not possible:
            gate = CANNOT_EVALUATE if CANNOT_EVALUATE in certain.gates else NOT_RATED
            status = VerdictStatus(gate.kind)
            return self._conclude(Judgement(status), signature, frozenset({gate}), unknown)
        if certain.gates:
            undetermined = Judgement(
                VerdictStatus.UNDETERMINED, possible=(*possible, NOT_RATED.kind), open=True
            )
            return self._conclude(undetermined, signature, frozenset(), unknown)

        in_gap = low.in_gap or high.in_gap
        if low.lowest == high.highest and not possible and not in_gap:
            outcome = self._names[high.highest]
            judgement = Judgement(
                VerdictStatus.DECIDED,
                outcome=outcome,
                before_ceilings=self._name_of(high.before_ceilings),
            )
            return self._conclude(judgement, signature, frozenset({Token("outcome", outcome)}), unknown)
        judgement = Judgement(
            VerdictStatus.UNDETERMINED,
            lowest=self._names[low.lowest],
            highest=self._names[high.highest],
            possible=possible,
            open=bool(possible) or low != high,
            in_gap=in_gap,
            gaps=self._gaps(signature) if in_gap else (),
            before_ceilings=self._name_of(high.before_ceilings),
        )
        return self._conclude(judgement, signature, frozenset(), unknown)

    def _conclude(
        self, judgement: Judgement, signature: Signature, established: frozenset[Token], unknown: list[int]
    ) -> Judgement:
        """`judgement` with its proof, its consequences and what stands around it."""
        certain = self._inference.conclude(signature)
        established |= {Token("ground", name) for name in certain.grounds}
        established |= {Token("ceiling", name) for name in certain.ceilings}
        steps = self._inference.consequences(signature, established)
        consequents: dict[str, list[Consequent]] = {"oblige": [], "propose": [], "note": []}
        for step in steps:
            citations = self._inference.citations[step.rule.name]
            because = self._antecedents(step, signature)
            consequents[step.gives.kind].append(Consequent(step.gives.name, because, citations))
        return replace(
            judgement,
            steps=tuple(
                ProofStep(step.rule.name, self._antecedents(step, signature), step.gives)
                for step in (*certain.steps, *steps)
            ),
            why_not=tuple(self._why_not(judgement, signature)),
            obligations=_once(consequents["oblige"]),
            proposals=_once(consequents["propose"]),
            notes=_once(consequents["note"]),
            relevant=frozenset(self._criteria[i] for i in unknown if self._moves(signature, i, unknown)),
            rests_on_draft=self._rests_on_draft(signature),
        )

    def _antecedents(self, step: Step, signature: Signature) -> tuple[Token, ...]:
        """What the step rests on, as the proof shows it: what holds is met, or is not applicable."""
        return tuple(
            Token(signature[self._index[token.name]].value, token.name) if token.kind == "holds" else token
            for token in step.rule.when
            if token.kind != "always"
        )

    def _name_of(self, rank: int | None) -> str | None:
        return None if rank is None else self._names[rank]

    def _resolve(self, signature: Signature) -> _Resolved:
        """Design, section 3.3: the lowest ground; else the highest attained outcome, under the ceilings."""
        conclusions = self._inference.conclude(signature)
        if conclusions.grounds:
            rank = min(self._rank[name] for name in conclusions.grounds)
            return _Resolved(rank, rank)
        ceiling = min((self._rank[name] for name in conclusions.ceilings), default=len(self._names))
        attained = max((self._rank[name] for name in conclusions.attained), default=None)
        if attained is None and self._decision.otherwise is not None:
            attained = self._rank[self._decision.otherwise]
        if attained is not None:
            return _Resolved(
                min(attained, ceiling),
                min(attained, ceiling),
                before_ceilings=attained if ceiling < attained else None,
            )
        # Nothing was attained and nothing fixed: the law says nothing between the lowest rung and what is below,
        # unless a ceiling leaves only one of the two.
        rung = min((self._rank[rung.outcome] for rung in self._decision.ladder), default=0)
        lowest, highest = min(max(rung - 1, 0), ceiling), min(rung, ceiling)
        return _Resolved(lowest, highest, in_gap=lowest != highest)

    def _possible(self, signature: Signature) -> tuple[str, ...]:
        """The gates that hang on an unknown finding and that no certain gate comes before."""
        certain = self._inference.conclude(signature).gates
        if CANNOT_EVALUATE in certain:
            return ()
        unmet = self._inference.conclude(_complete(signature, Status.UNMET)).gates
        return tuple(gate.kind for gate in (CANNOT_EVALUATE, NOT_RATED) if gate in unmet - certain)

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
            return (Block(kind, name, blocking[name]) for name in criteria if name in blocking)

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

    def _result(self, signature: Signature) -> object:
        gates = self._inference.conclude(signature).gates
        if gates:
            return CANNOT_EVALUATE if CANNOT_EVALUATE in gates else NOT_RATED
        return self._resolve(signature)[:3]

    def _moves(self, signature: Signature, index: int, unknown: list[int]) -> bool:
        """Whether the finding at `index` can still move the result, whatever the other unknown ones turn out to be.

        Past `MAX_COMPLETIONS` completions of the others, it is taken to: a fact is never called irrelevant unseen.
        """
        others = [other for other in unknown if other != index]
        for tried, completion in enumerate(_completions(len(others))):
            if tried == MAX_COMPLETIONS:
                return True
            statuses = list(signature)
            for other, status in zip(others, completion, strict=True):
                statuses[other] = status
            results = set()
            for status in (Status.MET, Status.UNMET):
                statuses[index] = status
                results.add(self._result(tuple(statuses)))
            if len(results) > 1:
                return True
        return False

    def _rests_on_draft(self, signature: Signature) -> tuple[str, ...]:
        """The criteria that are not sourced and that decided the result.

        Those are the ones in the rung that was attained, and those without which the result would be another.
        """
        attained = self._inference.conclude(signature).attained
        rung = next((rung.criteria for rung in self._decision.ladder if rung.outcome in attained), ())
        deciding = {i for i in self._unsourced if self._criteria[i] in rung and signature[i] is Status.MET}

        def results(changed: Signature) -> tuple[object, object]:
            return self._result(_complete(changed, Status.UNMET)), self._result(
                _complete(changed, Status.MET)
            )

        # The decision is monotone, so if any set of them makes a difference, all of them together do.
        blocking = [i for i in self._unsourced if signature[i] in (Status.UNMET, Status.UNKNOWN)]
        if blocking and results(_with(signature, blocking, Status.MET)) != results(signature):
            alone = [i for i in blocking if results(_with(signature, [i], Status.MET)) != results(signature)]
            deciding.update(alone or blocking)
        return tuple(self._criteria[i] for i in sorted(deciding))


def _with(signature: Signature, indexes: Iterable[int], status: Status) -> Signature:
    changed = list(signature)
    for index in indexes:
        changed[index] = status
    return tuple(changed)


def _complete(signature: Signature, status: Status) -> Signature:
    return tuple(status if old is Status.UNKNOWN else old for old in signature)


def _completions(count: int) -> Iterator[tuple[Status, ...]]:
    """All ways to complete `count` unknown findings, the two extreme ones first: they settle most questions."""
    yield (Status.MET,) * count
    if count:
        yield (Status.UNMET,) * count
    if count > 1:
        yield from itertools.islice(
            itertools.product((Status.MET, Status.UNMET), repeat=count), 1, 2**count - 1
        )


def _once(consequents: list[Consequent]) -> tuple[Consequent, ...]:
    return tuple({consequent.name: consequent for consequent in reversed(consequents)}.values())[::-1]
