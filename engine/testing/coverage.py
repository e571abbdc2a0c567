"""What of a ruleset its cases show: findings by status, rows of tables, lines of the decision, outcomes.

A finding and an outcome count where a case comes to them *and* expects them, since what nobody looks at is not
tested; rows and lines count where a case makes use of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from engine.canonical import Data
from engine.findings import Status
from engine.ruleset import source
from engine.ruleset.document import Expectation
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Criterion, Ruleset
from engine.ruleset.source import Path
from engine.ruleset.table_text import lines_of
from engine.testing import words
from engine.testing.lines import decision_lines
from engine.testing.rows import DEFAULT, RowFinder, rows_of
from engine.verdict import Verdict

_TENTH: Final = Decimal("0.1")


class Shown(NamedTuple):
    """A verdict that a case came to; of one with a golden everything is looked at."""

    case: str
    verdict: Verdict
    expect: Expectation
    golden: bool = False


class Kind(StrEnum):
    """What is counted."""

    CRITERION = "criterion"
    ROW = "row"
    LINE = "line"
    OUTCOME = "outcome"


class Count(NamedTuple):
    """How many of how many are covered."""

    covered: int
    total: int

    @property
    def percent(self) -> Decimal:
        """The share in percent to one decimal, never rounded up; of nothing, all is covered."""
        if not self.total:
            return Decimal("100.0")
        return (Decimal(100 * self.covered) / self.total).quantize(_TENTH, ROUND_FLOOR)

    @property
    def data(self) -> Data:
        """As plain data."""
        return {"covered": self.covered, "total": self.total, "percent": str(self.percent)}


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something that no case shows.

    Attributes:
        kind: what it is.
        name: such as ``tasks_done unmet``, ``evaluated_by row 3``, ``ladder good``.
        line: in the ruleset's file.
        says: what is lacking, as a sentence.
    """

    kind: Kind
    name: str
    line: int
    says: Localized


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a ruleset its cases show.

    Attributes:
        counts: by kind.
        missing: what they do not show, in the order of the file.
    """

    counts: Mapping[Kind, Count]
    missing: tuple[NotCovered, ...]

    @property
    def whole(self) -> Count:
        """All kinds together."""
        return Count(*map(sum, zip(*self.counts.values(), strict=True)))

    @property
    def data(self) -> Data:
        """As plain data."""
        return {
            **{kind.value: count.data for kind, count in self.counts.items()},
            "whole": self.whole.data,
            "missing": [
                {
                    "kind": each.kind.value,
                    "name": each.name,
                    "line": each.line,
                    "says": {"vi": each.says.vi, "en": each.says.en},
                }
                for each in self.missing
            ],
        }


class _Item(NamedTuple):
    """Something to be covered: `lacking` says that it is not, and is None where it is."""

    kind: Kind
    name: str
    path: Path
    lacking: Localized | None
    row: int | None = None


def coverage_of(ruleset: Ruleset, shown: Sequence[Shown]) -> Coverage:
    """What of `ruleset` the verdicts of its cases show."""
    items = (
        *_criteria(ruleset, shown),
        *_rows(ruleset, shown),
        *_decision(ruleset, shown),
        *_outcomes(ruleset, shown),
    )
    counts = {
        kind: Count(
            sum(item.kind is kind and item.lacking is None for item in items),
            sum(item.kind is kind for item in items),
        )
        for kind in Kind
    }
    return Coverage(counts, _located(ruleset, [item for item in items if item.lacking is not None]))


def statuses_of(criterion: Criterion) -> tuple[Status, ...]:
    """The statuses that a finding on `criterion` may have."""
    statuses = (Status.MET, Status.UNMET, Status.UNKNOWN)
    return (*statuses, Status.NOT_APPLICABLE) if criterion.applies else statuses


def _criteria(ruleset: Ruleset, shown: Sequence[Shown]) -> Iterator[_Item]:
    reached: dict[tuple[str, Status], str] = {}
    expected = set()
    for case, verdict, expect, golden in shown:
        for finding in verdict.findings:
            key = finding.criterion.name, finding.status
            reached.setdefault(key, case)
            if golden or (expect.findings or {}).get(key[0]) == key[1]:
                expected.add(key)
    for criterion in ruleset.criteria:
        for status in statuses_of(criterion):
            key = criterion.name, status
            lacking = None if key in expected else _finding_lacking(*key, reached.get(key))
            yield _Item(Kind.CRITERION, f"{criterion.name} {status}", ("criteria", criterion.name), lacking)


def _finding_lacking(name: str, status: Status, case: str | None) -> Localized:
    if case is None:
        return words.said("criterion_never", name=name, status=status.value)
    return words.said("criterion_not_expected", name=name, status=status.value, case=case)


def _rows(ruleset: Ruleset, shown: Sequence[Shown]) -> Iterator[_Item]:
    if not ruleset.tables:
        return
    finder = RowFinder(ruleset)
    used = {row for each in shown for row in finder.find(each.verdict.values)}
    for name, table in ruleset.tables.items():
        for row in rows_of(table):
            covered = (name, row) in used
            if row == DEFAULT:
                lacking = None if covered else words.said("default_never", table=name)
                yield _Item(Kind.ROW, f"{name} default", ("tables", name, "outputs"), lacking)
            else:
                lacking = None if covered else words.said("row_never", table=name, row=str(row + 1))
                yield _Item(Kind.ROW, f"{name} row {row + 1}", ("tables", name, "rules"), lacking, row)


def _decision(ruleset: Ruleset, shown: Sequence[Shown]) -> Iterator[_Item]:
    for line in decision_lines(ruleset):
        covered = any(line.shown_by(each.verdict) for each in shown)
        yield _Item(Kind.LINE, line.name, line.path, None if covered else line.never)


def _outcomes(ruleset: Ruleset, shown: Sequence[Shown]) -> Iterator[_Item]:
    reached = {each.verdict.outcome: each.case for each in reversed(shown)}
    expected = {
        each.verdict.outcome for each in shown if each.golden or each.expect.outcome == each.verdict.outcome
    }
    for outcome in ruleset.outcomes:
        lacking = None
        if outcome.name not in expected:
            case = reached.get(outcome.name)
            key, details = ("outcome_never", {}) if case is None else ("outcome_not_expected", {"case": case})
            lacking = words.said(key, name=outcome.name, label=outcome.label, **details)
        yield _Item(Kind.OUTCOME, outcome.name, ("outcomes", outcome.name), lacking)


def _located(ruleset: Ruleset, lacking: Sequence[_Item]) -> tuple[NotCovered, ...]:
    """Each with its line in the file, which is read for that only where something is lacking."""
    if not lacking:
        return ()
    read = source.read(ruleset.text, "")
    found = []
    for item in lacking:
        span = None
        if item.row is not None:
            text = read.data["tables"][item.path[1]]["rules"]
            span = next(line.span for line in lines_of(text) if line.number == item.row + 1)
        line = read.problem("", item.path, "", at_key=item.row is None, span=span).line
        if item.lacking is not None:
            found.append(NotCovered(item.kind, item.name, line, item.lacking))
    return tuple(sorted(found, key=lambda each: each.line))
