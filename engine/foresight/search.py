"""What would move a verdict, found by evaluating again with other values.

Nothing here reasons about expressions, so what is said of a value has been seen to be true of it. Between two
neighbouring values that were tried and give the same result, the result is taken to be the same; the values tried
include every constant of the ruleset, every number of the record, their neighbours, and, where there are few enough,
all.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from engine.feel.parser import parse
from engine.feel.tree import Node, Number, children
from engine.feel.unknown import Unknown
from engine.findings import Finding, Status
from engine.foresight.line import pieces, scale_of
from engine.foresight.model import Case, Change, Effect, Foresight, Improvement
from engine.judgement import Judgement, Result
from engine.paths import leaves, parse_path, value_at, with_value
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.types import DeclaredType

MAX_CHANGES: Final = 3  # facts changed together; more is no advice
MAX_TRIED: Final = 5_000  # evaluations after which no further question is begun
_HOLDING: Final = (Status.MET, Status.NOT_APPLICABLE)

JudgeValues = Callable[[Mapping[str, object]], tuple[tuple[Finding, ...], Judgement]]
"""Gives the findings on typed values, facts and parameters by name, and what follows from them."""


def foresee(
    ruleset: Ruleset,
    judge: JudgeValues,
    values: Mapping[str, object],
    evaluated_on: dt.date,
) -> Foresight:
    """What would move the verdict of `ruleset` on `values`.

    Raises:
        FeelLimitError: a criterion passed a limit of the language.
    """
    explorer = _Explorer(ruleset, judge, values, evaluated_on)
    return Foresight(tuple(explorer.effects()), tuple(explorer.improvements()))


class _Explorer:
    """Judges one record again with other values, a bounded number of times."""

    def __init__(
        self, ruleset: Ruleset, judge: JudgeValues, values: Mapping[str, object], evaluated_on: dt.date
    ) -> None:
        self._ruleset = ruleset
        self._judge = judge
        self._values = values
        self._day = evaluated_on
        self._findings, self._judgement = judge(values)
        self._tried = 0

    def effects(self) -> Iterator[Effect]:
        """How each missing fact that can still move the verdict does so, the others staying missing."""
        for missing in self._judgement.missing(self._findings):
            declared = self._ruleset.declared_at(missing.fact)
            if not missing.matters or declared is None:
                continue
            if self._tried >= MAX_TRIED:
                return
            cases = tuple(self._cases(missing.fact, declared))
            if any(case.result != Result.of(self._judgement) for case in cases):
                yield Effect(missing.fact, cases)

    def improvements(self) -> Iterator[Improvement]:
        """The smallest changes that reach each better outcome, over the facts that may be changed.

        No change is proposed that would undo a criterion that is met. There are none where missing facts leave the
        outcome open, and where nothing within `MAX_CHANGES` facts and `MAX_TRIED` evaluations helps.
        """
        judgement = self._judgement
        reached = judgement.outcome or (None if judgement.open else judgement.lowest)
        if reached is None:
            return
        candidates = self._candidates()
        found: dict[str, Improvement] = {}
        for size in range(1, MAX_CHANGES + 1):
            for changes in _combinations(candidates, size):
                if self._tried >= MAX_TRIED:
                    break
                outcome = self._reached_by(changes)
                if outcome is None or self._ruleset.rank(outcome) <= self._ruleset.rank(reached):
                    continue
                if outcome not in found or _closer(changes, found[outcome].changes):
                    found[outcome] = Improvement(outcome, changes)
        yield from sorted(found.values(), key=lambda each: self._ruleset.rank(each.outcome))

    def _reached_by(self, changes: Sequence[Change]) -> str | None:
        """The outcome with the changes; None where there is none, or a criterion that is met would be undone."""
        findings, judgement = self._judge_with(changes)
        for before, after in zip(self._findings, findings, strict=True):
            if before.status in _HOLDING and after.status not in _HOLDING:
                return None
        return judgement.outcome

    def _judge_with(self, changes: Sequence[Change]) -> tuple[tuple[Finding, ...], Judgement]:
        values = self._values
        for change in changes:
            fact = self._ruleset.facts[str(parse_path(change.fact)[0])]
            values = with_value(values, change.fact, change.to, fact.declared)
        self._tried += 1
        return self._judge(values)

    def _result_with(self, path: str, value: Any) -> Result:
        return Result.of(self._judge_with((Change(path, None, value),))[1])

    # How one fact moves the verdict

    def _cases(self, path: str, declared: DeclaredType) -> Iterator[Case[Result]]:
        match declared.kind:
            case "boolean":
                yield from self._one_by_one(path, (True, False))
            case "enum":
                yield from self._one_by_one(path, tuple(declared.values))
            case "list":
                yield from self._one_by_one(path, ([],))
            case "count" | "number" | "date":
                scale = scale_of(declared, self._day)
                points = self._allowed(path, scale.values(self._seeds()))
                yield from pieces(points, lambda value: self._result_with(path, value), scale)

    def _one_by_one(self, path: str, values: Sequence[Any]) -> Iterator[Case[Result]]:
        for value in values:
            yield Case(value, value, self._result_with(path, value))

    def _allowed(self, path: str, values: Iterable[Any]) -> list[Any]:
        fact = self._ruleset.facts.get(path)
        return [value for value in values if fact is None or fact.allows(value) is not False]

    def _seeds(self) -> list[Decimal]:
        return sorted(set(_numbers(list(self._values.values()))) | _constants(self._ruleset))

    # Which changes help

    def _candidates(self) -> list[list[Change]]:
        """For each changeable fact that a blocking criterion looks at, the nearest values that mend one."""
        blocking = {block.criterion for why_not in self._judgement.why_not for block in why_not.blocks}
        reads = {
            path
            for finding in self._findings
            if finding.criterion.name in blocking
            for path in finding.criterion.reads
        }
        score = self._ruleset.score
        if score is not None and any(path.partition(".")[0] in (SCORE, PARTS) for path in reads):
            reads.update(score.reads)
        candidates = []
        for name, fact in self._ruleset.facts.items():
            for path, declared in leaves(fact.declared, name, changeable=fact.changeable):
                touched = any(read == path or path.startswith(f"{read}.") for read in reads)
                current = value_at(self._values, path)
                if touched and current is not None and current.__class__ is not Unknown:
                    changes = list(self._mending(path, declared, current, blocking))
                    if changes:
                        candidates.append(changes)
        return candidates

    def _mending(
        self, path: str, declared: DeclaredType, current: Any, blocking: set[str]
    ) -> Iterator[Change]:
        """The values of one fact, nearest first on each side, at which a further blocking criterion is met."""
        match declared.kind:
            case "boolean":
                yield Change(path, current, not current)
            case "enum":
                words = list(declared.values)
                place = words.index(current)
                # The order of the words is the order of the levels: the next one up is the nearest.
                nearest_first = sorted(
                    words, key=lambda word: (abs(words.index(word) - place), -words.index(word))
                )
                yield from (Change(path, current, word) for word in nearest_first if word != current)
            case "count" | "number" | "date":
                scale = scale_of(declared, self._day)
                points = self._allowed(path, scale.values([*self._seeds(), current]))

                def met(value: Any) -> frozenset[str]:
                    findings, _ = self._judge_with((Change(path, current, value),))
                    return frozenset(
                        finding.criterion.name
                        for finding in findings
                        if finding.criterion.name in blocking and finding.status in _HOLDING
                    )

                before = met(current)
                for piece in pieces(points, met, scale):
                    if piece.result - before:
                        nearest = piece.low if piece.low is not None and current < piece.low else piece.high
                        if nearest is not None and nearest != current:
                            yield Change(path, current, nearest)


def _combinations(candidates: list[list[Change]], size: int) -> Iterator[tuple[Change, ...]]:
    for group in itertools.combinations(candidates, size):
        yield from itertools.product(*group)


def _closer(changes: Sequence[Change], other: Sequence[Change]) -> bool:
    """Whether `changes` ask for less than `other`: fewer facts, or the same facts by less."""
    if len(changes) != len(other):
        return len(changes) < len(other)
    if [change.fact for change in changes] != [change.fact for change in other]:
        return False
    both = [(_distance(mine), _distance(yours)) for mine, yours in zip(changes, other, strict=True)]
    return all(mine <= yours for mine, yours in both) and any(mine < yours for mine, yours in both)


def _distance(change: Change) -> Any:
    if isinstance(change.to, Decimal):
        return abs(change.to - change.from_)
    if isinstance(change.to, dt.date):
        return abs((change.to - change.from_).days)
    return 0


def _numbers(value: Any) -> Iterator[Decimal]:
    match value:
        case Decimal():
            yield value
        case list():
            yield from itertools.chain.from_iterable(map(_numbers, value))
        case dict():
            yield from itertools.chain.from_iterable(map(_numbers, value.values()))


@lru_cache(maxsize=256)
def _constants(ruleset: Ruleset) -> frozenset[Decimal]:
    """Every number that an expression of `ruleset` writes down."""
    names = (*ruleset.program_inputs, *(definition.name for definition in ruleset.definitions))
    texts = [criterion.expression for criterion in ruleset.criteria]
    texts += [criterion.applies for criterion in ruleset.criteria if criterion.applies]
    nodes = [parse(text, names=names) for text in texts]
    nodes += [definition.node for definition in ruleset.definitions]
    nodes += [node for table in ruleset.tables.values() for node in table.decision.nodes()]
    return frozenset(part.value for node in nodes for part in _walk(node) if isinstance(part, Number))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)
