"""What the reasons of a verdict cost: beside the bare outcome, and on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import rulesets
from bench import hr
from bench.bare import BareOutcome
from bench.effort import Effort
from bench.measure import Measured, Side, alternate, cpu_micros, settled
from bench.report import Findings, Goal, Table
from engine import Catalogue, Evaluator, RecordError, Ruleset, Verdict
from engine.findings import Signature
from engine.judging import Judge
from engine.records import parse_record
from server.transport.verdicts import verdict_to

DECREE_90: Final = "vn.nd90.public-employee"
EXAMPLES: Final = Path(rulesets.FOLDER).parent / "examples" / "records"
MAX_BYTES: Final = 4_000  # of a verdict with 12 findings on the wire, without texts
MAX_COST: Final = 1.5  # times the bare outcome
_FRESH_ROUNDS: Final = 5  # rounds that each make all the rules anew, which takes longer than what is measured


@dataclass(frozen=True, slots=True)
class Work:
    """A ruleset and records for it."""

    name: str
    ruleset: Ruleset
    records: Sequence[hr.Record]
    day: date


def measure(effort: Effort) -> Findings:
    """Run the part."""
    tasks = [_hr(effort), _decree_90()]
    costs, sizes, goals = [], [], []
    for work in tasks:
        bare, whole, read = _costs(work, effort)
        figures = (bare.micros, whole.micros, whole.over(bare), read.over(bare))
        costs.append((work.name, *map(str, figures)))
        goals.append(Goal(f"why and why-not, {work.name}", whole.over(bare).median, MAX_COST, at_least=False))
        lengths = _lengths(work)
        sizes.append(
            (
                work.name,
                str(len(work.ruleset.criteria)),
                *(f"{length:,.0f}" for length in (min(lengths), median(lengths), max(lengths))),
            )
        )
    largest = max(_lengths(tasks[0]))
    goals.append(
        Goal(
            "largest of the verdicts with 13 findings on the wire",
            largest,
            MAX_BYTES,
            at_least=False,
            unit="bytes",
        )
    )
    count, fresh = _first_times(tasks[0], effort)
    first = (f"{tasks[0].name}, {count} signatures", str(fresh.micros))
    columns = ("", "bare outcome, µs", "with every reason, µs", "times")
    return Findings(
        title="Reasons: why and why-not beside the bare outcome",
        notes=(
            "The bare outcome reads the same record, runs the same criteria without what they look at, and is asked "
            "for no more than the outcome. What follows from the findings' statuses is remembered by both, so the "
            "second table has what it costs the first time that a signature is seen: to judge it with the range, the "
            "proof, the why-not, what is missing and what rests on drafts, the session of forward chaining that all "
            "signatures share among them. A verdict has every status and seen value; the objects that hold one "
            "finding each are made when they are read.",
        ),
        tables=(
            Table((*columns, "times, every finding read"), tuple(costs)),
            Table(("", "judged the first time, µs"), (first,)),
            Table(("bytes on the wire", "findings", "least", "median", "most"), tuple(sizes)),
        ),
        goals=tuple(goals),
    )


def _hr(effort: Effort) -> Work:
    records = [hr.stated(record) for record in hr.records(effort.records)]
    return Work("the common task", hr.ruleset(), records, hr.ASSESSED_ON)


def _decree_90() -> Work:
    """The shipped example records of Decree 90 that are usable, many times over."""
    examples = [parse_record(path.read_bytes()) for path in sorted(EXAMPLES.glob("*.json"))]
    day = date(2024, 12, 20)
    ruleset = Catalogue.of(rulesets.FOLDER).on(DECREE_90, day)
    facts: list[Any] = [each["facts"] for each in examples if each["ruleset"] == DECREE_90]
    usable = [each for each in facts if _verdict(ruleset, each, day) is not None]
    return Work("Decree 90, example records", ruleset, usable * 20, day)


def _verdict(ruleset: Ruleset, record: hr.Record, day: date) -> Verdict | None:
    try:
        return Evaluator(ruleset).evaluate(record, day)
    except RecordError:
        return None


def _costs(work: Work, effort: Effort) -> tuple[Measured, Measured, Measured]:
    """The bare outcome, the whole verdict, and that with every finding read."""
    evaluator, bare = Evaluator(work.ruleset), BareOutcome(work.ruleset)
    for record in work.records:
        assert evaluator.evaluate(record, work.day).outcome == bare.outcome(record, work.day)
    sides = [
        Side("bare", lambda record: bare.outcome(record, work.day), work.records),
        Side("whole", lambda record: evaluator.evaluate(record, work.day), work.records),
        Side("read", lambda record: evaluator.evaluate(record, work.day).findings, work.records),
    ]
    found = alternate(sides, effort.rounds)
    return found["bare"], found["whole"], found["read"]


def _lengths(work: Work) -> list[int]:
    evaluator = Evaluator(work.ruleset)
    verdicts = (evaluator.evaluate(record, work.day) for record in work.records)
    return [verdict_to(verdict.to_data()).ByteSize() for verdict in verdicts]


def _first_times(work: Work, effort: Effort) -> tuple[int, Measured]:
    """How many signatures there are, and what one costs that was not seen before."""
    evaluator = Evaluator(work.ruleset)
    signatures: list[Signature] = list(
        dict.fromkeys(
            tuple(finding.status for finding in evaluator.evaluate(record, work.day).findings)
            for record in work.records
        )
    )
    rounds = []
    with settled():
        for _ in range(min(effort.rounds, _FRESH_ROUNDS)):
            judge = Judge(work.ruleset).judge
            rounds.append(cpu_micros(partial(_each, judge, signatures)) / len(signatures))
    return len(signatures), Measured("fresh", tuple(rounds))


def _each(function: Callable[[Signature], object], signatures: Iterable[Signature]) -> None:
    for signature in signatures:
        function(signature)
