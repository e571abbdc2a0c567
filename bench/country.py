"""A country judged as one campaign over tables: `chuan sample` makes it, Parquet keeps it, and each level is timed.

`python -m bench campaign` takes a small one; `python -m bench.country --people 6000000 --folder DIR` the whole, whose
tables are made once and stay in DIR.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import polars as pl

import rulesets
from bench.effort import Effort
from bench.report import Findings, Table
from clients.sample import Campaign, Sample
from clients.sample.summary import judge, rulesets_of
from engine import Catalogue, Ruleset
from engine.campaign.columns import Records, Step, TableCampaign, run_table_campaign
from engine.table import frame_of

DAYS: Final = (date(2024, 12, 15), date(2026, 12, 15))
"""Rulesets of 2024 ask for criteria, which are columns; those of 2026 make scores, which are not yet."""
_PEOPLE: Final = 40_000
_QUICK_PEOPLE: Final = 4_000
_QUICK_ROUNDS: Final = 3
_ROW_BY_ROW: Final = 2_000  # people that the other way is timed on
_AT_ONCE: Final = 50_000  # people of a file
_TREE: Final = "organisations.parquet"
_UNITS: Final = "units"


def sample_of(people: int, on: date) -> Sample:
    """The made-up country: 2 % of facts missing, and no mistakes, which columns with types could not hold."""
    return Sample(people=people, seed=2026, on=on, missing=0.02)


def catalogue_of(sample: Sample) -> Catalogue:
    """The rulesets that it is judged by."""
    wanted = rulesets_of(sample)
    return Catalogue(each for each in Catalogue.of(rulesets.FOLDER).list() if each.id in wanted)


def make(sample: Sample, folder: Path, processes: int) -> None:
    """Write the tree and a folder of tables for each ruleset; what is there already is left as it is."""
    if (folder / _TREE).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, sample.people, _AT_ONCE)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_make_people, *zip(*((sample, folder, start) for start in starts), strict=True)):
            pass
    known = catalogue_of(sample)
    tree: list[tuple[str, str | None]] = []
    held: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for entry in sample.organisations(Campaign.STATE):
        data: dict[str, Any] = entry.data
        tree.append((data["id"], data["parent"]))
        if data["facts"] is not None:
            held[data["ruleset"]].append((data["id"], data["facts"]))
    for id_, records in held.items():
        units = pl.DataFrame({"organisation": [unit for unit, _ in records]})
        _write(
            known.on(id_, sample.on),
            units,
            [facts for _, facts in records],
            folder / _UNITS / f"{id_}.parquet",
        )
    pl.DataFrame(tree, schema=["id", "parent"], orient="row").write_parquet(folder / _TREE)


def _make_people(sample: Sample, folder: Path, start: int) -> None:
    known = catalogue_of(sample)
    held: dict[str, list[tuple[tuple[str, str, str], Any]]] = defaultdict(list)
    for person in sample.persons(start, start + _AT_ONCE):
        data: dict[str, Any] = person.state.data
        for post in data["posts"]:
            about = (post["organisation"], data["id"], post["role"])
            held[post["ruleset"]].append((about, post["facts"]))
    for id_, records in held.items():
        names = ["organisation", "person", "role"]
        posts = pl.DataFrame([who for who, _ in records], schema=names, orient="row")
        _write(
            known.on(id_, sample.on),
            posts,
            [facts for _, facts in records],
            folder / id_ / f"{start:08}.parquet",
        )


def _write(ruleset: Ruleset, about: pl.DataFrame, facts: list[Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    pl.concat([about, frame_of(ruleset, facts)], how="horizontal").write_parquet(path)


def tables(folder: Path) -> tuple[pl.DataFrame, list[Records]]:
    """The tree and the tables of a folder, which are read piece by piece."""
    records = [
        Records(path.stem if path.parent.name == _UNITS else path.parent.name, pl.scan_parquet(path))
        for path in sorted(folder.glob("*/*.parquet"))
    ]
    return pl.read_parquet(folder / _TREE), records


def timed(
    sample: Sample, folder: Path, known: Catalogue
) -> tuple[TableCampaign, list[tuple[Step, float, float]]]:
    """Run the campaign: what it comes to, and of each step the seconds, of the clock and of CPU."""
    tree, records = tables(folder)
    readings = {
        each.id: next(iter(each.quota.readings))
        for each in known.list()
        if each.quota and each.quota.readings
    }
    steps: list[tuple[Step, float, float]] = []
    last = [time.perf_counter(), time.process_time()]

    def tell(step: Step) -> None:
        now = [time.perf_counter(), time.process_time()]
        steps.append((step, now[0] - last[0], now[1] - last[1]))
        last[:] = now

    found = run_table_campaign(known, tree, records, evaluated_on=sample.on, readings=readings, tell=tell)
    tell(Step("together", -1, found.subjects.height))
    return found, steps


def measure(effort: Effort) -> Findings:
    """Run the part."""
    people = _PEOPLE if effort.rounds > _QUICK_ROUNDS else _QUICK_PEOPLE
    parts = []
    for day in DAYS:
        with tempfile.TemporaryDirectory() as folder:
            parts.append(findings(sample_of(people, day), Path(folder), processes=2))
    tables = tuple(table for part in parts for table in part.tables)
    return Findings(parts[0].title, tables, notes=tuple(note for part in parts for note in part.notes))


def findings(sample: Sample, folder: Path, processes: int) -> Findings:
    """Make the tables where they are not there yet, judge them, and say what each step took."""
    begin = time.perf_counter()
    make(sample, folder, processes)
    made = time.perf_counter() - begin
    known = catalogue_of(sample)
    begun = time.process_time()
    few = sample_of(min(_ROW_BY_ROW, sample.people), sample.on)
    judge(few, Campaign.STATE, known)
    by_rows = (time.process_time() - begun) / few.people
    found, steps = timed(sample, folder, known)
    clock = sum(seconds for _, seconds, _ in steps)
    effort = sum(seconds for _, _, seconds in steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    apart = sum(found.apart.values())
    rows = found.subjects.height
    return Findings(
        title="A country as one campaign",
        notes=(
            f"{sample.people:,} people in {steps[0][0].rows:,} organisations of `chuan sample` (seed "
            f"2026, 2 % of facts missing) by the shipped rulesets of {sample.on}: {rows:,} verdicts in {clock:,.1f} s "
            f"({effort:,.1f} s of CPU), from Parquet, at most {peak:,.1f} GB. {apart:,} rows were evaluated by "
            f"themselves; row by row as a whole: {', '.join(found.by_rows) or 'none'}. Record by record a person takes "
            f"{1e6 * by_rows:,.0f} µs of CPU (making them included), so {by_rows * sample.people / effort:,.1f} times "
            f"as much. The tables were made in {made:,.0f} s.",
        ),
        tables=(
            Table(
                ("step", "rows", "seconds", "seconds of CPU", "µs of CPU a row"),
                tuple(_line(step, clock, effort) for step, clock, effort in steps),
            ),
        ),
    )


def _line(step: Step, clock: float, effort: float) -> tuple[str, ...]:
    name = f"{step.kind}, level {step.level}" if step.level >= 0 else step.kind
    each = f"{1e6 * effort / step.rows:,.1f}" if step.rows else "–"
    return (name, f"{step.rows:,}", f"{clock:,.2f}", f"{effort:,.2f}", each)


def main() -> int:
    """Measure a country of any size."""
    parser = argparse.ArgumentParser(prog="python -m bench.country", description=__doc__)
    parser.add_argument("--people", type=int, default=6_000_000)
    parser.add_argument("--folder", type=Path, required=True, help="for the tables, which stay there")
    parser.add_argument("--on", type=date.fromisoformat, default=DAYS[0])
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    print(
        findings(sample_of(arguments.people, arguments.on), arguments.folder, arguments.processes).markdown()
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
