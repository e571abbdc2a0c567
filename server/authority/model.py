"""What the authority decided about a decision, appeals and answers, and what stands of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NOT_RATED = "not_rated"
"""In place of an outcome: the person is not rated."""


class AppealResult(StrEnum):
    """What an appeal came to."""

    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document."""

    number: str
    date: date
    signatory: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """When a record was made (microseconds since 1970-01-01 UTC) and by whom; its number is that of its act."""

    number: int
    at_micros: int
    actor: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What the authority decided, once.

    Attributes:
        recorded: when and by whom.
        confirmed: whether it is what the verdict proposed.
        outcome: of the ruleset, or `NOT_RATED`.
        reason: why; may be empty where it is confirmed.
        document: that says so.
        announced_on: when the person was told.
        supersedes: the number of the record before; 0 for none.
        after_appeal: the number of the appeal that it follows on; 0 for none.
    """

    recorded: Recorded
    confirmed: bool
    outcome: str
    reason: str
    document: Document
    announced_on: date
    supersedes: int = 0
    after_appeal: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """A term in working days, as the settings had it when it began.

    Attributes:
        working_days: how many.
        last_day: its last day.
        source: where it is from.
        holidays_listed: whether the settings list holidays for the years it is in; if not, it may end too early.
    """

    working_days: int
    last_day: date
    source: str
    holidays_listed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to an appeal."""

    recorded: Recorded
    result: AppealResult
    reason: str
    document: Document
    answered_on: date
    supersedes: int = 0


@dataclass(frozen=True, slots=True)
class Appeal:
    """An objection of the person to what the authority decided.

    Attributes:
        recorded: when and by whom.
        against: the number of the authority's decision.
        filed_on: when.
        grounds: what the person says.
        filing: the term to object in.
        answering: the term to answer in.
        answers: oldest first; the last one stands.
    """

    recorded: Recorded
    against: int
    filed_on: date
    grounds: str
    filing: Term
    answering: Term
    answers: tuple[Answer, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether it was filed after its term."""
        return self.filed_on > self.filing.last_day

    @property
    def answer(self) -> Answer | None:
        """The answer that stands."""
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of a decision after its verdict.

    Attributes:
        decision_id: the decision.
        proposed: what its verdict proposed: an outcome, `NOT_RATED`, or empty where it left it open.
        decisions: what the authority decided, oldest first; the last one stands.
        appeals: oldest first.
    """

    decision_id: str
    proposed: str
    decisions: tuple[Decided, ...] = ()
    appeals: tuple[Appeal, ...] = ()

    @property
    def current(self) -> Decided | None:
        """What stands now."""
        return self.decisions[-1] if self.decisions else None

    @property
    def differs(self) -> bool:
        """Whether what stands now differs from what the verdict proposed."""
        return self.current is not None and self.current.outcome != self.proposed
