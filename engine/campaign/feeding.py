"""Facts that a campaign feeds: what a record is told of verdicts already reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from engine.campaign.model import Subject
from engine.campaign.problems import CampaignProblem, Code
from engine.feel import Unknown
from engine.judgement import VerdictStatus
from engine.ruleset.ruleset import Fact, Ruleset
from engine.ruleset.types import DeclaredType
from engine.verdict import Verdict

NOT_RATED: Final = "not_rated"  # fed as a value where a fact's type has it


class Rating(Enum):
    """What a source comes to where it has no outcome."""

    NOT_RATED = "not_rated"  # no rating is due, so there is nothing to take into account
    OPEN = "open"  # a rating is due and not known
    DOUBTFUL = "doubtful"  # it is not known whether a rating is due


class Source(NamedTuple):
    """Somebody whose rating feeds others: an outcome, or why there is none."""

    subject: Subject
    rating: str | Rating


class Feed(NamedTuple):
    """One value that was fed.

    Attributes:
        path: the fact, or the item of a list, such as ``sub_units[2]``.
        source: whose rating it is.
        outcome: the outcome, or None where it is not known.
    """

    path: str
    source: Subject
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What may be fed to one record; None where the campaign has nothing to say."""

    unit: Source | None = None
    children: Sequence[Source] | None = None
    members: Sequence[Source] | None = None


@dataclass(slots=True)
class Fed:
    """What is fed to one record.

    Attributes:
        values: typed values by fact.
        feeds: the same, one for each rating that went in.
        problems: what is wrong with it.
    """

    values: dict[str, object] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)
    problems: list[CampaignProblem] = field(default_factory=list)


def rating_of(verdict: Verdict | None) -> str | Rating:
    """What a verdict says to those it feeds; None is a record that could not be judged."""
    if verdict is None:
        return Rating.DOUBTFUL
    if verdict.outcome is not None:
        return verdict.outcome
    if verdict.status is VerdictStatus.NOT_RATED:
        return Rating.NOT_RATED
    # A record without a basis has a rating due that nobody can give: unlike one that is not to be rated.
    return Rating.DOUBTFUL if NOT_RATED in verdict.judgement.possible else Rating.OPEN


def feed(ruleset: Ruleset, subject: Subject, record: Mapping[str, object], sources: Sources) -> Fed:
    """What `sources` feed to the facts of `ruleset` that are declared ``from`` them.

    Where the record says something else, the ratings of the campaign stand, and the conflict is reported. Where the
    campaign has nobody below, what the record says stands; if it says nothing, there is nobody.
    """
    fed = Fed()
    for fact in ruleset.facts.values():
        if fact.from_ is None:
            continue
        feeder = _Feeder(fed, fact, subject)
        stated = fact.name in record
        if fact.from_ == "unit":
            if sources.unit is not None:
                feeder.feed_one(sources.unit)
            elif not stated:
                feeder.refuse()
        else:
            found = sources.children if fact.from_ == "children" else sources.members
            if found is None and not stated:
                feeder.refuse()
            elif found or (found is not None and not stated):
                feeder.feed_all(found)
        if stated and fact.name in fed.values and not _agree(record[fact.name], fed.values[fact.name]):
            feeder.report(Code.CONFLICT)
    return fed


class _Feeder:
    """Feeds one fact."""

    def __init__(self, fed: Fed, fact: Fact, subject: Subject) -> None:
        self._fed = fed
        self._fact = fact
        self._subject = subject
        self._item = fact.declared.item if fact.declared.kind == "list" else None

    def report(self, code: Code, **details: str) -> None:
        problem = CampaignProblem(code, (self._subject,), {"fact": self._fact.name, **details})
        self._fed.problems.append(problem)

    def refuse(self) -> None:
        """Say that nothing can be fed here, so that what the record says stands, if it says anything."""
        self.report(Code.NOT_FED, feeder=str(self._fact.from_))

    def feed_one(self, source: Source) -> None:
        if self._item is not None:
            self.feed_all([source])
            return
        value = self._value(source, self._fact.declared, self._fact.name)
        if value is not Rating.NOT_RATED:
            self._fed.values[self._fact.name] = value
        else:
            self.refuse()

    def feed_all(self, sources: Sequence[Source]) -> None:
        if self._item is None:
            self.refuse()
            return
        values: list[object] = []
        doubtful: set[str] = set()
        for source in sources:
            path = f"{self._fact.name}[{len(values)}]"
            value = self._value(source, self._item, path)
            if value is not Rating.NOT_RATED:
                values.append(value)
            if source.rating is Rating.DOUBTFUL and NOT_RATED not in self._item.values:
                doubtful.add(path)
        # Who may be left out makes the length of the list unknown, and with it every count and share.
        self._fed.values[self._fact.name] = Unknown(frozenset(doubtful)) if doubtful else values

    def _value(self, source: Source, declared: DeclaredType, path: str) -> object:
        """The value of one rating; `Rating.NOT_RATED` where it is left out."""
        rating = source.rating
        if rating is Rating.NOT_RATED:
            if NOT_RATED not in declared.values:
                return rating
            rating = NOT_RATED
        known = rating if isinstance(rating, str) else None
        if known is not None and known not in declared.values:
            self.report(Code.FOREIGN_OUTCOME, source=str(source.subject), outcome=known)
            known = None
        self._fed.feeds.append(Feed(path, source.subject, known))
        return Unknown.fact(path) if known is None else known


def _agree(stated: object, fed: object) -> bool:
    """Whether what a record states can be what is fed; the order of a list says nothing."""
    if isinstance(fed, Unknown):
        return True
    if not isinstance(fed, list):
        return stated == fed
    if not isinstance(stated, Sequence) or isinstance(stated, str) or len(stated) != len(fed):
        return False
    known = Counter(item for item in fed if not isinstance(item, Unknown))
    return not known - Counter(item for item in stated if isinstance(item, str))
