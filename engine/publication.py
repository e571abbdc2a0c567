"""When a ruleset was published and withdrawn: what was known of the law at a moment (design, section 3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from engine.ruleset import Ruleset
from engine.ruleset.ruleset import Period

_NO_ZONE: Final = "a moment of publication needs a time zone, such as 2023-07-17T08:00:00+07:00"


class Ending(NamedTuple):
    """A successor: known from the moment `known` on, and in effect from the day `day` on."""

    known: datetime
    day: date


class Phase(NamedTuple):
    """What was known of a ruleset's effect from one moment on, until before another; None is without bound."""

    known_from: datetime | None
    known_until: datetime | None
    effective: Period


@dataclass(frozen=True, slots=True)
class Publication:
    """A ruleset, and from when until when it was what was published.

    A published ruleset never changes. One that is mistaken is withdrawn at the moment at which its correction is
    published; one that a later law succeeds ends on the day before that begins. Both stay what was known until then.

    Attributes:
        ruleset: the ruleset.
        published: the first moment at which it was known; None where it always was.
        withdrawn: the first moment at which it was not any more; None where it still is.
        endings: its successors, in the order of becoming known.
        phases: what was known of its effect, one moment after the other; follows from the rest.
    """

    ruleset: Ruleset
    published: datetime | None = None
    withdrawn: datetime | None = None
    endings: tuple[Ending, ...] = ()
    phases: tuple[Phase, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse moments that cannot be compared.

        Raises:
            ValueError: a moment without time zone, or withdrawn before published.
        """
        for moment in (self.published, self.withdrawn, *(ending.known for ending in self.endings)):
            if moment is not None:
                require_zone(moment)
        if self.published is not None and self.withdrawn is not None and self.withdrawn <= self.published:
            raise ValueError(f"{self.ruleset!r} is withdrawn before it is published")
        object.__setattr__(self, "phases", tuple(self._phases()))  # asked with every record

    @classmethod
    def of(cls, ruleset: Ruleset) -> Publication:
        """The ruleset as its own document says when it was published."""
        return cls(ruleset, ruleset.published)

    def _phases(self) -> Iterator[Phase]:
        effective, start = self.ruleset.effective, self.published
        for ending in self.endings:
            if self.withdrawn is not None and self.withdrawn <= ending.known:
                break
            if (
                start is None or start < ending.known
            ):  # one that was known before it was published has no phase before
                yield Phase(start, ending.known, effective)
                start = ending.known
            last = ending.day - timedelta(days=1)
            effective = Period(
                effective.from_, last if effective.until is None else min(effective.until, last)
            )
            if effective.from_ is not None and effective.from_ > last:
                return
        yield Phase(start, self.withdrawn, effective)

    def effective_at(self, moment: datetime | None) -> Period | None:
        """The days on which it is in effect, as known at `moment`, at None as known now; None where on no day."""
        return next((each.effective for each in self.phases if _known_at(each, moment)), None)

    def known_at(self, moment: datetime | None) -> bool:
        """Whether it was what was published at `moment`, on some day; at None: whether it still is."""
        return self.effective_at(moment) is not None

    def in_effect(self, day: date, moment: datetime | None) -> bool:
        """Whether it is in effect on `day`, as known at `moment`; at None: as known now."""
        effective = self.effective_at(moment)
        return effective is not None and day in effective

    def overlaps(self, other: Publication) -> bool:
        """Whether there is a moment at which both were known to be in effect on one day."""
        return any(
            _before(one.known_from, two.known_until)
            and _before(two.known_from, one.known_until)
            and one.effective.overlaps(two.effective)
            for one in self.phases
            for two in other.phases
        )

    @property
    def said(self) -> str:
        """In words, such as ``published 2023-07-17T08:00:00+07:00``; empty where it was always known."""
        return ", ".join(self._said())

    def _said(self) -> Iterable[str]:
        if self.published is not None:
            yield f"published {self.published.isoformat()}"
        for ending in self.endings:
            yield f"succeeded from {ending.day}"
        if self.withdrawn is not None:
            yield f"withdrawn {self.withdrawn.isoformat()}"


def _known_at(phase: Phase, moment: datetime | None) -> bool:
    if moment is None:
        return phase.known_until is None
    return (phase.known_from is None or phase.known_from <= moment) and (
        phase.known_until is None or moment < phase.known_until
    )


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def require_zone(moment: datetime) -> None:
    """Refuse a moment that does not say in which zone it is.

    Raises:
        ValueError: it does not.
    """
    if moment.utcoffset() is None:
        raise ValueError(_NO_ZONE)
