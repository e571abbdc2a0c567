"""What a criterion says of a record."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a criterion says (design, section 3.3)."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    # That of Enum is a function in Python, called for each criterion wherever a signature is looked up.
    __hash__ = str.__hash__
