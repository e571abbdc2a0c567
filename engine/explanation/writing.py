"""Values as each language writes them: 1.234,5 and 01/03/2024 in Vietnamese, 1,234.5 and 1 March 2024 in English."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from engine.explanation.phrases import phrase
from engine.feel.unknown import Unknown
from engine.feel.values import text, text_of_number
from engine.ruleset.localized import Language
from engine.ruleset.types import DeclaredType

MAX_DECIMALS: Final = 6  # decimals shown of a number that has more; the number itself is never rounded
KEPT: Final = 4_096  # numbers and dates whose writing is kept: the same small counts stand in every sentence
_DATE_PATTERNS: Final = {"vi": "dd/MM/yyyy", "en": "d MMMM yyyy"}


def write(
    value: object, language: Language, *, form: str = "", unit: str = "", declared: DeclaredType | None = None
) -> str:
    """`value` in words and figures of `language`.

    Args:
        value: a value of the expression language.
        language: ``vi`` or ``en``.
        form: ``percent`` writes a share as a percentage.
        unit: what it is counted in; a ``year`` is written without separators.
        declared: the type that a ruleset declares for the value: it has the labels of words and fields.
    """
    match value:
        case None:
            return phrase("null", language)
        case Unknown():
            return phrase("unknown", language)
        case bool():
            return phrase("true" if value else "false", language)
        case Decimal():
            written = text_of_number(value)
            return written if unit == "year" else _number(written, language, percent=form == "percent")
        case str():
            label = declared.values.get(value) if declared else None
            return label.in_(language) if label else value
        case datetime() | time():
            return text(value)
        case date():
            return _date(value, language)
        case list():
            item_type = declared.item if declared else None
            items = "; ".join(write(item, language, declared=item_type) for item in value)
            return items or phrase("empty", language)
        case dict():
            return ", ".join(_field(name, item, language, declared) for name, item in value.items())
        case _:
            return text(value)


def _field(name: str, value: object, language: Language, declared: DeclaredType | None) -> str:
    field = declared.fields.get(name) if declared else None
    label = field.label.in_(language) if field and field.label else name
    return f"{label}: {write(value, language, declared=field.type if field else None)}"


@lru_cache(maxsize=KEPT)
def _date(value: date, language: Language) -> str:
    return format_date(value, format=_DATE_PATTERNS[language], locale=language)


@lru_cache(maxsize=KEPT)
def _number(written: str, language: Language, *, percent: bool) -> str:
    """The number `written` in plain digits; by its text, for 0 and -0 are equal and must not share what is kept."""
    value = Decimal(written)
    format_ = format_percent if percent else format_decimal
    decimals = -int(value.normalize().as_tuple().exponent) - (2 if percent else 0)
    if decimals <= MAX_DECIMALS:
        return format_(value, locale=language, decimal_quantization=False)
    rounded = value.quantize(Decimal(1).scaleb(-MAX_DECIMALS - (2 if percent else 0)))
    return "≈ " + format_(rounded, locale=language, decimal_quantization=False)
