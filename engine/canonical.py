"""Values as tagged data, and data as canonical JSON: what is logged, hashed and replayed byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import orjson

from engine.feel.temporal import YearsMonths
from engine.feel.unknown import Unknown
from engine.feel.values import text, text_of_number

Data = dict[str, object]


def tagged(value: object) -> Data:
    """A value of the language as data that says its type, such as ``{"number": "0.5"}``.

    Numbers are decimal text.
    """
    write = _WRITERS.get(value.__class__)
    # Ranges and functions: no record holds them, but a definition may.
    return {"expression": text(value)} if write is None else write(value)


_WRITERS: Final[Mapping[type, Callable[[Any], Data]]] = {
    Decimal: lambda value: {"number": text_of_number(value)},
    bool: lambda value: {"boolean": value},
    str: lambda value: {"text": value},
    list: lambda value: {"list": list(map(tagged, value))},
    dict: lambda value: {"record": [{"name": name, "value": tagged(item)} for name, item in value.items()]},
    Unknown: lambda value: {"unknown": sorted(value.facts)},
    type(None): lambda _: {"null": True},
    date: lambda value: {"date": value.isoformat()},
    datetime: lambda value: {"date_time": text(value)},
    time: lambda value: {"time": text(value)},
    timedelta: lambda value: {"duration": text(value)},
    YearsMonths: lambda value: {"duration": text(value)},
}


def without_empty(data: Data) -> Data:
    """`data` without the parts that say nothing."""
    return {key: value for key, value in data.items() if value}


def texts(items: Iterable[object]) -> list[str]:
    """The `str` of each."""
    return [str(item) for item in items]


def canonical(data: object) -> bytes:
    """Canonical JSON of plain data: keys sorted, UTF-8, no white space. Equal data give equal bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
