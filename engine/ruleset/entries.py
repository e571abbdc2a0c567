"""The single values of the ruleset document: names, dates, expressions, and what is said where one is not right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_SCORE_DIGITS: Final = 12  # decimals that a score may be rounded to

RULESET_ID: Final = r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*"
NAME: Final = re.compile(r"[^\W\d]\w*")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})\Z", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def _day(value: object) -> object:
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError(
                "bad_date", "{value} is not a day of the calendar.", {"value": value, "how": "Correct it."}
            ) from None
    if isinstance(value, date):
        return value
    raise PydanticCustomError(
        "bad_date",
        "A date is expected here.",
        {"how": "Write year, month and day, such as 2023-09-15."},
    )


def _expression(value: object) -> object:
    """`holds: true` and `holds: 5` are expressions too, though YAML makes no text of them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value
    raise PydanticCustomError(
        "bad_expression",
        "An expression is expected here.",
        {"how": "Write FEEL, in quotes where it begins with a bracket, a brace or a quote."},
    )


def _name(value: object) -> object:
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    raise PydanticCustomError(
        "bad_name",
        "{value} is not a name.",
        {
            "value": f'"{value}"' if isinstance(value, str | Decimal) else "This",
            "how": "A name is one word of letters, digits and _, and begins with a letter or _.",
        },
    )


def _pattern(expression: str, code: str, what: str, how: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, str | Decimal) and re.fullmatch(expression, str(value)):
            return str(value)
        shown = f'"{value}"' if isinstance(value, str | Decimal) else "This"
        raise PydanticCustomError(code, "{shown} is not {what}.", {"shown": shown, "what": what, "how": how})

    return check


def _digits(value: object) -> object:
    if isinstance(value, Decimal) and value in range(MAX_SCORE_DIGITS + 1):
        return value
    raise PydanticCustomError(
        "bad_digits",
        "The number of decimals is a whole number from 0 to {most}.",
        {"most": MAX_SCORE_DIGITS, "how": "Write it as a number, such as 1."},
    )


def _moment(value: object) -> object:
    if isinstance(value, str) and _MOMENT.match(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError(
                "bad_moment",
                "{value} is not a moment of the calendar.",
                {"value": value, "how": "Correct it."},
            ) from None
    raise PydanticCustomError(
        "bad_moment",
        "A day, a time and its zone are expected here.",
        {"how": "Write them such as 2023-07-17T08:00:00+07:00."},
    )


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Digits = Annotated[
    Decimal,
    BeforeValidator(_digits),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_SCORE_DIGITS}),
]
Expression = Annotated[
    str,
    BeforeValidator(_expression),
    WithJsonSchema({"type": ["string", "number", "boolean"], "minLength": 1}),
]
Name = Annotated[str, BeforeValidator(_name)]
Text = Annotated[str, StringConstraints(min_length=1)]
RulesetId = Annotated[
    str,
    BeforeValidator(
        _pattern(
            RULESET_ID,
            "bad_id",
            "the id of a ruleset",
            "Write lower-case words (letters, digits and -) with dots between them, such as vn.nd90.public-employee.",
        )
    ),
]
Version = Annotated[
    str,
    BeforeValidator(
        _pattern(
            r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)",
            "bad_version",
            "a version",
            "Write three whole numbers with dots between them, such as 1.0.0.",
        )
    ),
]
