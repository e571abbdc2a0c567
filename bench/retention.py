"""What it costs to keep many verdicts alive, and what code that scores whole files should do about it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench import hr
from bench.effort import Effort
from bench.measure import Measured, cpu_micros
from bench.report import Findings, Table
from engine import Evaluator, Verdict

HIGH_THRESHOLD: Final = 50_000  # allocations between collections of the youngest; Python's own is 700
FREEZE_EVERY: Final = 1_000  # verdicts
MAX_ROUNDS: Final = 3
WEIGHED: Final = 500  # verdicts whose memory is taken


@dataclass(frozen=True, slots=True)
class Way:
    """A way to go through many records.

    Attributes:
        name: what to call it.
        keep: what is kept of a verdict, or None where nothing is.
        threshold: of the garbage collector; 0 turns it off, None leaves it.
        freezes: whether what is alive is frozen now and then.
    """

    name: str
    keep: Callable[[Verdict], object] | None
    threshold: int | None = None
    freezes: bool = False


def _data_dropped(verdict: Verdict) -> None:
    verdict.to_data()


WAYS: Final = (
    Way("dropped at once", None),
    Way("kept", lambda verdict: verdict),
    Way(f"kept, gc.freeze() every {FREEZE_EVERY:,} verdicts", lambda verdict: verdict, freezes=True),
    Way(f"kept, gc.set_threshold({HIGH_THRESHOLD:,})", lambda verdict: verdict, threshold=HIGH_THRESHOLD),
    Way("kept, gc off", lambda verdict: verdict, threshold=0),
    Way("kept as outcome alone", lambda verdict: verdict.outcome),
    Way("made data, dropped at once", _data_dropped),
    Way("kept as data", lambda verdict: verdict.to_data()),
    Way("kept as canonical bytes", lambda verdict: verdict.canonical()),
)


def measure(effort: Effort) -> Findings:
    """Run the part."""
    plain = hr.records(min(effort.records, effort.kept))
    records = [hr.stated(record) for record in plain] * (effort.kept // len(plain))
    evaluator = Evaluator(hr.ruleset())
    found: dict[str, list[float]] = {way.name: [] for way in WAYS}
    for record in records:  # so that every signature is known
        evaluator.evaluate(record, hr.ASSESSED_ON)
    for _ in range(min(effort.rounds, MAX_ROUNDS)):
        for way in WAYS:
            with _collector(way):
                work = partial(_go_through, evaluator, records, way)
                found[way.name].append(cpu_micros(work) / len(records))
    measured = {name: Measured(name, tuple(rounds)) for name, rounds in found.items()}
    dropped = measured[WAYS[0].name]
    rows = [(way.name, str(measured[way.name].micros), str(measured[way.name].over(dropped))) for way in WAYS]
    sizes = [_kibibytes(evaluator, records, way) for way in WAYS]
    return Findings(
        title=f"Retention: {len(records):,} verdicts kept alive",
        notes=(
            "Python's garbage collector walks through everything alive again and again while more is made. A verdict "
            "holds no cycles, so nothing of it ever needs the collector.",
        ),
        tables=(
            Table(
                ("verdicts are", "µs of CPU a record", "times dropping them", "KiB each"),
                tuple((*row, size) for row, size in zip(rows, sizes, strict=True)),
            ),
        ),
    )


def _go_through(evaluator: Evaluator, records: list[hr.Record], way: Way) -> list[object]:
    kept: list[object] = []
    for number, record in enumerate(records):
        verdict = evaluator.evaluate(record, hr.ASSESSED_ON)
        if way.keep is not None:
            kept.append(way.keep(verdict))
        if way.freezes and number % FREEZE_EVERY == 0:
            gc.freeze()
    return kept


@contextmanager
def _collector(way: Way) -> Iterator[None]:
    """Set the garbage collector as a way wants it, and put it back."""
    before = gc.get_threshold()
    gc.collect()
    if way.threshold is not None:
        gc.set_threshold(way.threshold)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _kibibytes(evaluator: Evaluator, records: list[hr.Record], way: Way) -> str:
    """The memory that is held for one record."""
    weighed = records[:WEIGHED]
    _, size = (
        _weigh(evaluator, weighed, way),
        _weigh(evaluator, weighed, way),
    )  # the first fills Python's own caches
    return f"{size / len(weighed) / 1024:.1f}" if way.keep is not None and size else "–"


def _weigh(evaluator: Evaluator, records: list[hr.Record], way: Way) -> int:
    """The bytes that are held once all records have been gone through."""
    tracemalloc.start()
    try:
        kept = _go_through(evaluator, records, way)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return size if any(each is not None for each in kept) else 0
