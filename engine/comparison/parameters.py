"""Parameters compared day by day: what their values were and are on the days on which the newer rules apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from engine.feel.values import text
from engine.ruleset.document import ParameterValue
from engine.ruleset.ruleset import DatedValue, Parameter, Period, Ruleset

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a parameter: its meaning, how it is written, and what it rests on."""

    value: object
    written: str
    citations: tuple[str, ...]
    questions: tuple[str, ...]


class Span(NamedTuple):
    """Days on which a parameter is not what it was; `until` is None where they last as long as the rules."""

    from_: date
    until: date | None
    old: Value | None
    new: Value | None


class Timeline:
    """The values of a parameter by their days."""

    def __init__(self, parameter: Parameter, written: Sequence[ParameterValue]) -> None:
        ordered = sorted(written, key=lambda each: each.from_)
        self._values = [
            (dated.period, _value(dated, each)) for dated, each in zip(parameter.values, ordered, strict=True)
        ]

    @property
    def days(self) -> Iterator[date]:
        """The days on which it gets a value or loses it."""
        for period, _ in self._values:
            if period.from_ is not None:
                yield period.from_
            if period.until is not None and period.until < date.max:
                yield period.until + _DAY

    def on(self, day: date) -> Value | None:
        """The value on a day; where there is none, the last one before."""
        before = [value for period, value in self._values if period.from_ is None or period.from_ <= day]
        return before[-1] if before else None


def differing(old: Timeline, new: Timeline, effective: Period) -> Iterator[Span]:
    """The days of `effective` on which the value of `new`, or what it rests on, is another than that of `old`."""
    start = effective.from_ or date.min
    days = sorted({start, *(day for each in (old, new) for day in each.days if day in effective)})
    spans: list[Span] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        until = None if following is None else following - _DAY
        before, after = old.on(day), new.on(day)
        if spans and (spans[-1].old, spans[-1].new) == (before, after):
            spans[-1] = spans[-1]._replace(until=until)
        else:
            spans.append(Span(day, until, before, after))
    return (span for span in spans if not _same(span.old, span.new))


def timelines(ruleset: Ruleset, written: Mapping[str, list[ParameterValue]]) -> Mapping[str, Timeline]:
    """The timeline of each parameter of a ruleset whose document is at hand."""
    return {name: Timeline(parameter, written[name]) for name, parameter in ruleset.parameters.items()}


def _same(old: Value | None, new: Value | None) -> bool:
    if old is None or new is None:
        return old is new
    same = type(old.value) is type(new.value) and old.value == new.value
    return same and set(old.citations) == set(new.citations) and set(old.questions) == set(new.questions)


def _value(dated: DatedValue, written: ParameterValue) -> Value:
    as_written = written.value if isinstance(written.value, str) else text([dated.value])[1:-1]
    cited = tuple(str(citation) for citation in dated.citations)
    return Value(dated.value, as_written, cited, tuple(written.questions))
