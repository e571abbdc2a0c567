"""Who calls, what they may do, and for which part of the tree of organisations."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

ROOT: Final = ""
"""The subtree of everything: whoever has it acts for every organisation, and for nobody's in particular."""
EVERYWHERE: Final = "*"
"""How settings, claims and command lines write `ROOT`."""
MAX_CALLER_LENGTH: Final = 200  # characters of a caller's name
MAX_ORGANISATION_LENGTH: Final = 200  # characters of an organisation's path

_PATH: Final = re.compile(r"[\w.-]+(/[\w.-]+)*")


class Role(StrEnum):
    """What a caller is there for; one may have several. What each may call is in `server.security.access`."""

    SUBMITTER = "submitter"
    """A system or an officer that has records judged."""
    AUTHOR = "author"
    """Writes rulesets."""
    APPROVER = "approver"
    """Approves what others wrote, publishes and retires it."""
    AUDITOR = "auditor"
    """Reads everything, and changes nothing."""
    OPERATOR = "operator"
    """Keeps the service running."""


ALL_ROLES: Final = frozenset(Role)


class Caller(NamedTuple):
    """Who makes a call, as far as the service knows.

    Attributes:
        name: of the person or system, 1 to 200 printable ASCII characters; the same for the same person however
            they prove it. Empty where authentication is off and nobody says who calls.
        roles: what they are there for.
        organisations: the subtrees that they act for, such as ``vn/ha-noi``; `ROOT` is all of them. None: for no
            organisation at all.
    """

    name: str
    roles: frozenset[Role]
    organisations: tuple[str, ...]

    @property
    def is_everywhere(self) -> bool:
        """Whether they act for every organisation."""
        return ROOT in self.organisations

    def acts_for(self, organisation: str) -> bool:
        """Whether an organisation is in one of their subtrees; ROOT where it is nobody's in particular."""
        return any(
            subtree in (ROOT, organisation) or organisation.startswith(f"{subtree}/")
            for subtree in self.organisations
        )


def is_organisation(path: str) -> bool:
    """Whether `path` is well written: segments of letters, digits, ``-``, ``_`` and ``.``, with slashes between."""
    if len(path) > MAX_ORGANISATION_LENGTH or not _PATH.fullmatch(path):
        return False
    return not any(segment in (".", "..") for segment in path.split("/"))


def subtree_of(text: str) -> str:
    """The subtree that settings, claims and command lines write as `text`: a path, or ``*`` for everything.

    Raises:
        ValueError: it is neither; the text says what to write.
    """
    if text == EVERYWHERE:
        return ROOT
    if not is_organisation(text):
        raise ValueError(f"'{text}' is no organisation: write a path such as vn/ha-noi, or * for all of them")
    return text


def is_name(text: str) -> bool:
    """Whether a caller can have this name."""
    return (
        0 < len(text) <= MAX_CALLER_LENGTH and text.isascii() and text.isprintable() and text == text.strip()
    )
