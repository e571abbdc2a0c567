"""How surely a rule is known to be the law."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """How surely a rule is known to be the law; the surest first."""

    SOURCED = "sourced"
    SECONDARY = "secondary"
    DRAFT = "draft"


def weakest(*standings: Standing) -> Standing:
    """The least sure of `standings`."""
    return max(standings, key=list(Standing).index)
