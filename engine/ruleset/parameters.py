"""Parameters: constants of the law, each value with its days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.feel.types import ANY, BOOLEAN, DATE, NUMBER, ListOf, Type
from engine.ruleset.citations import LegalSource
from engine.ruleset.document import Document, ParameterValue
from engine.ruleset.expressions import check_constant
from engine.ruleset.report import Report
from engine.ruleset.ruleset import DatedValue, Parameter, Period
from engine.ruleset.source import Path

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_ONE_DAY: Final = timedelta(days=1)


def read_parameters(
    document: Document, sources: Mapping[str, LegalSource], report: Report
) -> dict[str, Parameter]:
    """The parameters of a document, without those that are wrong."""
    found = {}
    for name, values in document.parameters.items():
        path: Path = ("parameters", name)
        before = len(report.problems)
        typed = [_value(value.value, (*path, index, "value"), report) for index, value in enumerate(values)]
        citations = [
            report.cited(value.cite, sources, (*path, index, "cite")) for index, value in enumerate(values)
        ]
        if len(report.problems) == before and len({type_ for type_, _ in typed}) > 1:
            kinds = " and ".join(dict.fromkeys(str(type_) for type_, _ in typed))
            report.add(
                "mixed-types",
                path,
                f"The values of {name} are {kinds}.",
                "Expressions need one type.",
                "Write them alike.",
                at_key=True,
            )
        periods = _periods(name, values, path, report)
        if len(report.problems) == before and not report.wrong("effective"):
            _check_holes(name, periods, document, path, report)
        if len(report.problems) > before:
            continue
        percents = [isinstance(value.value, str) and value.value.endswith("%") for value in values]
        dated = zip(periods, typed, citations, percents, strict=True)
        ordered = sorted(
            (DatedValue(period, value, cited, percent) for period, (_, value), cited, percent in dated),
            key=_start,
        )
        found[name] = Parameter(name, typed[0][0], tuple(ordered))
    return found


def _value(written: Any, path: Path, report: Report) -> tuple[Type, Any]:
    match written:
        case bool():
            return BOOLEAN, written
        case Decimal():
            return NUMBER, written
        case str() if _DAY.match(written):
            try:
                return DATE, date.fromisoformat(written)
            except ValueError:
                report.add("bad-date", path, f"{written} is not a day of the calendar.", "", "Correct it.")
                return ANY, None
        case str():
            return check_constant(written, path, report)
        case list():
            items = [_value(item, (*path, index), report) for index, item in enumerate(written)]
            types = {type_ for type_, _ in items}
            return ListOf(types.pop() if len(types) == 1 else ANY), [value for _, value in items]
    report.add(
        "wrong-shape",
        path,
        "A parameter's value is a number, a date, true or false, an expression without names, or a list of these.",
        "",
        "Write it like 90, 50%, 2024-01-01 or [1, 2].",
    )
    return ANY, None


def _periods(name: str, values: list[ParameterValue], path: Path, report: Report) -> list[Period]:
    """The days of each value; one that does not say its last day ends where the next begins."""
    order = sorted(range(len(values)), key=lambda index: values[index].from_)
    periods: dict[int, Period] = {}
    for index, following in zip(order, [*order[1:], None], strict=True):
        value = values[index]
        until = value.until
        if until is not None and until < value.from_:
            report.add(
                "dates-reversed",
                (*path, index, "until"),
                f"The value ends on {until}, before it begins on {value.from_}.",
                "",
                "Correct one of the two.",
            )
        if following is not None:
            start = values[following].from_
            if start == value.from_ or (until is not None and until >= start):
                report.add(
                    "overlapping-dates",
                    (*path, following, "from"),
                    f"{name} has two values on {start}.",
                    f"The value from {value.from_} is still in force then.",
                    f"End that one the day before with until: {start - _ONE_DAY}, or correct the date."
                    if start > value.from_
                    else "Correct one of the two dates.",
                )
            elif until is None:
                until = start - _ONE_DAY
        periods[index] = Period(value.from_, until)
    return [periods[index] for index in range(len(values))]


def _check_holes(name: str, periods: list[Period], document: Document, path: Path, report: Report) -> None:
    """Every day on which the ruleset is in effect needs a value."""
    needed: date | None = document.effective.from_
    until = document.effective.until or date.max
    for period in sorted(periods, key=lambda period: period.from_ or date.min):
        if needed is None or needed > until or (period.from_ is not None and period.from_ > needed):
            break
        if needed in period:
            needed = None if period.until is None or period.until == date.max else period.until + _ONE_DAY
    if needed is not None and needed <= until:
        report.add(
            "no-value",
            path,
            f"{name} has no value on {needed}.",
            "The ruleset is in effect then.",
            "Give it one from that day, or change the days in effective.",
            at_key=True,
        )


def _start(value: DatedValue) -> date:
    return value.period.from_ or date.min
