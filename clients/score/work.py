"""The work of scoring: every row of the files is judged once, chunk by chunk, and what is done is kept.

The files are read twice: first to count the rows, so that the time left can be told and a sample drawn, and to find ids
that stand twice; then to judge. Rows in are rows out and rejected rows, and that is checked in the end.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from clients.score.binding import Binding, Items
from clients.score.journal import Journal
from clients.score.judging import Asked, Judge
from clients.score.mapping import ColumnMapping
from clients.score.problems import Problem, ScoreError
from clients.score.reading import Row, Table, open_table
from clients.score.results import Line, Results, blocking, reject
from clients.score.tally import Tally
from engine import Ruleset
from engine.ruleset.localized import Language

CHUNK: Final = 500
"""Rows judged and kept together: a batch that a server takes in one message."""


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


@dataclass(frozen=True)
class Source:
    """A file of rows, and what turns them into records.

    Attributes:
        path: of the file.
        name: what results call it: its name, or its path where another has the same name.
        table: its rows.
        binding: to the ruleset.
    """

    path: Path
    name: str
    table: Table
    binding: Binding


@dataclass
class Survey:
    """What the first reading found.

    Attributes:
        total: rows that are not empty.
        empty: rows that are, between others.
        digests: SHA-256 of each file, by its name.
        same: the ids that stand more than once: how often, and where first.
        strangers: rows of lists in files of their own that speak of no record, by file.
    """

    total: int = 0
    empty: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    same: dict[str, tuple[int, str]] = field(default_factory=dict)
    strangers: dict[str, int] = field(default_factory=dict)


class _Place(NamedTuple):
    source: Source
    row: Row


class Work:
    """Rows of files to be judged by a ruleset.

    Attributes:
        sources: the files.
        survey: what the first reading found.
        chosen: the numbers of the rows that are judged.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        files: Sequence[Path],
        mapping: ColumnMapping,
        folder: Path,
        choice: Choice,
        language: Language,
        by: Sequence[str],
    ) -> None:
        """Open the files and read them for the first time.

        Args:
            ruleset: that judges.
            files: of rows.
            mapping: which column states what.
            folder: from which the mapping means its files.
            choice: which rows.
            language: of reasons and of what is wrong.
            by: paths of facts by which the report is broken down.

        Raises:
            ScoreError: a file or the mapping is wrong.
        """
        if mapping.ruleset and mapping.ruleset != ruleset.id:
            raise ScoreError(f"the mapping is for {mapping.ruleset}, not for {ruleset.id}")
        lists = [Items(ruleset, mapping, each, folder) for each in mapping.lists]
        if lists and not mapping.id:
            raise ScoreError(
                "lists in files of their own are joined by id: say in the mapping which columns are the `id`"
            )
        self.sources = tuple(_sources(ruleset, files, mapping, lists))
        self.survey = _survey(self.sources, lists)
        self.chosen = choice.rows(self.survey.total)
        self._results = Results(ruleset, language)
        self._ruleset = ruleset
        self._language = language
        self._by = tuple(by)

    def about(self, mapping: ColumnMapping, on: date) -> dict[str, Any]:
        """What the work is, for its journal: everything that a result hangs on."""
        return {
            "ruleset": self._ruleset.digest,
            "date": on.isoformat(),
            "files": self.survey.digests,
            "mapping": _digest(mapping.model_dump_json().encode()),
            "rows": _digest(repr(self.chosen).encode()),
            "language": self._language,
            "by": list(self._by),
            "chunk": CHUNK,
        }

    def run(self, judge: Judge, journal: Journal, advance: Callable[[int], None]) -> None:
        """Judge what the journal does not have yet.

        Args:
            judge: judges.
            journal: keeps what is done.
            advance: is told of so many rows more.

        Raises:
            ScoreError: the work cannot go on; what was done is kept.
        """
        places = self._places()
        done = min(journal.done * CHUNK, len(self.chosen))
        advance(done)
        for _ in islice(places, done):
            pass
        while chunk := list(islice(places, CHUNK)):
            journal.add(self._lines(chunk, judge))
            advance(len(chunk))

    def tally(self, journal: Journal) -> Tally:
        """What came of all rows; rows in are rows out and rejected.

        Raises:
            ScoreError: they are not, which says that a file was changed meanwhile.
        """
        tally = Tally(self._by)
        for line in journal.lines():
            tally.add(line)
        if tally.judged + tally.rejected != len(self.chosen):
            raise ScoreError(
                f"{len(self.chosen):,} rows were to be judged, and {tally.judged:,} results and {tally.rejected:,} "
                "rejected rows came of them: was a file changed meanwhile? Take the journal away and begin anew"
            )
        return tally

    def _places(self) -> Iterator[_Place]:
        """The rows that were chosen."""
        chosen = iter(self.chosen)
        wanted = next(chosen, None)
        number = 0
        for source in self.sources:
            for row in source.table.rows():
                if wanted is None:
                    return
                if number == wanted:
                    yield _Place(source, row)
                    wanted = next(chosen, None)
                number += 1

    def _lines(self, chunk: Sequence[_Place], judge: Judge) -> Iterator[Line]:
        """The lines of a chunk, in its order."""
        lines: list[Line | None] = []
        asked: list[Asked] = []
        for place in chunk:
            record_id, facts, problems = self._record(place)
            if problems:
                lines.append(self._rejected(place, problems))
            else:
                lines.append(None)
                asked.append(Asked(record_id, facts))
        judged = iter(zip(asked, judge.judge(asked), strict=True))
        for place, line in zip(chunk, lines, strict=True):
            if line is not None:
                yield line
                continue
            record, (verdict, problems) = next(judged)
            if verdict is None:
                yield self._rejected(place, problems)
            else:
                yield {
                    "row": self._results.row((place.source.name, place.row.number), record.id, verdict),
                    "blocking": blocking(verdict),
                    "by": [_shown(record.facts, path) for path in self._by],
                }

    def _record(self, place: _Place) -> tuple[str, dict[str, object], tuple[Problem, ...]]:
        source, row = place
        record_id = source.binding.id_of(row)
        facts, problems = source.binding.bind(row, record_id or "")
        if record_id is None and not row.problems:
            problems = (*problems, Problem("no_id", source.binding.id_column))
        elif record_id and record_id in self.survey.same:
            count, first = self.survey.same[record_id]
            problems = (
                *problems,
                Problem("same_id", source.binding.id_column, details={"count": str(count), "first": first}),
            )
        return record_id or "", facts, problems

    def _rejected(self, place: _Place, problems: Sequence[Problem]) -> Line:
        source, row = place
        at = (source.name, row.number)
        named = [
            Problem(
                each.code,
                each.column or source.binding.column_of(each.fact),
                each.fact,
                each.details,
                each.within,
            )
            for each in problems
        ]
        letters = source.binding.letters
        return {
            "rejects": [reject(at, each, letters, self._language) for each in named],
            "codes": [each.code for each in named],
        }


