"""Names that FEEL itself has."""

from __future__ import annotations

from functools import cache
from typing import Final

PROPERTY_NAMES: Final = ("time offset", "start included", "end included")
RANGE_FUNCTION: Final = "range"
CLOCK_FUNCTIONS: Final = frozenset(("now", "today"))  # their value is not in the text


@cache
def function_names() -> frozenset[str]:
    """The names of the built-in functions."""
    from engine.feel.functions import BUILTINS  # the functions know the parser, for range("…")

    return frozenset(BUILTINS)
