"""Why something cannot be done with a ruleset.

LifeError
├── DraftConflictError   somebody else has saved the draft meanwhile
└── UnsoundError         the check or the cases of a draft fail, with every problem
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Stable names for programs."""

    CRITERION_NOT_FOUND = "CRITERION_NOT_FOUND"
    DRAFT_NOT_FOUND = "DRAFT_NOT_FOUND"
    DRAFT_CONFLICT = "DRAFT_CONFLICT"
    DRAFT_STATE = "DRAFT_STATE"
    DRAFT_UNSOUND = "DRAFT_UNSOUND"
    SECOND_PERSON_NEEDED = "SECOND_PERSON_NEEDED"
    VERSION_PUBLISHED = "VERSION_PUBLISHED"
    VERSIONS_OVERLAP = "VERSIONS_OVERLAP"


class LifeError(Exception):
    """Something cannot be done with a ruleset, or not now; the text says what to do instead."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class DraftConflictError(LifeError):
    """The draft is at another revision than the caller has seen.

    Attributes:
        revision: the newest; every revision stays readable.
        author: who saved it.
    """

    def __init__(self, name: str, seen: int, revision: int, author: str) -> None:
        text = (
            f"{name} is at revision {revision}, saved by {author}, and not at {seen}. Read revision {revision}, "
            f"put both together, and save with {revision} as the revision that you have seen"
        )
        super().__init__(Reason.DRAFT_CONFLICT, text)
        self.revision = revision
        self.author = author


class Unsound(NamedTuple):
    """One thing that keeps a draft from being submitted: a name of its kind, where, and what to do."""

    code: str
    place: str
    text: str


class UnsoundError(LifeError):
    """The check of a draft or its cases fail.

    Attributes:
        problems: every one of them.
    """

    def __init__(self, name: str, problems: Sequence[Unsound]) -> None:
        count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        super().__init__(Reason.DRAFT_UNSOUND, f"{name} has {count} in its check or its cases")
        self.problems = tuple(problems)
