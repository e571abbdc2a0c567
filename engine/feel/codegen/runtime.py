"""The names that generated code reads besides its own: what it calls, and the classes that it asks for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.feel import control, operators
from engine.feel.causes import null
from engine.feel.temporal import YearsMonths
from engine.feel.unknown import Unknown
from engine.feel.values import CONTEXT, Function

if TYPE_CHECKING:
    from collections.abc import Mapping

ARITHMETIC: Final[Mapping[str, str]] = MappingProxyType(
    {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
)
COMPARISONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "=": "equal",
        "!=": "not_equal",
        "<": "less",
        "<=": "less_equal",
        ">": "greater",
        ">=": "greater_equal",
    }
)

TABLE: Final[Mapping[str, object]] = MappingProxyType(
    {name: getattr(operators, name) for name in operators.__all__ if name != "CONTEXT"}
    | {
        name: getattr(control, name)
        for name in (
            "NO_ITEM",
            "as_items",
            "check_length",
            "invoke",
            "invoke_named",
            "iterate",
            "judge",
            "outside",
            "select",
            "series",
            "settle_filter",
            "snapshot",
        )
    }
    | {
        "__builtins__": {},
        "ArithmeticError": ArithmeticError,
        "Decimal": Decimal,
        "Function": Function,
        "Unknown": Unknown,
        "bool": bool,
        "date": date,
        "dict": dict,
        "fast_add": CONTEXT.add,
        "fast_divide": CONTEXT.divide,
        "fast_multiply": CONTEXT.multiply,
        "fast_subtract": CONTEXT.subtract,
        "len": len,
        "list": list,
        "map": map,
        "null": null,
        "str": str,
        "timedelta": timedelta,
        "type": type,
        "YearsMonths": YearsMonths,
        "union": Unknown.union,
    }
)
"""Copied into the globals of every piece of generated code; there is nothing of Python's own in them."""
