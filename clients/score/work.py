"""The work of scoring: every row of the files is judged once, block by block, and what is done is kept.

The files are read twice: first to count the rows, so that the time left can be told and a sample drawn, and to find ids
that stand twice; then to judge. Rows in are rows out and rejected rows, and that is checked in the end.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import polars as pl

from clients.score.ahead import ahead
from clients.score.journal import Journal, Part
from clients.score.judging import Judge
from clients.score.mapping import ColumnMapping
from clients.score.problems import ScoreError
from clients.score.quotas import MOST_ROWS, QUOTA_COLUMNS, GroupUse, QuotaFacts, quota_use, quotas_of
from clients.score.reading.table import Block
from clients.score.rulings import Rulings
from clients.score.scoring import Rows, Scorer, in_order, rejected
from clients.score.sources import Lists, Source, open_sources
from clients.score.survey import Survey, survey
from clients.score.tally import COLUMNS, Tally
from engine import Ruleset
from engine.ruleset.localized import Language

BLOCK: Final = 100_000
"""Rows judged and kept together."""
NO_READINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Choice:
    """Which rows are judged; all of them where nothing is said.

    Attributes:
        limit: the first so many.
        sample: so many, drawn from all.
        seed: of the draw: the same one draws the same rows.
    """

    limit: int | None = None
    sample: int | None = None
    seed: int = 0

    def rows(self, total: int) -> Sequence[int]:
        """The numbers of the rows among `total`, from 0, in order."""
        if self.sample is not None and self.sample < total:
            drawn = random.Random(self.seed).sample(range(total), self.sample)  # noqa: S311 - no secret hangs on it
            return sorted(drawn)[: self.limit]
        return range(total)[: self.limit]


class Chosen(NamedTuple):
    """A block of rows, and which of them are judged.

    Attributes:
        source: its file.
        block: the rows.
        places: in the block.
    """

    source: Source
    block: Block
    places: pl.Series


class Work:
    """Rows of files to be judged.

    Attributes:
        sources: the files.
        survey: what the first reading found.
        chosen: the numbers of the rows that are judged.
        rulesets: that may judge.
        by: paths of facts by which the report is broken down.
        quotas: that are applied, by the digest of their ruleset.
    """

    def __init__(
        self,
        rulings: Rulings,
        files: Sequence[Path],
        mapping: ColumnMapping,
        folder: Path,
        choice: Choice,
        language: Language,
        by: Sequence[str],
        readings: Mapping[str, str] = NO_READINGS,
        surveyed: Survey | None = None,
    ) -> None:
        """Open the files and read them for the first time.

        Args:
            rulings: say by which ruleset each row is judged.
            files: of rows.
            mapping: which column states what.
            folder: from which the mapping means its files.
            choice: which rows.
            language: of reasons and of what is wrong.
            by: paths of facts by which the report is broken down.
            readings: of quotas; see `quotas_of`.
            surveyed: what the first reading has found, where another process has read them.

        Raises:
            ScoreError: a file or the mapping is wrong.
        """
        lists = Lists(mapping, folder, rulings.mapping_of)
        self.sources = open_sources(files, mapping, lists)
        self.rulesets = rulings.rulesets
        self.quotas = quotas_of(self.rulesets, readings)
        for source in self.sources:
            rulings.bind(source)
        self.survey = surveyed or survey(self.sources, lists.read(), BLOCK)
        self.chosen = choice.rows(self.survey.total)
        self.by = tuple(by)
        files_read = sorted(self.survey.digests.items())
        self._job = _digest(repr((files_read, mapping.model_dump_json())).encode())
        self._rulings = rulings
        self._language = language
        self._same = pl.Series(list(self.survey.same), dtype=pl.String).implode()

    def about(self, mapping: ColumnMapping, on: date) -> dict[str, Any]:
        """What the work is, for its journal: everything that a result hangs on."""
        return {
            "rulesets": _digest(" ".join(each.digest for each in self.rulesets).encode()),
            "date": on.isoformat(),
            "files": dict(self.survey.digests),
            "mapping": _digest(mapping.model_dump_json().encode()),
            "rows": _digest(repr(self.chosen).encode()),
            "language": self._language,
            "by": list(self.by),
            "readings": [each.quota.reading for each in self.quotas.values()],
            "block": BLOCK,
        }

    def run(self, judges: Judges, journal: Journal, advance: Callable[[int], None]) -> None:
        """Judge what the journal does not have yet.

        Args:
            judges: judge.
            journal: keeps what is done.
            advance: is told of so many rows more.

        Raises:
            ScoreError: the work cannot go on; what was done is kept.
        """
        scorers = Scorers(
            lambda ruleset: judges(ruleset, self._job), self._language, self.by, self.survey.same, self.quotas
        )
        for number, chosen in enumerate(ahead(self._blocks())):
            if number >= journal.done:
                journal.add(self.score(chosen, scorers))
            advance(len(chosen.places))

    def scorers(self, judges: Judges) -> Scorers:
        """What judges the rows of each ruleset, with `judges`."""
        return Scorers(
            lambda ruleset: judges(ruleset, self._job),
            self._language,
            self.by,
            self.survey.same,
            self.quotas,
        )

    def score(self, chosen: Chosen, scorers: Scorers) -> Part:
        """What comes of the rows of a block that are judged, in their order."""
        source, block, places = chosen
        ids = source.ids(block)
        same = ids.is_in(self._same).fill_null(value=False)
        parts: list[Part] = []
        for ruled in self._rulings.rule(source, block, places):
            if ruled.ruleset is None:
                parts.append(rejected(source.name, source.table.letters, block, ruled, self._language))
            else:
                rows = Rows(source.name, source.binding(ruled.ruleset), block, ids, same, ruled.places)
                parts.append(scorers.of(ruled.ruleset).score(rows))
        return in_order(parts)

    def tally(self, journal: Journal) -> Tally:
        """What came of all rows; rows in are rows out and rejected.

        Raises:
            ScoreError: they are not, which says that a file was changed meanwhile.
        """
        tally = Tally(self.by)
        for part in journal.parts(COLUMNS):
            tally.add(part)
        if tally.judged + tally.rejected != len(self.chosen):
            raise ScoreError(
                f"{len(self.chosen):,} rows were to be judged, and {tally.judged:,} results and {tally.rejected:,} "
                "rejected rows came of them: was a file changed meanwhile? Take the journal away and begin anew"
            )
        return tally

    def quota_use(self, journal: Journal, on: date) -> dict[str, list[GroupUse]]:
        """How the quotas are used, by the digest of their ruleset; those of too many rows are left out."""
        found: dict[str, list[GroupUse]] = {}
        for digest, facts in self.quotas.items():
            rows = journal.results().filter(pl.col("digest") == digest).select(QUOTA_COLUMNS)
            count = rows.select(pl.len()).collect().item()
            if 0 < count <= MOST_ROWS:
                found[digest] = quota_use(facts.quota, on, rows.collect())
        return found

    def _blocks(self) -> Iterator[Chosen]:
        """The blocks up to the last row that is judged."""
        for place in range(len(self.sources)):
            yield from self.blocks_of(place)

    def blocks_of(self, place: int) -> Iterator[Chosen]:
        """The blocks of the file at a place, up to the last row that is judged."""
        chosen = pl.Series(self.chosen if not isinstance(self.chosen, range) else [], dtype=pl.Int64)
        until = self.chosen[-1] + 1 if self.chosen else 0
        start = sum(self.survey.rows[:place])
        if start >= until:
            return
        source = self.sources[place]
        for block in source.table.blocks(BLOCK):
            if start >= until:
                return
            end = start + len(block)
            if isinstance(self.chosen, range):
                places = pl.int_range(min(end, until) - start, eager=True)
            else:
                places = chosen.filter((chosen >= start) & (chosen < end)) - start
            yield Chosen(source, block, places)
            start = end


Judges = Callable[[Ruleset, str], Judge]
"""Who judges by a ruleset; the text tells the work from others, so that a server knows it when it comes again."""


class Scorers:
    """A scorer for each ruleset, made when the first row is judged by it."""

    def __init__(
        self,
        judges: Callable[[Ruleset], Judge],
        language: Language,
        by: Sequence[str],
        same: Mapping[str, tuple[int, str]],
        quotas: Mapping[str, QuotaFacts],
    ) -> None:
        """See `Scorer`; `quotas` by the digest of their ruleset."""
        self._quotas = quotas
        self._made: dict[Ruleset, Scorer] = {}
        self._judges = judges
        self._language: Language = language
        self._by = by
        self._same = same

    def of(self, ruleset: Ruleset) -> Scorer:
        """The scorer of a ruleset."""
        if ruleset not in self._made:
            judge = self._judges(ruleset)
            self._made[ruleset] = Scorer(
                ruleset, judge, self._language, self._by, self._same, self._quotas.get(ruleset.digest)
            )
        return self._made[ruleset]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
