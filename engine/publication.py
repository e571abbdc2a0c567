"""When a ruleset was published and withdrawn: what was known of the law at a moment (design, section 3.7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.ruleset import Ruleset

_NO_ZONE: Final = "a moment of publication needs a time zone, such as 2023-07-17T08:00:00+07:00"


@dataclass(frozen=True, slots=True)
class Publication:
    """A ruleset, and from when until when it was what was published.

    A published ruleset never changes; one that is mistaken is withdrawn at the moment at which its correction is
    published, and stays what was known in between.

    Attributes:
        ruleset: the ruleset.
        published: the first moment at which it was known; None where it always was.
        withdrawn: the first moment at which it was not any more; None where it still is.
    """

    ruleset: Ruleset
    published: datetime | None = None
    withdrawn: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse moments that cannot be compared.

        Raises:
            ValueError: a moment without time zone, or withdrawn before published.
        """
        for moment in (self.published, self.withdrawn):
            if moment is not None:
                require_zone(moment)
        if self.published is not None and self.withdrawn is not None and self.withdrawn <= self.published:
            raise ValueError(f"{self.ruleset!r} is withdrawn before it is published")

    @classmethod
    def of(cls, ruleset: Ruleset) -> Publication:
        """The ruleset as its own document says when it was published."""
        return cls(ruleset, ruleset.published)

    def known_at(self, moment: datetime | None) -> bool:
        """Whether it was what was published at `moment`; at None: whether it still is."""
        if moment is None:
            return self.withdrawn is None
        return (self.published is None or self.published <= moment) and (
            self.withdrawn is None or moment < self.withdrawn
        )

    def overlaps(self, other: Publication) -> bool:
        """Whether both were known at one moment."""
        return _before(self.published, other.withdrawn) and _before(other.published, self.withdrawn)

    @property
    def said(self) -> str:
        """In words, such as ``published 2023-07-17T08:00:00+07:00``; empty where it was always known."""
        return ", ".join(_said(self.published, self.withdrawn))


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def _said(published: datetime | None, withdrawn: datetime | None) -> Iterable[str]:
    if published is not None:
        yield f"published {published.isoformat()}"
    if withdrawn is not None:
        yield f"withdrawn {withdrawn.isoformat()}"


def require_zone(moment: datetime) -> None:
    """Refuse a moment that does not say in which zone it is.

    Raises:
        ValueError: it does not.
    """
    if moment.utcoffset() is None:
        raise ValueError(_NO_ZONE)
