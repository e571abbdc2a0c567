"""A campaign: everybody judged in the order in which verdicts feed each other, quotas last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from engine.campaign.feeding import Feed, Rating, Source, Sources, feed, rating_of
from engine.campaign.model import Organisation, Person, Post, Role, Subject
from engine.campaign.problems import CampaignProblem, Code
from engine.campaign.tree import Tree, build_tree
from engine.catalogue import Catalogue, SelectionError
from engine.cohort import Award, QuotaError, Result, award, quota_of
from engine.evaluation import evaluate
from engine.facts import RecordError
from engine.feel import FeelLimitError
from engine.network import InferenceLimitError
from engine.ruleset.ruleset import Period, Ruleset
from engine.verdict import ChosenBy, Verdict
from engine.violations import Violation


@dataclass(frozen=True, slots=True)
class Judged:
    """What a campaign makes of an organisation or of a person in a post.

    Attributes:
        subject: whom it is about.
        verdict: the verdict before quotas; None where there is none, as a problem says.
        fed: the ratings that went into it.
        violations: what is wrong with the record, where that is why there is no verdict.
        quota: what the quota of the ruleset makes of it, where it has one.
    """

    subject: Subject
    verdict: Verdict | None
    fed: tuple[Feed, ...] = ()
    violations: tuple[Violation, ...] = ()
    quota: Result | None = None

    @property
    def outcome(self) -> str | None:
        """The outcome in the end, after quotas; None where it is open or there is none."""
        if self.quota is not None:
            return self.quota.outcome
        return None if self.verdict is None else self.verdict.outcome


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What a campaign comes to.

    Attributes:
        organisations: by id; without those that only hold the tree.
        posts: persons in their posts.
        order: all of them, in the order in which they were judged.
        awards: of each ruleset with a quota, by the ruleset's id and version.
        problems: everything that is wrong with what was given, the tree first.
    """

    organisations: Mapping[str, Judged]
    posts: Mapping[Subject, Judged]
    order: tuple[Subject, ...]
    awards: Mapping[tuple[str, str], Award[Subject]]
    problems: tuple[CampaignProblem, ...]


_NO_READINGS: Final[Mapping[str, str]] = MappingProxyType({})


def run_campaign(
    catalogue: Catalogue,
    organisations: Iterable[Organisation],
    persons: Iterable[Person],
    *,
    evaluated_on: date,
    assessed: Period | None = None,
    readings: Mapping[str, str] = _NO_READINGS,
) -> CampaignResult:
    """Judge a tree of organisations and the persons in them.

    Lower organisations are judged before higher ones, an organisation before its members, its head last. What is
    wrong with one record is reported and takes nothing from the others. The order in which organisations and persons
    are given changes nothing.

    Args:
        catalogue: the rulesets at hand.
        organisations: the tree, in any order.
        persons: in any order.
        evaluated_on: the date of the evaluation.
        assessed: the period that is judged; see `Catalogue.on`.
        readings: by the id of a ruleset whose quota has several readings, which of them to apply.
    """
    tree = build_tree(organisations)
    run = _Run(catalogue, tree, evaluated_on, assessed, readings)
    run.judge(_posts(persons))
    run.apply_quotas()
    return run.result()


_Posts = dict[str, list[tuple[Subject, Post]]]
_RANKS = {Role.DEPUTY: 0, Role.MEMBER: 1, Role.HEAD: 2}  # a head comes last


def _posts(persons: Iterable[Person]) -> _Posts:
    """The posts in each organisation, in the order in which they are judged."""
    posts: _Posts = defaultdict(list)
    numbers: dict[tuple[str, str, Role], int] = defaultdict(int)
    for person in persons:
        for post in person.posts:
            key = (post.organisation, person.id, post.role)
            posts[post.organisation].append((Subject(*key, numbers[key]), post))
            numbers[key] += 1
    for held in posts.values():
        held.sort(key=lambda pair: (_RANKS[pair[1].role], pair[0]))
    return posts


