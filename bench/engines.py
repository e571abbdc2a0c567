"""Our whole verdict beside what other engines give, on the same records with the same answers."""

from __future__ import annotations

from collections.abc import Sequence

from bench import hr
from bench.bare import BareOutcome
from bench.effort import Effort
from bench.measure import Measured, Side, alternate
from bench.peers import RustCel, Zen
from bench.report import Findings, Goal, Table
from engine import Evaluator, Verdict, explain

OURS = "chuan: whole verdict"
READ = "chuan: whole verdict, every finding read"
ZEN = "zen-engine: decision graph with trace"
RUST_CEL = "common-expression-language (Rust CEL)"
BY_HAND = "Python function, written by hand"
BARE = "chuan: bare outcome"
JUDGED = "chuan: findings and judgement of facts already read"
SLOW_ENGINE_SHARE = 5  # a pass of zen-engine takes one in so many of the records


def measure(effort: Effort) -> Findings:
    """Run the part."""
    plain = hr.records(effort.records)
    sides = make_sides(plain)
    found = alternate(sides, effort.rounds)
    ours = found[OURS]
    return Findings(
        title="Engines: twelve criteria, one record a call",
        notes=(
            f"The task of `bench/data/hr.yaml` on {effort.records:,} records (seed {hr.SEED}), whose answers (outcome "
            "and failed criteria) were first seen to be the same from every engine. Ours starts from the record as "
            "JSON gives it and ends with facts checked, the status and the seen values of every criterion, citations, "
            "the proof and the why-not; objects that hold one finding each are made when they are read, which is the "
            "row after it. The others get their dates as they like them, outside the time, and give the outcome and "
            "the failed criteria (zen-engine: its trace).",
        ),
        tables=(Table(("", "µs of CPU a record", "times our verdict"), tuple(_rows(found, sides, ours))),),
        goals=(
            Goal(
                "our whole verdict is faster than zen-engine with its trace", found[ZEN].over(ours).median, 20
            ),
            Goal("our whole verdict is faster than Rust CEL", found[RUST_CEL].over(ours).median, 3),
        ),
    )


def make_sides(plain: Sequence[hr.Record]) -> list[Side]:
    """Everything that is compared, on these records; see that all give the same answers.

    Raises:
        AssertionError: two engines do not agree.
    """
    stated = [hr.stated(record) for record in plain]
    typed = [hr.typed(record) for record in plain]
    evaluator, bare = Evaluator(hr.ruleset()), BareOutcome(hr.ruleset())
    zen, rust_cel = Zen(), RustCel()
    for_cel = [rust_cel.prepare(record) for record in plain]

    def verdict(record: hr.Record) -> Verdict:
        return evaluator.evaluate(record, hr.ASSESSED_ON)

    expected = [hr.by_hand(record) for record in typed]
    assert [hr.answer(verdict(record)) for record in stated] == expected
    assert [bare.outcome(record, hr.ASSESSED_ON) for record in stated] == [outcome for outcome, _ in expected]
    assert [rust_cel.answer(record) for record in for_cel] == expected
    assert [zen.answer(record) for record in plain] == expected

    values = [verdict(record).values for record in stated]
    few = max(len(plain) // SLOW_ENGINE_SHARE, 1)
    return [
        Side(OURS, verdict, stated),
        Side(READ, lambda record: verdict(record).findings, stated),
        Side(ZEN, zen.evaluate, plain[:few]),
        Side(RUST_CEL, rust_cel.answer, for_cel),
        Side(BY_HAND, hr.by_hand, typed),
        Side(BARE, lambda record: bare.outcome(record, hr.ASSESSED_ON), stated),
        Side(JUDGED, evaluator.judge, values),
        Side("chuan: verdict and its data", lambda record: verdict(record).to_data(), stated),
        Side("chuan: verdict as canonical bytes", lambda record: verdict(record).canonical(), stated),
        Side("chuan: verdict explained in Vietnamese", lambda record: explain(verdict(record)), stated[:few]),
    ]


def _rows(found: dict[str, Measured], sides: Sequence[Side], ours: Measured) -> list[tuple[str, ...]]:
    return [(side.name, str(found[side.name].micros), str(found[side.name].over(ours))) for side in sides]
