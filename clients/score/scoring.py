"""Blocks of rows to results and rejects, by one ruleset: in columns what columns can say, the rest row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from clients.score.binding import Binding
from clients.score.columns import told
from clients.score.journal import Part
from clients.score.judging import Asked, Judge, not_for
from clients.score.problems import Problem
from clients.score.quotas import QuotaFacts
from clients.score.reading import Row
from clients.score.reading.table import Block
from clients.score.results import (
    REJECT_SCHEMA,
    SCHEMA,
    SCORED_COLUMNS,
    Line,
    Results,
    beside,
    reject,
)
from clients.score.rulings import Ruled
from clients.score.values import shown
from engine import Ruleset
from engine.ruleset.localized import Language
from engine.table import selected
from engine.table.ledger import REFUSED

_PLACE: Final = "place"
_RESULTS: Final = {**SCHEMA, _PLACE: pl.Int64()}
_REJECTS: Final = {**REJECT_SCHEMA, _PLACE: pl.Int64()}


class Rows(NamedTuple):
    """Rows of a file that are to be judged.

    Attributes:
        file: what results call it.
        binding: to the ruleset.
        block: holds the rows.
        ids: of all rows of the block; null where one has none.
        same: whether the id of a row stands elsewhere as well.
        places: which rows of the block are to be judged.
    """

    file: str
    binding: Binding
    block: Block
    ids: pl.Series
    same: pl.Series
    places: pl.Series


class Scorer:
    """Judges rows by one ruleset."""

    def __init__(
        self,
        ruleset: Ruleset,
        judge: Judge,
        language: Language,
        by: Sequence[str],
        same: Mapping[str, tuple[int, str]],
        quota: QuotaFacts | None,
    ) -> None:
        """Make it ready.

        Args:
            ruleset: that judges.
            judge: judges by it.
            language: of reasons and of what is wrong.
            by: paths of facts by which the report is broken down.
            same: the ids that stand more than once: how often, and where first.
            quota: that is applied in the end; None where none is.
        """
        self._quota = quota
        self._ruleset = ruleset
        self._judge = judge
        self._results = Results(ruleset, language)
        self._language = language
        self._by = tuple(by)
        self._same = same
        self._columns = [*SCORED_COLUMNS, *(["score"] if ruleset.score is not None else [])]

    def score(self, rows: Rows) -> Part:
        """What comes of rows, beside their places in the block and in no order; see `in_order`."""
        left, results, rejects = self._together(rows)
        lines, more = self._one_by_one(rows, left)
        results.append(pl.DataFrame(lines, schema=_RESULTS))
        return Part(pl.concat(results), pl.DataFrame([*rejects, *more], schema=_REJECTS))

    def _together(self, rows: Rows) -> tuple[pl.Series, list[pl.DataFrame], list[Line]]:
        """The places of the rows that are left to be judged one by one, and what comes of the others."""
        table = self._judge.table
        if table is None or rows.places.is_empty():
            return rows.places, [], []
        stated = rows.binding.columns.state(rows.block, rows.ids)
        unclear = stated.unclear | rows.same | rows.ids.is_null()
        unclear = unclear.scatter(list(rows.block.problems), values=True) if rows.block.problems else unclear
        unclear = unclear.gather(rows.places)
        places = rows.places.filter(~unclear)
        if places.is_empty():
            return rows.places, [], []
        facts = stated.facts[places]
        scored = table.evaluate(facts, columns=self._columns)
        refused = scored.frame["status"] == REFUSED
        others = pl.repeat(value=False, n=len(places), dtype=pl.Boolean, eager=True)
        if self._ruleset.selects is not None:
            others = (selected(self._ruleset, facts) == False).fill_null(value=False) & ~refused  # noqa: E712 - null is not False
        results = self._results.frame(
            scored,
            {
                "file": pl.repeat(rows.file, len(places), dtype=pl.String, eager=True),
                "row": rows.block.numbers.gather(places),
                "id": rows.ids.gather(places),
                "by": self._groups(facts),
                "quota": self._quota.of_table(facts)
                if self._quota is not None
                else pl.repeat("", facts.height, dtype=pl.String, eager=True),
                _PLACE: places,
            },
        ).filter(~(refused | others))
        rejects = [
            each
            for place in places.filter(others)
            for each in self._rejected(rows, place, not_for(self._ruleset))
        ]
        left = pl.concat([rows.places.filter(unclear), places.filter(refused)]).sort()
        return left, [results.select(*_RESULTS)], rejects

    def _groups(self, facts: pl.DataFrame) -> pl.Series:
        """The values of the facts by which the report is broken down."""
        columns = [self._group(facts, path).alias(str(number)) for number, path in enumerate(self._by)]
        if not columns:
            return pl.Series([[]], dtype=SCHEMA["by"]).new_from_index(0, facts.height)
        return pl.DataFrame(columns).select(pl.concat_list(pl.all()).alias("by"))["by"]

    def _group(self, facts: pl.DataFrame, path: str) -> pl.Series:
        if path not in facts.columns:
            return pl.repeat("", facts.height, dtype=pl.String, eager=True)
        column = facts[path]
        return column.fill_null("") if column.dtype == pl.String else told(column, shown)

    def _one_by_one(self, rows: Rows, places: pl.Series) -> tuple[list[Line], list[Line]]:
        """The results of rows, and what is wrong with the others."""
        asked: list[tuple[int, Row, Asked]] = []
        results: list[Line] = []
        rejects: list[Line] = []
        numbers = places.to_list()
        for place, row in zip(numbers, rows.block.rows(numbers), strict=True):
            record_id = rows.ids[place]
            facts, problems = rows.binding.bind(row, record_id or "")
            if problems := (*problems, *self._of_id(rows.binding, row, record_id)):
                rejects += self._rejected(rows, place, problems)
            else:
                asked.append((place, row, Asked(record_id or "", facts, f"{rows.file}:{row.number}")))
        judged = self._judge.judge([each for _, _, each in asked]) if asked else []
        for (place, row, record), (verdict, problems) in zip(asked, judged, strict=True):
            if verdict is None:
                rejects += self._rejected(rows, place, problems)
                continue
            line = self._results.row((rows.file, row.number), record.id, verdict)
            by = [_at(record.facts, path) for path in self._by]
            quota = "" if self._quota is None else self._quota.of_record(record.facts)
            results.append({**line, **beside(verdict), "by": by, "quota": quota, _PLACE: place})
        return results, rejects

    def _of_id(self, binding: Binding, row: Row, record_id: str | None) -> Iterator[Problem]:
        if record_id is None and not row.problems:
            yield Problem("no_id", binding.id_column)
        elif record_id and record_id in self._same:
            count, first = self._same[record_id]
            yield Problem("same_id", binding.id_column, details={"count": str(count), "first": first})

    def _rejected(self, rows: Rows, place: int, problems: Iterable[Problem]) -> Iterator[Line]:
        binding = rows.binding
        at = (rows.file, int(rows.block.numbers[place]))
        for each in problems:
            column = each.column or binding.column_of(each.fact)
            named = Problem(each.code, column, each.fact, each.details, each.within)
            line = reject(at, named, binding.letters, self._language)
            yield {**line, "code": each.code, _PLACE: place}


def rejected(file: str, letters: Mapping[str, str], block: Block, ruled: Ruled, language: Language) -> Part:
    """Rows that are by no ruleset, as `Scorer.score` gives them."""
    lines = [
        {
            **reject((file, number), each, letters, language),
            "code": each.code,
            _PLACE: place,
        }
        for place, number in zip(ruled.places, block.numbers.gather(ruled.places), strict=True)
        for each in ruled.problems
    ]
    return Part(pl.DataFrame(schema=_RESULTS), pl.DataFrame(lines, schema=_REJECTS))


def in_order(parts: Iterable[Part]) -> Part:
    """The parts of one block, put together in the order of its rows."""
    results, rejects = zip(
        Part(pl.DataFrame(schema=_RESULTS), pl.DataFrame(schema=_REJECTS)), *parts, strict=True
    )
    return Part(
        *(pl.concat(each).sort(_PLACE, maintain_order=True).drop(_PLACE) for each in (results, rejects))
    )


def _at(facts: Mapping[str, object], path: str) -> str:
    """The value of a fact by which the report is broken down."""
    found: object = facts
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return ""
        found = found[step]
    return shown(found)
