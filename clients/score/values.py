"""Cells to values: for each type of fact a function that reads every way people write it.

What can be read in two ways is refused and never guessed: the mapping states which one is meant. A value that was
typed by the file already (a number of a workbook, a date of Parquet) is taken as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from clients.score.mapping import Writing
from clients.score.units import factor_of, split_unit
from clients.score.words import FALSE, TRUE, composed, plain
from engine.records import RecordTextError, parse_record
from engine.ruleset.types import DeclaredType

Read = Callable[[object], object]
"""Reads a cell that is not blank; raises `CellError`."""

_DIGITS: Final = re.compile(r"[+\-−]?\d+")
_GROUPED: Final = re.compile(r"[+\-−]?\d{1,3}(?:([., '\u00a0\u202f])\d{3})(?:\1\d{3})*")
_ONE_MARK: Final = re.compile(r"[+\-−]?(\d+)([.,])(\d+)")
_DATE: Final = re.compile(
    r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})(?:[T ]+00:00(?::00(?:\.0+)?)?)?"
)
_DATE_IN_WORDS: Final = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})")
_STATED: Final = {
    ",": re.compile(r"[+\-−]?(?:\d+|\d{1,3}(?:[.\s']\d{3})+)(?:,\d+)?"),
    ".": re.compile(r"[+\-−]?(?:\d+|\d{1,3}(?:[,\s']\d{3})+)(?:\.\d+)?"),
}
_YEAR_DIGITS: Final = 4
_REMEMBERED: Final = 4_096  # texts of a column


class CellError(Exception):
    """A cell cannot be read; `code` and `details` are those of a `Problem`."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def reader_of(declared: DeclaredType, writing: Writing, unit: str = "") -> Read:
    """What reads the cells of a column.

    Args:
        declared: the type of the fact.
        writing: how the cells are written.
        unit: what the fact is counted in, or empty.
    """
    words = {plain(word): value for word, value in writing.words.items()}
    read = _reader(declared, writing, unit)

    def translated(cell: object) -> object:
        if words and isinstance(cell, str | bool | int | float | Decimal):
            word = plain(str(cell))
            if word in words:
                return words[word]
        return read(cell)

    if declared.kind != "list" or declared.item is None:
        return translated
    item = reader_of(declared.item, writing, unit)

    def items(cell: object) -> object:
        if isinstance(cell, list | tuple):
            return [item(each) if isinstance(each, str) else each for each in cell]
        if isinstance(cell, str):
            if plain(cell) in words:
                return words[plain(cell)]
            if cell.lstrip().startswith("["):
                return items(_json_list(cell))
            return [item(part) for each in cell.split(writing.separator) if (part := each.strip())]
        return [item(cell)]

    return items


def remembered(read: Read) -> Read:
    """`read`, which reads a text that stands in many rows once. Texts alone: 1, 1.0 and True are one key."""
    of_text = lru_cache(_REMEMBERED)(read)

    def read_or_recall(cell: object) -> object:
        return of_text(cell) if cell.__class__ is str else read(cell)

    return read_or_recall


def _json_list(cell: str) -> object:
    """A list as programs write one into a cell, `chuan sample` among them.

    Raises:
        CellError: it begins as one and is none.
    """
    try:
        return parse_record(f'{{"items":{composed(cell)}}}')["items"]
    except (RecordTextError, KeyError):
        raise CellError("json_list") from None


def _reader(declared: DeclaredType, writing: Writing, unit: str) -> Read:
    match declared.kind:
        case "number" | "count":
            return lambda cell: number(cell, writing, unit)
        case "boolean":
            return boolean
        case "date":
            return lambda cell: date(cell, writing)
        case "enum":
            return _choice(declared)
        case "text":
            return text
        case "record" | "list":
            return lambda cell: cell
        case _:
            return lambda cell: cell.strip() if isinstance(cell, str) else cell


def number(cell: object, writing: Writing, unit: str = "") -> Decimal:
    """The number in a cell, in the fact's unit.

    Raises:
        CellError: it is none, can be read in two ways, or has a unit that does not fit.
    """
    factor = factor_of(writing.unit, unit) if writing.unit else Decimal(1)
    if factor is None:
        raise CellError("unit", unit=unit)
    if isinstance(cell, bool):
        raise CellError("number")
    if isinstance(cell, int | float | Decimal):
        exact = _exact(cell)
        return exact * factor / 100 if writing.percent else exact * factor
    if not isinstance(cell, str):
        raise CellError("number")
    digits, told = split_unit(cell)
    if told == "%":
        value = _written(digits, writing)
        return value if unit == "percent" else value / 100
    if told:
        stated = factor_of(told, unit)
        if stated is None:
            raise CellError("unit", unit=unit) if unit else CellError("number")
        factor = stated
    value = _written(digits, writing) * factor
    return value / 100 if writing.percent else value


