"""Quotas: who of a cohort is eligible, who is awarded, and what the authority has to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, TypeVar

from engine.cohort.groups import Group, GroupKey, Member, make_groups, reach
from engine.cohort.quota import Quota
from engine.cohort.ranking import Span, comparable, levels, spans
from engine.cohort.seats import Answer, Claim, Contender, allocate
from engine.facts import FactsReader
from engine.judgement import VerdictStatus
from engine.verdict import Verdict

Id = TypeVar("Id", bound=Hashable)
_NOTHING: Final[Mapping[GroupKey, Mapping[str, object]]] = MappingProxyType({})


class Standing(StrEnum):
    """How a quota leaves a member."""

    NOT_ELIGIBLE = "not_eligible"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    NEEDS_DECISION = "needs_decision"


class Reason(StrEnum):
    """Why a quota leaves a member so."""

    OTHER_OUTCOME = "other_outcome"  # not eligible: rated otherwise
    NO_OUTCOME = "no_outcome"  # not eligible: not rated, or out of reach whatever is missing
    WITHIN_PLACES = "within_places"  # awarded
    CAP_ZERO_SLOTS = "cap_zero_slots"  # not awarded: the group has no place at all
    PLACES_TAKEN = "places_taken"  # not awarded: others rank higher
    TIE = "tie"  # needs decision: ties across the last place
    NO_RANKING = "no_ranking"  # needs decision: more eligible than places, and nothing ranks them
    MISSING_FACT = "missing_fact"  # needs decision: the member's group or rank is not known
    SHARE_NOT_KNOWN = "share_not_known"  # needs decision: how many places there are is not known
    OTHERS_OPEN = "others_open"  # needs decision: it depends on others who are open
    VERDICT_OPEN = "verdict_open"  # needs decision: the member's own verdict is undetermined


class Position(NamedTuple):
    """Where a member stands in one of their groups.

    Attributes:
        group: the group.
        span: their place among its eligible members; None where nothing ranks them.
        decisive: whether the group is among those because of which the member is not awarded.
    """

    group: Group
    span: Span | None
    decisive: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What a quota makes of one member.

    Attributes:
        verdict: the verdict before the quota.
        standing: how the quota leaves the member.
        reason: why.
        outcome: the outcome after the quota; None where there is none or the authority decides.
        positions: one for each group of the member that is known, in the order of the scopes.
        missing: the facts of the member that would settle it.
    """

    verdict: Verdict
    standing: Standing
    reason: Reason
    outcome: str | None
    positions: tuple[Position, ...]
    missing: tuple[str, ...] = ()

    @property
    def provisional(self) -> int:
        """How many who are not decided yet, or not placed, could change the places of the member's groups."""
        return max((position.group.open for position in self.positions), default=0)


@dataclass(frozen=True, slots=True)
class Award(Generic[Id]):
    """What a quota makes of a cohort.

    Attributes:
        quota: the quota.
        results: by member, in the order in which they were given.
        groups: scope by scope, each scope in the order of its values.
    """

    quota: Quota
    results: Mapping[Id, Result]
    groups: tuple[Group, ...]

    def of(self, standing: Standing) -> tuple[Id, ...]:
        """The members whom the quota leaves so."""
        return tuple(member for member, result in self.results.items() if result.standing is standing)


def award(
    quota: Quota,
    members: Iterable[tuple[Id, Verdict]],
    *,
    stated: Mapping[GroupKey, Mapping[str, object]] = _NOTHING,
) -> Award[Id]:
    """Apply `quota` to a cohort.

    The order of the members changes nothing but the order of the results.

    Args:
        quota: the quota.
        members: the whole cohort, each with an id of the caller's and the verdict; whoever is left out is not
            counted.
        stated: raw facts of groups, which come before what the records of their members say.

    Raises:
        ValueError: an id stands twice, a verdict is of another ruleset than the quota, or facts are stated of a
            scope that the quota does not have.
        RecordError: a stated fact is not usable.
        FeelLimitError: an expression of the quota passed a limit of the language.
    """
    cohort = _read(quota, members)
    groups = make_groups(quota, list(cohort.values()), _typed(quota, stated))
    contest = _Contest(quota, groups, cohort)
    results = {id_: contest.result(id_) for id_ in cohort}
    awarded = Counter(
        position.group.key
        for result in results.values()
        if result.standing is Standing.AWARDED
        for position in result.positions
    )
    final = {key: replace(group, awarded=awarded[key]) for key, group in groups.items()}
    told: dict[int, Result] = {}
    before: list[Result] = []
    for id_, result in results.items():
        found = told.get(id(result))
        if found is None:
            positions = tuple(
                position._replace(group=final[position.group.key]) for position in result.positions
            )
            # Kept beside the one it is made of, whose number no other may get meanwhile.
            found = told[id(result)] = replace(result, positions=positions)
            before.append(result)
        results[id_] = found
    return Award(quota, MappingProxyType(results), tuple(final.values()))


def _read(quota: Quota, members: Iterable[tuple[Id, Verdict]]) -> dict[Id, Member]:
    cohort: dict[Id, Member] = {}
    read: dict[
        int, Member
    ] = {}  # by object: of large cohorts, many may be given one verdict that says the same
    for id_, verdict in members:
        if id_ in cohort:
            raise ValueError("an id stands twice in the cohort")
        member = read.get(id(verdict))
        if member is None:
            if verdict.ruleset.digest != quota.ruleset.digest:
                raise ValueError(f"a verdict is of {verdict.ruleset!r}, the quota of {quota.ruleset!r}")
            member = Member(verdict, quota.ask(verdict.values), reach(verdict.judgement, quota))
            read[id(verdict)] = member  # which keeps the verdict, so that no other gets its number
        cohort[id_] = member
    return cohort


