"""Rulesets applied to whole tables: the same verdicts as for each record by itself, found together (design, 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType
from typing import Final

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from engine.evaluation import Evaluator, evaluator_of
from engine.findings import Finding
from engine.judgement import Judgement
from engine.judging import Judge
from engine.ruleset.ruleset import Ruleset
from engine.table.criteria import STATUSES, UNKNOWN, Criteria, Statuses, Way, unknown_paths
from engine.table.layout import as_frame
from engine.table.ledger import Entry, Ledger
from engine.table.packing import Packing
from engine.table.rowwise import entry_of

NO_LISTS: Final[Mapping[str, pl.DataFrame]] = MappingProxyType({})
_STATUS_BITS: Final = 3
MAX_ENTRIES: Final = (
    200_000  # judgements, lists of missing facts and the like kept from one piece to the next
)
_SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class Scored:
    """What the rows of a table come to.

    Attributes:
        frame: a row for each row of the table, in its order: the id, if one was named, then ``status``, ``outcome``,
            ``lowest``, ``highest``, ``possible``, ``failed`` (criteria that are unmet), ``blocks`` (what keeps from the
            next higher outcome, each with its kind, criterion, status and whether it is waivable), ``gaps``,
            ``obligations``, ``proposals``, ``notes``, ``missing`` (facts that were not stated), ``missing_matters``
            (those that can still move the result), the score and its parts as decimal text where there is one, and
            ``violations`` (what a row with the status ``refused`` states wrongly).
        ways: how each criterion was evaluated, and the score.
        apart: how many rows were evaluated by themselves, whole.
    """

    frame: pl.DataFrame
    ways: tuple[Way, ...]
    apart: int
    _ledger: Ledger = field(repr=False)
    _places: pl.Series = field(repr=False)

    def findings(self) -> pl.DataFrame:
        """The status of each criterion, a column each; null in a row that is refused."""
        return self._ledger.signatures()[self._places]

    def of_judgements(
        self, tell: Callable[[Judgement], object], dtype: DataType | DataTypeClass
    ) -> pl.Series:
        """What `tell` says of the judgement of each row; null in a row that is refused.

        It is asked once for each different combination of statuses, of which a million rows have some thousand. So
        this is the way to anything that follows from the judgement and has no column: sentences, a proof, a set.

        Args:
            tell: makes the value of a row from its judgement.
            dtype: of the values.
        """
        different = self._places.unique(maintain_order=True)
        signatures = (self._ledger.signature_at(place) for place in different)
        judge = self._ledger.judge.judge
        told = [tell(judge(signature)) if signature else None for signature in signatures]
        values = pl.DataFrame([different.alias("place"), pl.Series("told", told, dtype=dtype, strict=True)])
        return self._places.to_frame("place").join(values, on="place", how="left", maintain_order="left")[
            "told"
        ]


def evaluate_table(
    ruleset: Ruleset,
    frame: pl.DataFrame | pl.LazyFrame,
    *,
    evaluated_on: date,
    id: str | None = None,  # noqa: A002 - the word for it
    lists: Mapping[str, pl.DataFrame] = NO_LISTS,
    columns: Sequence[str] | None = None,
) -> Scored:
    """The verdicts of `ruleset` on the rows of a table, as `engine.evaluate` would give them one by one.

    Args:
        ruleset: the ruleset.
        frame: the table, in the form that `engine.table.layout` describes. A lazy one is collected; see
            `score_parquet` for tables that do not fit into memory.
        evaluated_on: the date of the evaluation.
        id: the column that tells the rows apart; it comes back beside the results.
        lists: facts that are lists, each as a table of its items with the column `id`.
        columns: the columns of the result that are wanted, in this order; all without it. See `Scored`.

    Raises:
        TableError: a column names no fact, or two state the same.
        InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
    """
    whole = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return TableEvaluator(ruleset, evaluated_on).evaluate(whole, id=id, lists=lists, columns=columns)


class TableEvaluator:
    """Evaluates tables, or one table piece by piece, against one ruleset on one day.

    What it has found of one piece (signatures and what follows from them) it need not find of the next. It is for one
    thread at a time; several may each have one.
    """

    def __init__(self, ruleset: Ruleset, evaluated_on: date) -> None:
        """Make `ruleset` ready.

        Raises:
            InferenceLimitError: its decision is larger than forward chaining is safe with.
        """
        self._evaluator = evaluator_of(ruleset)
        self._judge = _judge_of(ruleset)
        self._ledger = Ledger(ruleset, self._judge)
        self._day = evaluated_on

    def evaluate(
        self,
        frame: pl.DataFrame,
        *,
        id: str | None = None,  # noqa: A002 - as in `evaluate_table`
        lists: Mapping[str, pl.DataFrame] = NO_LISTS,
        columns: Sequence[str] | None = None,
    ) -> Scored:
        """The verdicts on the rows of `frame`; see `evaluate_table`. Rows of `lists` with other ids are passed over.

        Raises:
            TableError: a column names no fact, or two state the same.
        """
        stated = as_frame(self._evaluator.ruleset, frame, id, lists)
        if self._ledger.size > MAX_ENTRIES:
            self._ledger = Ledger(self._evaluator.ruleset, self._judge)
        table = _Table(self._evaluator, self._ledger, stated, self._day)
        return table.scored(frame.select([id] if id else []), columns)

    def schema(self, columns: Sequence[str] | None = None) -> dict[str, pl.DataType]:
        """The columns of the results without the id, and their types."""
        return dict(self._ledger.empty(columns).schema)


_judge_of = lru_cache(maxsize=64)(Judge)
"""Kept for each ruleset: most of what a table costs the first time is to judge signatures that nobody has had yet."""


class _Table:
    """One table while it is evaluated."""

    def __init__(self, evaluator: Evaluator, ledger: Ledger, frame: pl.DataFrame, day: date) -> None:
        self._evaluator, self._ledger, self._frame, self._day = evaluator, ledger, frame, day
        self._ruleset = evaluator.ruleset
        self._criteria = Criteria(evaluator, frame, day)

    def scored(self, ids: pl.DataFrame, columns: Sequence[str] | None) -> Scored:
        scope = self._criteria.scope
        self._criteria.check_facts()
        found = [self._criteria.statuses(criterion) for criterion in self._ruleset.criteria]
        statuses, ways = [each for each, _ in found], [way for _, way in found]
        score = self._scores(ways)
        codes = [
            each.code if isinstance(each.code, pl.Expr) else scope.keep(each.code).alias(f"code {number}")
            for number, each in enumerate(statuses)
        ]
        packing = Packing("statuses", len(codes), _STATUS_BITS)
        apart = reduce(or_, scope.apart, pl.lit(value=False)).fill_null(value=False)
        packed = scope.frame.lazy().select(
            pl.int_range(pl.len()).alias("row"), apart.alias("apart"), *packing.pack(codes)
        )
        entries = self._entries(packed.collect(), packing, statuses).with_columns(score.alias("score"))
        alone = entries["apart"].arg_true()
        entries = self._put_apart(entries, alone)
        results = self._ledger.results(entries, columns)
        return Scored(
            pl.concat([ids, results], how="horizontal"),
            tuple(ways),
            len(alone),
            self._ledger,
            entries["judgement"],
        )

    def _scores(self, ways: list[Way]) -> pl.Series:
        """The places of the scores in the ledger."""
        if self._ruleset.score is None:
            return pl.zeros(self._frame.height, dtype=pl.UInt32, eager=True)
        ways.append(Way(_SCORE, columns=False, reason="points are added up row by row"))
        numbers, verdicts = self._criteria.scores()
        places = [0 if verdict is None else self._ledger.score(verdict.score) for verdict in verdicts]
        return pl.Series(places, dtype=pl.UInt32).gather(numbers)

    def _entries(self, packed: pl.DataFrame, packing: Packing, statuses: Sequence[Statuses]) -> pl.DataFrame:
        """The places in the ledger of what the rows come to that are not evaluated by themselves."""
        different = packed.filter(~pl.col("apart")).select(packing.columns).unique(maintain_order=True)
        codes = [packing.unpack(row) for row in different.iter_rows()]
        signatures = [tuple(STATUSES[code] for code in row) for row in codes]
        known = different.with_columns(
            pl.Series("judgement", map(self._ledger.signature, signatures), dtype=pl.UInt32),
            pl.Series("open", [UNKNOWN in row for row in codes], dtype=pl.Boolean),
        )
        entries = packed.join(known, on=packing.columns, how="left", maintain_order="left").with_columns(
            pl.col("judgement").fill_null(0),
            pl.lit(0, pl.UInt32).alias("missing"),
            pl.lit(0, pl.UInt32).alias("violations"),
        )
        rows = entries.filter(pl.col("open") & ~pl.col("apart"))
        if rows.is_empty():
            return entries
        places = self._missing(rows, packing, statuses)
        return entries.with_columns(entries["missing"].scatter(rows["row"], places))

    def _missing(self, rows: pl.DataFrame, packing: Packing, statuses: Sequence[Statuses]) -> pl.Series:
        """The places in the ledger of the facts that rows are missing that have an unknown finding."""
        frame = self._criteria.scope.frame[rows["row"]]
        unknown = dict(unknown_paths(statuses))
        bits = Packing("unknown", len(unknown), 1)
        lists = {at: _missing_lists(each, at) for at, each in enumerate(statuses) if each.numbers is not None}
        keys = frame.select(
            pl.int_range(pl.len()).alias("row"), *bits.pack(list(unknown.values()))
        ).with_columns(
            *(rows[column] for column in packing.columns),
            *(of.gather(rows["row"]).alias(f"missing {at}") for at, (of, _) in lists.items()),
        )
        names = keys.columns[1:]
        different = keys.select(names).unique(maintain_order=True)
        places = []
        for row in different.iter_rows(named=True):
            codes = packing.unpack([row[column] for column in packing.columns])
            held = bits.unpack([row[column] for column in bits.columns])
            gone = {path for path, bit in zip(unknown, held, strict=True) if bit}
            given = {at: facts[row[f"missing {at}"]] for at, (_, facts) in lists.items()}
            places.append(self._missing_of(codes, gone, given, statuses))
        numbered = different.with_columns(pl.Series("place", places, dtype=pl.UInt32))
        return keys.join(numbered, on=names, how="left", maintain_order="left", nulls_equal=True)["place"]

    def _missing_of(
        self,
        codes: Sequence[int],
        gone: set[str],
        given: Mapping[int, tuple[str, ...]],
        statuses: Sequence[Statuses],
    ) -> int:
        findings = []
        for at, code in enumerate(codes):
            facts = given[at] if at in given else tuple(sorted(gone & statuses[at].reads.keys()))
            missing = facts if code == UNKNOWN else ()
            findings.append(Finding(self._ruleset.criteria[at], STATUSES[code], (), missing))
        judgement = self._ledger.judge.judge(tuple(finding.status for finding in findings))
        return self._ledger.missing(judgement.missing(findings))

    def _put_apart(self, entries: pl.DataFrame, alone: pl.Series) -> pl.DataFrame:
        """`entries` with what the rows come to that are evaluated by themselves."""
        if not len(alone):
            return entries
        rows = self._frame[alone].iter_rows(named=True)
        found = [entry_of(self._evaluator, self._ledger, row, self._day) for row in rows]
        columns = pl.DataFrame(found, schema=dict.fromkeys(Entry._fields, pl.UInt32), orient="row")
        return entries.with_columns(
            entries[name].scatter(alone, columns[name]).alias(name) for name in Entry._fields
        )


def _missing_lists(status: Statuses, at: int) -> tuple[pl.Series, list[tuple[str, ...]]]:
    """For each row, which list of missing facts its finding has that was found row by row, and the lists."""
    numbers: dict[tuple[str, ...], int] = {}
    of = [
        numbers.setdefault(() if verdict is None else verdict.findings[at].missing, len(numbers))
        for verdict in status.verdicts
    ]
    if status.numbers is None:
        raise TypeError("only what was found row by row has lists of its own")
    return pl.Series(of, dtype=pl.UInt32).gather(status.numbers), list(numbers)
