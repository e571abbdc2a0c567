"""What of the log lies within subtrees of organisations: a filter that the indexes of the log can serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, true

from server.store.tables import decisions

EVERYTHING: Final = ("",)
"""The subtrees of everything, decisions for nobody in particular included."""


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
