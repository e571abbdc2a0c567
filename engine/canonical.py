"""Values as tagged data, and data as canonical JSON: what is logged, hashed and replayed byte for byte."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import orjson

from engine.feel.temporal import YearsMonths
from engine.feel.unknown import Unknown
from engine.feel.values import text

Data = dict[str, object]


def tagged(value: object) -> Data:
    """A value of the language as data that says its type, such as ``{"number": "0.5"}``; numbers are decimal text."""
    match value:
        case None:
            return {"null": True}
        case bool():
            return {"boolean": value}
        case Decimal():
            return {"number": text(value)}
        case str():
            return {"text": value}
        case list():
            return {"list": [tagged(item) for item in value]}
        case dict():
            return {"record": [{"name": name, "value": tagged(item)} for name, item in value.items()]}
        case Unknown():
            return {"unknown": sorted(value.facts)}
        case datetime():
            return {"date_time": text(value)}
        case date():
            return {"date": text(value)}
        case time():
            return {"time": text(value)}
        case timedelta() | YearsMonths():
            return {"duration": text(value)}
        case _:  # ranges and functions: no record holds them, but a definition may
            return {"expression": text(value)}


def canonical(data: object) -> bytes:
    """Canonical JSON of plain data: keys sorted, UTF-8, no white space. Equal data give equal bytes."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
