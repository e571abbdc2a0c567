"""What a check says of a ruleset: findings, each with its place, its words, and a record that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from engine.canonical import Data, without_empty
from engine.feel.values import text
from engine.ruleset.localized import Language
from engine.ruleset.problems import Problem
from engine.ruleset.ruleset import Ruleset


class Severity(StrEnum):
    """How much a finding weighs: with an error, a ruleset is not to be submitted."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def weighs(self, least: Severity) -> bool:
        """Whether it weighs at least as much as `least`; errors weigh the most."""
        weights = [*Severity]
        return weights.index(self) <= weights.index(least)


class Sentences(NamedTuple):
    """What is wrong, the rule that makes it wrong, and what to do; full sentences, or empty."""

    what: str
    why: str = ""
    how: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, self))


@dataclass(frozen=True, slots=True)
class Witness:
    """A record that shows what a finding says; it has been evaluated before it is shown.

    Attributes:
        name: what it shows, as the name of a case.
        given: the record, complete but for what matters to nobody.
        on: the day of evaluation.
        expect: what comes out, as a case says it; empty where no verdict shows the finding.
    """

    name: str
    given: Mapping[str, Any]
    on: date
    expect: Mapping[str, Any]

    @property
    def data(self) -> Data:
        """As plain data, as a record in JSON has them: dates are text, numbers the shortest that say the same."""
        return without_empty(
            {
                "name": self.name,
                "on": self.on.isoformat(),
                "given": _plain(self.given),
                "expect": dict(self.expect),
            }
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes:
        name: of the kind of finding, such as ``outcome-unreachable``; docs/findings has a page for each.
        severity: how much it weighs.
        problem: where it is, and what is said of it in English.
        vietnamese: the same sentences in Vietnamese; None for what the reader of the file says, in English alone.
        witness: a record that shows it, where there is one.
    """

    name: str
    severity: Severity
    problem: Problem
    vietnamese: Sentences | None = None
    witness: Witness | None = None

    @property
    def file(self) -> str:
        """Name of the file as it was given."""
        return self.problem.file

    @property
    def line(self) -> int:
        """Line in the file, the first is 1."""
        return self.problem.line

    @property
    def column(self) -> int:
        """Code point in the line, the first is 1."""
        return self.problem.column

    @property
    def path(self) -> str:
        """Where in the document, such as ``criteria.served_six_months.holds``."""
        return self.problem.path

    def sentences(self, language: Language = "en") -> Sentences:
        """What is said of it; in English where there is no Vietnamese."""
        if language == "vi" and self.vietnamese is not None:
            return self.vietnamese
        return Sentences(self.problem.what, self.problem.why, self.problem.how)

    def data(self, language: Language = "en") -> Data:
        """The finding as plain data: what is printed as JSON and sent; empty parts are left out."""
        said = self.sentences(language)
        return without_empty(
            {
                "name": self.name,
                "severity": self.severity.value,
                "file": self.file,
                "line": self.line,
                "column": self.column,
                "path": self.path,
                "what": said.what,
                "why": said.why,
                "how": said.how,
                "line_text": self.problem.line_text,
                "width": self.problem.width,
                "witness": None if self.witness is None else self.witness.data,
            }
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to.

    Attributes:
        ruleset: the ruleset, or None where the text is not one.
        findings: in the order of the file.
    """

    ruleset: Ruleset | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the ruleset from being submitted."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case Decimal():
            return _number(value)
        case date() | time():
            return value.isoformat()
        case None | bool() | str():
            return value
    return text(value)


def _number(value: Decimal) -> int | float | str:
    """A number that JSON writes with the digits of `value`; its text where none does."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)
