"""Records as the text that is logged: `engine.records.parse_record` reads it back without loss."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import orjson

from engine.records import MAX_RECORD_BYTES, RecordTextError


def record_text(record: Mapping[str, object]) -> bytes:
    """The JSON text (UTF-8, keys sorted) of a record: text, finite `Decimal`, booleans, None, lists, dicts.

    Raises:
        RecordTextError: it would be too long to be read back.
        TypeError: something else is in the record.
    """
    text = orjson.dumps(record, default=_number, option=orjson.OPT_SORT_KEYS)
    if len(text) > MAX_RECORD_BYTES:
        raise RecordTextError(f"the record is longer than {MAX_RECORD_BYTES:,} bytes")
    return text


def _number(value: object) -> orjson.Fragment:
    # str keeps every digit; a number of JSON may be written with an exponent just as Decimal writes it
    if not isinstance(value, Decimal):
        raise TypeError
    return orjson.Fragment(str(value))
