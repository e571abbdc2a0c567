"""The built-in functions by name: those of FEEL, and ours."""

from types import MappingProxyType
from typing import Final

from engine.feel.functions import (
    aggregates,
    contexts,
    law,
    lists,
    numbers,
    points,
    ranges,
    strings,
    temporal,
)
from engine.feel.functions.registry import Builtin, Overload

BUILTINS: Final = MappingProxyType(
    {
        each.name: each
        for module in (aggregates, contexts, lists, numbers, ranges, strings, temporal, law, points)
        for each in module.BUILTINS
    }
)
"""Every built-in function of DMN 1.5, and those of `law` and `points`, by the name that authors write."""

__all__ = ["BUILTINS", "Builtin", "Overload"]
