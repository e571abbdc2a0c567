"""Records as JSON text: decimal numbers kept exact, mistakes reported with their place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NoReturn

MAX_RECORD_BYTES: Final = 1_000_000  # of one record as JSON text


class RecordTextError(Exception):
    """The text is not a record; the message says where and why, without quoting it."""


def parse_record(text: str | bytes) -> dict[str, object]:
    """The record in a JSON text: an object whose numbers are `Decimal`.

    Raises:
        RecordTextError: not JSON, not an object, a name twice, a number that is none, or too long or deep.
    """
    if len(text) > MAX_RECORD_BYTES:
        raise RecordTextError(f"the record is longer than {MAX_RECORD_BYTES:,} bytes")
    try:
        record = json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_duplicates,
        )
    except json.JSONDecodeError as error:
        raise RecordTextError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise RecordTextError("the record is not UTF-8 text: save it as UTF-8") from None
    except RecursionError:
        raise RecordTextError("the record is nested too deeply") from None
    if not isinstance(record, dict):
        raise RecordTextError('the record has to be a JSON object: {"fact": value, …}')
    return record


def _refuse_constant(name: str) -> NoReturn:
    raise RecordTextError(f"{name} is no number: give a number, or leave the fact out if it is not known")


def _refuse_duplicates(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for name, value in pairs:
        if name in result:
            raise RecordTextError(f"the name '{name[:60]}' stands twice in the same object: keep one")
        result[name] = value
    return result
