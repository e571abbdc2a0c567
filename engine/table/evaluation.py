"""Rulesets applied to whole tables: the same verdicts as for each record by itself, found together (design, 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from engine.evaluation import evaluator_of
from engine.judgement import Judgement
from engine.judging import Judge
from engine.ruleset.ruleset import Ruleset
from engine.table.criteria import Way
from engine.table.layout import as_frame
from engine.table.ledger import Ledger
from engine.table.program import Program
from engine.table.rows import Bounds, StaleError

NO_LISTS: Final[Mapping[str, pl.DataFrame]] = MappingProxyType({})
MAX_ENTRIES: Final = 100_000  # judgements, lists of missing facts and the like, kept from piece to piece
MAX_FORMS: Final = 16  # columns and types of tables that a program is kept for


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
        return self._ledger.findings(self._places)

    @property
    def refused(self) -> int:
        """How many rows state something wrong."""
        return int((self._places == 0).sum())

    def of_judgements(
        self, tell: Callable[[Judgement], object], dtype: DataType | DataTypeClass
    ) -> pl.Series:
        """What `tell` says of the judgement of each row; null in a row that is refused.

        It is asked once for each different combination of statuses, of which a million rows have some thousand, and
        where it is the same function not again of the next piece. So this is the way to anything that follows from
        the judgement and has no column: sentences, a proof, a set.

        Args:
            tell: makes the value of a row from its judgement.
            dtype: of the values.
        """
        return self._ledger.told_by(tell, self._places, dtype)


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
        self._day = evaluated_on
        self._begin()

    def _begin(self) -> None:
        self._ledger = Ledger(self._evaluator.ruleset, self._judge)
        self._forms: dict[_Form, _Prepared] = {}

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
            self._begin()
        program, (entries, alone) = self._run(stated, columns)
        ids = frame.select([id] if id else [])
        results = self._ledger.results(entries, columns)
        found = pl.concat([ids, results], how="horizontal")
        return Scored(found, program.ways, alone, self._ledger, entries["judgement"])

    def _run(
        self, frame: pl.DataFrame, columns: Sequence[str] | None
    ) -> tuple[Program, tuple[pl.DataFrame, int]]:
        form = tuple(frame.schema.items())
        prepared = self._forms.get(form)
        if prepared is not None:
            with suppress(StaleError):
                return prepared.program, prepared.program.entries(frame, columns)
        elif len(self._forms) >= MAX_FORMS:
            self._forms.clear()
        seen = {} if prepared is None else prepared.seen
        program = Program(self._evaluator, self._ledger, self._day, frame, seen)
        self._forms[form] = _Prepared(program, seen)
        return program, program.entries(frame, columns)

    def schema(self, columns: Sequence[str] | None = None) -> dict[str, pl.DataType]:
        """The columns of the results without the id, and their types."""
        return dict(self._ledger.empty(columns).schema)


class _Prepared(NamedTuple):
    """The program for tables of one form, and what was seen in them."""

    program: Program
    seen: dict[str, Bounds]


_Form = tuple[tuple[str, pl.DataType], ...]
_judge_of = lru_cache(maxsize=64)(Judge)
"""Kept for each ruleset: most of what a table costs the first time is to judge signatures that nobody has had yet."""