class _Run:
    def __init__(
        self,
        catalogue: Catalogue,
        tree: Tree,
        evaluated_on: date,
        assessed: Period | None,
        readings: Mapping[str, str],
    ) -> None:
        self._catalogue = catalogue
        self._tree = tree
        self._on = evaluated_on
        self._assessed = assessed
        self._readings = readings
        self._problems = list(tree.problems)
        self._judged: dict[Subject, Judged] = {}
        self._awards: dict[tuple[str, str], Award[Subject]] = {}

    def result(self) -> CampaignResult:
        return CampaignResult(
            MappingProxyType({s.organisation: judged for s, judged in self._judged.items() if not s.person}),
            MappingProxyType({s: judged for s, judged in self._judged.items() if s.person}),
            tuple(self._judged),
            MappingProxyType(self._awards),
            tuple(self._problems),
        )

    def judge(self, posts: _Posts) -> None:
        for id_, organisation in self._tree.organisations.items():
            if organisation.facts is not None and id_ not in self._tree.doubtful:
                sources = Sources(children=self._children(id_))
                self._judge_one(Subject(id_), organisation.facts, organisation, sources)
            self._judge_posts(id_, posts.get(id_, []))
        for id_ in sorted(posts.keys() - self._tree.organisations.keys()):
            for subject, _ in posts[id_]:
                self._report(Code.UNKNOWN_ORGANISATION, subject)
            self._judge_posts(id_, posts[id_])

    def _judge_posts(self, id_: str, posts: list[tuple[Subject, Post]]) -> None:
        for subject in [subject for subject, _ in posts if subject.number == 1]:
            self._report(Code.SAME_POST, subject._replace(number=0))
        heads = [subject for subject, post in posts if post.role is Role.HEAD]
        if len({subject.person for subject in heads}) > 1:
            self._report(Code.SEVERAL_HEADS, *heads)
        known = id_ in self._tree.organisations
        unit = Source(Subject(id_), self._rating(id_)) if known else None
        children = self._children(id_) if known else None
        members: list[Source] = []
        for subject, post in posts:
            is_head = post.role is Role.HEAD
            # Only a head answers for the members; anybody else has none.
            answers_for = members if is_head else []
            sources = Sources(unit, children, answers_for if known else None)
            judged = self._judge_one(subject, post.facts, post, sources)
            if not is_head:
                members.append(Source(subject, rating_of(judged.verdict)))

    def _children(self, id_: str) -> list[Source]:
        return [
            Source(Subject(child), Rating.DOUBTFUL if child in self._tree.cyclic else self._rating(child))
            for child in self._tree.children[id_]
        ]

    def _rating(self, id_: str) -> str | Rating:
        if id_ in self._tree.doubtful:
            return Rating.DOUBTFUL
        if self._tree.organisations[id_].facts is None:
            return Rating.NOT_RATED
        return rating_of(self._judged[Subject(id_)].verdict)

    def _judge_one(
        self, subject: Subject, record: Mapping[str, object], given: Organisation | Post, sources: Sources
    ) -> Judged:
        if given.unusable:
            self._report(Code.BAD_RECORD, subject, why=given.unusable)
            judged = Judged(subject, None)
        else:
            judged = self._verdict(subject, record, given.ruleset, sources)
        self._judged[subject] = judged
        return judged

    def _verdict(
        self, subject: Subject, record: Mapping[str, object], ruleset_id: str | None, sources: Sources
    ) -> Judged:
        try:
            ruleset, chosen_by = self._choose(ruleset_id, record)
        except SelectionError as error:
            self._report(Code.NO_RULESET, subject, why=str(error))
            return Judged(subject, None)
        fed = feed(ruleset, subject, record, sources)
        self._problems.extend(fed.problems)
        own = {name: value for name, value in record.items() if name not in fed.values}
        try:
            verdict = evaluate(ruleset, own, evaluated_on=self._on, chosen_by=chosen_by, fed=fed.values)
        except RecordError as error:
            self._report(
                Code.BAD_RECORD, subject, why=", ".join(violation.path for violation in error.violations)
            )
            return Judged(subject, None, tuple(fed.feeds), error.violations)
        except (FeelLimitError, InferenceLimitError) as error:
            self._report(Code.LIMIT, subject, why=str(error))
            return Judged(subject, None, tuple(fed.feeds))
        return Judged(subject, verdict, tuple(fed.feeds))

    def _choose(self, ruleset_id: str | None, record: Mapping[str, object]) -> tuple[Ruleset, ChosenBy]:
        if ruleset_id is not None:
            return self._catalogue.on(ruleset_id, self._on, self._assessed), ChosenBy.DATE
        return self._catalogue.select(record, self._on, self._assessed), ChosenBy.SELECTOR

    def apply_quotas(self) -> None:
        cohorts: dict[tuple[str, str], list[tuple[Subject, Verdict]]] = {}
        for subject, judged in self._judged.items():
            if judged.verdict is not None and judged.verdict.ruleset.quota is not None:
                ruleset = judged.verdict.ruleset
                cohorts.setdefault((ruleset.id, ruleset.version), []).append((subject, judged.verdict))
        for key in sorted(cohorts):
            try:
                quota = quota_of(cohorts[key][0][1].ruleset, self._readings.get(key[0], ""))
                self._awards[key] = award(quota, cohorts[key])
            except (QuotaError, FeelLimitError) as error:
                self._report(Code.BAD_QUOTA, ruleset=" ".join(key), why=str(error))
                continue
            for subject, result in self._awards[key].results.items():
                self._judged[subject] = replace(self._judged[subject], quota=result)
        self._problems.extend(self._overtaken())

    def _overtaken(self) -> Iterator[CampaignProblem]:
        """The verdicts that rest on an outcome that a quota then did not leave so."""
        for subject, judged in self._judged.items():
            for fed in judged.fed:
                quota = self._judged[fed.source].quota if fed.source in self._judged else None
                if fed.outcome is not None and quota is not None and quota.outcome != quota.verdict.outcome:
                    details = {"source": str(fed.source), "outcome": fed.outcome}
                    yield CampaignProblem(Code.FED_BEFORE_QUOTA, (subject,), details)

    def _report(self, code: Code, *subjects: Subject, **details: str) -> None:
        self._problems.append(CampaignProblem(code, subjects, details))
