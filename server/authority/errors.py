"""Why a step of the authority is refused."""

from __future__ import annotations

from enum import StrEnum


class AuthorityReason(StrEnum):
    """A stable name for programs; see docs/authority.md."""

    AUTHORITY_CONFLICT = "AUTHORITY_CONFLICT"
    NOTHING_TO_CONFIRM = "NOTHING_TO_CONFIRM"
    NOTHING_TO_APPEAL = "NOTHING_TO_APPEAL"
    APPEAL_NOT_FOUND = "APPEAL_NOT_FOUND"
    REQUEST_NOT_USABLE = "REQUEST_NOT_USABLE"


class AuthorityError(Exception):
    """A step is refused.

    Attributes:
        reason: for programs.
        field: the path of the field that is wrong, of REQUEST_NOT_USABLE.
        number: the number of the record that stands, of AUTHORITY_CONFLICT.
    """

    def __init__(self, reason: AuthorityReason, text: str, *, field: str = "", number: int = 0) -> None:
        super().__init__(text)
        self.reason = reason
        self.field = field
        self.number = number


def wrong_field(field: str, text: str) -> AuthorityError:
    """The refusal of a request one field of which is wrong."""
    return AuthorityError(AuthorityReason.REQUEST_NOT_USABLE, text, field=field)
