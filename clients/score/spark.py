"""Scoring on a cluster: each file of rows is judged by whichever executor has room, by the code that judges it here.

What goes to the executors is what a result hangs on: the texts of the rulesets, the mapping, and what the first reading
found. The files have to be where every executor can read them under the same path. What comes back is a part for each
block, as the journal keeps it; so the results are those of one machine, row by row. Needs the extra ``spark``.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from clients.score.journal import Journal, Part
from clients.score.judging import Here
from clients.score.mapping import ColumnMapping
from clients.score.rulings import BySelector, OneForAll, Rulings
from clients.score.survey import Survey
from clients.score.work import Choice, Work
from engine import Catalogue, loads
from engine.ruleset.localized import Language

if TYPE_CHECKING:
    from pyspark import SparkContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an executor judges by.

    Attributes:
        texts: of the rulesets, each with its name.
        auto: the ruleset of each row is chosen by selectors.
        day: of the evaluation.
        language: of reasons and of what is wrong.
        files: of rows and of lists, as every executor finds them.
        mapping: as JSON.
        folder: from which the mapping means its files.
        choice: which rows.
        by: paths of facts by which the report is broken down.
        readings: of quotas.
        surveyed: what the first reading has found.
    """

    texts: tuple[tuple[str, str], ...]
    auto: bool
    day: date
    language: Language
    files: tuple[str, ...]
    mapping: str
    folder: str
    choice: Choice
    by: tuple[str, ...]
    readings: dict[str, str]
    surveyed: dict[str, Any]

    def work(self) -> Work:
        """The work, as it stands on an executor; the files are not read through again."""
        mapping = ColumnMapping.model_validate_json(self.mapping)
        rulesets = [loads(text, name) for name, text in self.texts]
        if self.auto:
            rulings: Rulings = BySelector(Catalogue(rulesets), self.day, mapping)
        else:
            rulings = OneForAll(rulesets[0], mapping)
        files = [Path(file) for file in self.files]
        return Work(
            rulings,
            files,
            mapping,
            Path(self.folder),
            self.choice,
            self.language,
            self.by,
            self.readings,
            Survey(**self.surveyed),
        )

    def parts(self, places: Iterable[int]) -> Iterator[tuple[bytes, bytes]]:
        """What comes of the files at `places`: results and rejects of each block. Runs on an executor."""
        work = self.work()
        scorers = work.scorers(lambda ruleset, _: Here(ruleset, self.day, self.language))
        for place in places:
            for chosen in work.blocks_of(place):
                part = work.score(chosen, scorers)
                yield _written(part.results), _written(part.rejects)


@contextmanager
def cluster(master: str) -> Iterator[SparkContext]:
    """A cluster of Spark, such as ``local[2]`` or ``spark://host:7077``; let go in the end."""
    from pyspark import SparkConf, SparkContext

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setMaster(master).setAppName("chuan score").set("spark.ui.enabled", "false")
    spark = SparkContext(conf=configuration)
    spark.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def run_on(
    spark: SparkContext, plan: Plan, work: Work, journal: Journal, advance: Callable[[int], None]
) -> None:
    """Judge on a cluster what the journal does not have yet; parts come in the order of the files and their blocks.

    Args:
        spark: the cluster.
        plan: of `work`.
        work: as it stands here.
        journal: keeps what is done.
        advance: is told of so many rows more.
    """
    places = range(len(work.sources))
    parts = spark.parallelize(places, max(len(places), 1)).mapPartitions(plan.parts)
    for number, (results, rejects) in enumerate(parts.toLocalIterator(prefetchPartitions=True)):
        part = Part(pl.read_parquet(io.BytesIO(results)), pl.read_parquet(io.BytesIO(rejects)))
        if number >= journal.done:
            journal.add(part)
        advance(part.results.height + part.rejects.select(pl.col("row").n_unique()).item())


def _written(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written, compression="lz4")
    return written.getvalue()