def _sources(
    ruleset: Ruleset, files: Sequence[Path], mapping: ColumnMapping, lists: Sequence[Items]
) -> Iterator[Source]:
    own = {each.file.resolve() for each in lists}
    records = [path for path in files if path.resolve() not in own]
    names = [path.name for path in records]
    for path in records:
        name = path.name if names.count(path.name) == 1 else path.as_posix()
        table = open_table(path, mapping.options)
        yield Source(path, name, table, Binding(ruleset, mapping, table, name, lists))


def _survey(sources: Sequence[Source], lists: Sequence[Items]) -> Survey:
    survey = Survey()
    first: dict[str, str] = {}
    for source in sources:
        for row in source.table.rows():
            survey.total += 1
            record_id = source.binding.id_of(row)
            if not record_id:
                continue
            if record_id in first:
                count, where = survey.same.get(record_id, (1, first[record_id]))
                survey.same[record_id] = (count + 1, where)
            else:
                first[record_id] = f"{source.name}:{row.number}"
        survey.empty += source.table.empty_rows
        with source.path.open("rb") as file:
            survey.digests[source.name] = hashlib.file_digest(file, "sha256").hexdigest()
    for each in lists:
        survey.digests[each.file.name] = _digest(each.file.read_bytes())
        strangers = len(each.ids - first.keys()) + each.without_id
        if strangers:
            survey.strangers[each.file.name] = strangers
    return survey


def _shown(facts: Mapping[str, object], path: str) -> str:
    """The value of a fact by which the report is broken down."""
    found: object = facts
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return ""
        found = found[step]
    return "" if found is None else str(found)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