def _typed(
    quota: Quota, stated: Mapping[GroupKey, Mapping[str, object]]
) -> dict[GroupKey, dict[str, object]]:
    """The stated facts as the ruleset declares them, without those that nobody stated."""
    reader = FactsReader(quota.ruleset.facts)
    typed = {}
    for key, facts in stated.items():
        if key.scope not in quota.scopes:
            raise ValueError(f"facts are stated of {', '.join(key.scope)}, which is no scope of the quota")
        values = reader.read(facts)
        typed[key] = {name: values[name] for name in facts}
    return typed


class _Contest(Generic[Id]):
    """The contest of those who are eligible."""

    def __init__(self, quota: Quota, groups: Mapping[GroupKey, Group], cohort: Mapping[Id, Member]) -> None:
        self._quota = quota
        self._cohort = cohort
        self._groups = groups
        eligible = [id_ for id_, member in cohort.items() if member.reach.eligible]
        self._keys = comparable(quota.keys, [cohort[id_].answers.keys for id_ in eligible])
        self._levels = levels(quota.keys, self._keys)
        self._index = {id_: index for index, id_ in enumerate(eligible)}
        self._of = [tuple(self._groups_of(cohort[id_])) for id_ in eligible]
        numbers = {key: number for number, key in enumerate(groups)}
        self._answers = allocate(
            [
                Contender(*level, tuple(numbers[key] for key in keys), len(keys) == len(quota.scopes))
                for level, keys in zip(self._levels, self._of, strict=True)
            ],
            [group.limits for group in groups.values()],
        )
        self._numbers = numbers
        self._others: dict[int, Result] = {}  # by member, as an object
        self._spans = self._all_spans()
        self._tied = Counter(
            (key, level) for keys, level in zip(self._of, self._levels, strict=True) for key in keys
        )

    def _groups_of(self, member: Member) -> Iterable[GroupKey]:
        for scope, values in zip(self._quota.scopes, member.answers.groups, strict=True):
            if values is not None:
                yield GroupKey(scope, values)

    def _all_spans(self) -> dict[tuple[GroupKey, int], Span]:
        within: dict[GroupKey, list[int]] = {}
        for index, keys in enumerate(self._of):
            for key in keys:
                within.setdefault(key, []).append(index)
        return {
            (key, index): span
            for key, indexes in within.items()
            for index, span in zip(indexes, spans([self._levels[index] for index in indexes]), strict=True)
        }

    def result(self, id_: Id) -> Result:
        """What becomes of one member."""
        member = self._cohort[id_]
        if member.reach.eligible:
            return self._eligible(member, self._index[id_])
        # They take no places, so of those who are read alike the same becomes.
        found = self._others.get(id(member))
        if found is None:
            found = self._others[id(member)] = self._other(member)
        return found

    def _other(self, member: Member) -> Result:
        """What becomes of a member who is not eligible."""
        verdict = member.verdict
        positions = tuple(Position(self._groups[key], None, False) for key in self._groups_of(member))
        if member.reach.may_be:
            missing = tuple(missing.fact for missing in verdict.missing if missing.matters)
            return Result(verdict, Standing.NEEDS_DECISION, Reason.VERDICT_OPEN, None, positions, missing)
        decided = verdict.status is VerdictStatus.DECIDED
        reason = Reason.OTHER_OUTCOME if decided else Reason.NO_OUTCOME
        return Result(verdict, Standing.NOT_ELIGIBLE, reason, verdict.outcome, positions)

    def _eligible(self, member: Member, index: int) -> Result:
        answer = self._answers[index]
        decisive = set(answer.groups)
        positions = tuple(
            Position(
                self._groups[key],
                self._spans[key, index] if self._quota.keys else None,
                self._numbers[key] in decisive,
            )
            for key in self._of[index]
        )
        verdict, quota = member.verdict, self._quota
        match answer.claim:
            case Claim.AWARDED:
                return Result(verdict, Standing.AWARDED, Reason.WITHIN_PLACES, quota.outcome, positions)
            case Claim.REFUSED:
                none = any(position.decisive and not position.group.most.places for position in positions)
                reason = Reason.CAP_ZERO_SLOTS if none else Reason.PLACES_TAKEN
                return Result(verdict, Standing.NOT_AWARDED, reason, quota.falls_to, positions)
            case Claim.OPEN:
                reason, missing = self._why_open(member, index, answer)
                return Result(verdict, Standing.NEEDS_DECISION, reason, None, positions, missing)

    def _why_open(self, member: Member, index: int, answer: Answer) -> tuple[Reason, tuple[str, ...]]:
        unplaced = [
            path
            for scope, values in zip(self._quota.scopes, member.answers.groups, strict=True)
            if values is None
            for path in scope
        ]
        # A rank that is not known matters only where there are not places for all.
        unranked = next(
            (
                facts
                for facts, value in zip(member.answers.unranked, self._keys[index], strict=True)
                if value is None and answer.groups
            ),
            (),
        )
        if unplaced or unranked:
            return Reason.MISSING_FACT, tuple(dict.fromkeys([*unplaced, *unranked]))
        contested = [key for key in self._of[index] if self._numbers[key] in answer.groups]
        groups = [self._groups[key] for key in contested]
        if any(group.limits.low < group.limits.high for group in groups):
            facts = dict.fromkeys(fact for group in groups for fact in (*group.missing, *group.conflicting))
            return Reason.SHARE_NOT_KNOWN, tuple(facts)
        if not self._quota.keys:
            return Reason.NO_RANKING, ()
        if any(self._tied[key, self._levels[index]] > 1 for key in contested):
            return Reason.TIE, ()
        return Reason.OTHERS_OPEN, ()
