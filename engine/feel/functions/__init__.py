"""The built-in functions of FEEL, by name."""

from types import MappingProxyType
from typing import Final

from engine.feel.functions import aggregates, contexts, lists, numbers, ranges, strings, temporal
from engine.feel.functions.registry import Builtin, Overload

BUILTINS: Final = MappingProxyType(
    {
        each.name: each
        for module in (aggregates, contexts, lists, numbers, ranges, strings, temporal)
        for each in module.BUILTINS
    }
)
"""Every built-in function of DMN 1.5, by the name that authors write."""

__all__ = ["BUILTINS", "Builtin", "Overload"]