def _exact(value: float | Decimal) -> Decimal:
    """A number of the file, digit for digit as it is shown."""
    if isinstance(value, float):
        return Decimal(int(value)) if value.is_integer() else Decimal(repr(value))
    return Decimal(value)


def _written(digits: str, writing: Writing) -> Decimal:
    digits = digits.strip()
    if writing.decimal is not None:
        if not _STATED[writing.decimal].fullmatch(digits):
            raise CellError("number")
        return _decimal(re.sub(f"[^0-9+−{writing.decimal}-]", "", digits).replace(",", "."))
    if _DIGITS.fullmatch(digits):
        return _decimal(digits)
    if one := _ONE_MARK.fullmatch(digits):
        whole, _, decimals = one.groups()
        if len(decimals) == 3 and whole.strip("0") and len(whole) <= 3 and not whole.startswith("0"):
            raise CellError("ambiguous_number")
        return _decimal(digits.replace(",", "."))
    if _GROUPED.fullmatch(digits):
        return _decimal(re.sub(r"[^\d+\-−]", "", digits))
    # Both marks: the one that comes last, and once, is the decimal mark.
    for mark, stated in _STATED.items():
        if digits.rfind(mark) == max(digits.rfind("."), digits.rfind(",")) and stated.fullmatch(digits):
            return _decimal(re.sub(f"[^0-9+−{mark}-]", "", digits).replace(",", "."))
    raise CellError("number")


def _decimal(digits: str) -> Decimal:
    """The number of digits that were found to be nothing else."""
    return Decimal(digits.replace("−", "-"))


def boolean(cell: object) -> bool:
    """Yes or no.

    Raises:
        CellError: it says neither.
    """
    if isinstance(cell, bool):
        return cell
    said = plain(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))
    if said in TRUE:
        return True
    if said in FALSE:
        return False
    raise CellError("boolean")


def date(cell: object, writing: Writing) -> dt.date:
    """The day in a cell.

    Raises:
        CellError: it is none, can be read in two ways, or its year has two digits.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if not isinstance(cell, str):
        raise CellError("date")
    written = cell.strip()
    if words := _DATE_IN_WORDS.fullmatch(plain(written)):
        day, month, year = map(int, words.groups())
        return _day(year, month, day)
    parts = _DATE.fullmatch(written)
    if parts is None:
        raise CellError("date")
    first, middle, last = parts.groups()
    if len(first) == _YEAR_DIGITS and len(last) < _YEAR_DIGITS:
        if writing.date_orders and "ymd" not in writing.date_orders:
            raise CellError("date")
        return _day(int(first), int(middle), int(last))
    if len(last) != _YEAR_DIGITS or len(first) > 2:
        raise CellError("short_year" if len(first) <= 2 and len(last) <= 2 else "date")
    return _ordered(int(first), int(middle), int(last), writing)


def _ordered(first: int, middle: int, year: int, writing: Writing) -> dt.date:
    """The day of a date that ends with its year."""
    readings = {"dmy": (middle, first), "mdy": (first, middle)}
    orders = [order for order in writing.date_orders if order in readings]
    if writing.date_orders and not orders:
        raise CellError("date")
    found: list[dt.date] = []
    for order in orders or readings:
        month, day = readings[order]
        try:
            found.append(dt.date(year, month, day))
        except ValueError:
            continue
    if not found:
        raise CellError("date")
    if not orders and len(set(found)) > 1:
        raise CellError("ambiguous_date")
    return found[0]


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise CellError("date") from None


def text(cell: object) -> str:
    """The text in a cell; a whole number is its digits, since codes are often written as numbers.

    Raises:
        CellError: it is of another kind.
    """
    if isinstance(cell, str):
        return composed(cell.strip())
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return f"{_exact(cell):f}"
    raise CellError("text")


def _choice(declared: DeclaredType) -> Read:
    known = choices_of(declared)
    labels = declared.values.items()
    shown = {
        "choices_vi": "; ".join(label.vi if label else value for value, label in labels),
        "choices_en": "; ".join(label.en if label else value for value, label in labels),
    }

    def read(cell: object) -> object:
        found = known.get(plain(cell)) if isinstance(cell, str) else None
        if found is None:
            raise CellError("choice", **shown)
        return found

    return read


@lru_cache(512)
def choices_of(declared: DeclaredType) -> Mapping[str, str]:
    """The values of an enumeration by how they may be written: names, and labels in both languages.

    A label that two values share says neither.
    """
    by_word: dict[str, set[str]] = {}
    for value, label in declared.values.items():
        for word in (value, *((label.vi, label.en) if label else ())):
            by_word.setdefault(plain(word), set()).add(value)
    names = {plain(value): value for value in declared.values}
    return {word: next(iter(values)) for word, values in by_word.items() if len(values) == 1} | names


def shown(value: object) -> str:
    """A value as the report names a group by it; empty where nothing is stated."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
