"""Which decisions: by id, and within subtrees of organisations; filters that the indexes of the log can serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, true

from server.store.tables import decisions

EVERYTHING: Final = ("",)
"""The subtrees of everything, decisions for nobody in particular included."""


def has_id(decision_id: str) -> ColumnElement[bool]:
    """Whether a decision has this id; a text with NUL, which PostgreSQL does not take, is the id of none."""
    return false() if "\0" in decision_id else decisions.c.decision_id == decision_id


def within(
    subtrees: Sequence[str], organisation: ColumnElement[str] = decisions.c.organisation
) -> ColumnElement[bool]:
    """Whether an organisation, that of a decision, is in one of these subtrees; the empty path is the root of all."""
    if "" in subtrees:
        return true()
    # All that begins with "vn/" is what lies between that and "vn0", since 0 follows on / in the order of bytes.
    return or_(
        false(),
        *(
            or_(organisation == each, and_(organisation >= f"{each}/", organisation < f"{each}0"))
            for each in subtrees
        ),
    )
