"""The groups of a cohort: who is in which, of how many the share is taken, and how many places there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from engine.cohort.expressions import facts_behind
from engine.cohort.places import Headcount, Places, places
from engine.cohort.quota import Answers, Quota, Term, as_share
from engine.cohort.seats import Limits
from engine.feel import Unknown
from engine.judgement import Judgement, VerdictStatus
from engine.verdict import Verdict


class GroupKey(NamedTuple):
    """A group of a cohort: the facts that name the groups of its scope, and its values of them."""

    scope: tuple[str, ...]
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group within which the quota holds by itself.

    Attributes:
        key: which group.
        count: its members as the quota sees them.
        fewest: its places; where its share is not known, the fewest that there can be.
        most: the most that there can be; the same as `fewest` where the share is known.
        missing: the facts without which its share is not known.
        conflicting: the facts of the group on which its members' records disagree.
        open: how many members are not decided, or not placed in a group, and could change the number of places.
        awarded: how many of it are awarded.
    """

    key: GroupKey
    count: Headcount
    fewest: Places
    most: Places
    missing: tuple[str, ...]
    conflicting: tuple[str, ...]
    open: int
    awarded: int = 0

    @property
    def limits(self) -> Limits:
        """The places, as a pair."""
        return Limits(self.fewest.places, self.most.places)


class Reach(NamedTuple):
    """What a verdict can mean for a quota.

    Attributes:
        eligible: the outcome of the quota is reached.
        may_be: it is not decided, and may be.
        counts: whether the person is counted in the denominator; None where that is not known.
    """

    eligible: bool
    may_be: bool
    counts: bool | None


class Member(NamedTuple):
    """A member of a cohort, read."""

    verdict: Verdict
    answers: Answers
    reach: Reach


ShareAnswers = tuple[object, object, object]
"""What a member's record says of the share, the raised share, and whether it is raised."""


def reach(judgement: Judgement, quota: Quota) -> Reach:
    """What the judgement of a verdict means for `quota`."""
    rank = quota.ruleset.rank
    if judgement.outcome is not None:
        return Reach(judgement.outcome == quota.outcome, False, rank(judgement.outcome) in quota.counted)
    if (
        judgement.status is not VerdictStatus.UNDETERMINED
        or judgement.lowest is None
        or judgement.highest is None
    ):
        return Reach(False, False, False)
    possible = range(rank(judgement.lowest), rank(judgement.highest) + 1)
    may_be = rank(quota.outcome) in possible
    # Who may be eligible may come to stand in either of two outcomes.
    counts = {one in quota.counted for one in possible} | ({False} if judgement.possible else set())
    if may_be:
        counts.add(rank(quota.falls_to) in quota.counted)
    return Reach(False, may_be, counts.pop() if len(counts) == 1 else None)


def make_groups(
    quota: Quota, members: Sequence[Member], stated: Mapping[GroupKey, Mapping[str, object]]
) -> dict[GroupKey, Group]:
    """The groups of `members`, scope by scope, each scope in the order of its values.

    Args:
        quota: the quota.
        members: the whole cohort.
        stated: typed facts of groups, which come before what the members' records say.
    """
    groups: dict[GroupKey, Group] = {}
    for place, scope in enumerate(quota.scopes):
        within: dict[GroupKey, list[Member]] = {}
        unplaced = 0
        for member in members:
            values = member.answers.groups[place]
            if values is not None:
                within.setdefault(GroupKey(scope, values), []).append(member)
            elif member.reach.eligible or member.reach.may_be or member.reach.counts is not False:
                unplaced += 1
        for key in sorted(within, key=lambda key: tuple(map(str, key.values))):
            groups[key] = _group(quota, key, within[key], stated.get(key, {}), unplaced)
    return groups


def _group(
    quota: Quota, key: GroupKey, members: Sequence[Member], stated: Mapping[str, object], unplaced: int
) -> Group:
    count = Headcount(
        eligible=sum(member.reach.eligible for member in members),
        others=sum(member.reach.counts is True and not member.reach.eligible for member in members),
        counts_awarded=quota.ruleset.rank(quota.outcome) in quota.counted,
        counts_fallen=quota.ruleset.rank(quota.falls_to) in quota.counted,
    )
    undecided = sum(member.reach.may_be or member.reach.counts is None for member in members)
    answers = (
        quota.ask({**member.verdict.values, **stated}) if stated else member.answers for member in members
    )
    return group_of(
        quota, key, count, [(each.share, each.raised, each.when) for each in answers], undecided + unplaced
    )


def group_of(
    quota: Quota, key: GroupKey, count: Headcount, answers: Sequence[ShareAnswers], undecided: int
) -> Group:
    """A group by what is counted in it and what its members' records say of its share.

    Args:
        quota: the quota.
        key: which group.
        count: its members as the quota sees them.
        answers: of its members; which members gave the same says nothing.
        undecided: how many could change the number of places.
    """
    shares = _Shares(quota, answers)
    # A share that nobody knows may be none or all of it.
    known = [places(count, share, quota.rounding) for share in shares.possible if share is not None]
    if None in shares.possible:
        known += [Places(0, None, count.denominator(0)), Places(count.eligible, None, count.denominator(0))]
    return Group(
        key,
        count,
        min(known, key=lambda found: found.places),
        max(known, key=lambda found: found.places),
        tuple(shares.missing),
        tuple(shares.conflicting),
        undecided,
    )


class _Shares:
    """The share of one group: what its members' records, or the caller, say of it."""

    def __init__(self, quota: Quota, answers: Sequence[ShareAnswers]) -> None:
        self.missing: dict[str, None] = {}
        self.conflicting: dict[str, None] = {}
        self.possible: tuple[Fraction | None, ...]
        self.possible = (self._share(quota.share, [share for share, _, _ in answers]),)
        if quota.raised is None or quota.when is None:
            return
        when = self._agreed(quota.when, [when for _, _, when in answers])
        if when is not False:
            raised = self._share(quota.raised, [raised for _, raised, _ in answers])
            self.possible = (raised,) if when is True else (*self.possible, raised)

    def _share(self, term: Term, answers: Iterable[object]) -> Fraction | None:
        value = self._agreed(term, answers)
        share = as_share(value)
        if share is None and value is not None:  # stated, but no share: as good as not stated
            self.missing.update(dict.fromkeys(term.reads))
        return share

    def _agreed(self, term: Term, answers: Iterable[object]) -> object:
        """The one value that all who know it give; None where nobody does or they disagree.

        It is a fact of the group: it is enough that one record states it.
        """
        known: list[object] = []
        behind: dict[str, None] = {}
        for answer in answers:
            if answer is None or isinstance(answer, Unknown):
                behind.update(dict.fromkeys(facts_behind(answer, term.reads)))
            elif answer not in known:
                known.append(answer)
        if len(known) == 1:
            return known[0]
        if known:
            self.conflicting.update(dict.fromkeys(term.reads))
        else:
            self.missing.update(behind)
        return None
