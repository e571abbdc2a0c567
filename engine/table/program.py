"""A ruleset made into columns for tables of one form, and the run of it over their pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from engine.evaluation import Evaluator
from engine.findings import Finding
from engine.ruleset.score import SCORE
from engine.table.criteria import STATUSES, UNKNOWN, Criteria, Statuses, Way, unknown_paths
from engine.table.ledger import TOLD, Entry, Ledger
from engine.table.packing import Lookup, Packing
from engine.table.rows import Bounds, Scope, Tape
from engine.table.rowwise import Parts, entry_of
from engine.table.values import NotColumnarError

_APART: Final = "apart"
_ROW: Final = "row"


class Program:
    """The criteria of a ruleset as columns, for tables whose columns are those of one piece.

    Attributes:
        ways: how each criterion is evaluated, and the score.
    """

    def __init__(
        self, evaluator: Evaluator, ledger: Ledger, day: date, frame: pl.DataFrame, seen: dict[str, Bounds]
    ) -> None:
        """Make the columns, of a piece that stays loaded until `entries` is asked for it.

        Args:
            evaluator: of the ruleset.
            ledger: where is entered what rows come to.
            day: the date of the evaluation.
            frame: the piece, only of columns that state facts.
            seen: what is known of the columns of pieces before; what is seen in this one is added.
        """
        self._evaluator, self._ledger, self._day = evaluator, ledger, day
        self._ruleset = evaluator.ruleset
        self._tape = Tape(seen)
        self._scope = Scope(self._tape)
        self._scope.load(frame)
        self._loaded: pl.DataFrame | None = frame
        criteria = Criteria(evaluator, ledger, self._scope, day)
        criteria.check_facts()
        found = [criteria.statuses(criterion) for criterion in self._ruleset.criteria]
        self._statuses, ways = [each for each, _ in found], [way for _, way in found]
        self._scores: Parts | None = None
        self._points: dict[str, pl.Expr] = {}
        if self._ruleset.score is not None:
            try:
                self._points = criteria.points()
                ways.append(Way(SCORE, columns=True))
            except NotColumnarError as reason:
                ways.append(Way(SCORE, columns=False, reason=str(reason)))
                self._scores = criteria.scores()
        self._scope.settle()
        self.ways = tuple(ways)
        self._codes = Packing("statuses", [each.code.bits for each in self._statuses])
        apart = reduce(or_, self._scope.apart, pl.lit(value=False)).fill_null(value=False)
        packed = self._codes.pack([each.code.expr for each in self._statuses])
        self._selected = [apart.alias(_APART), *packed, pl.int_range(pl.len()).alias(_ROW)]
        self._judgements = Lookup(
            self._codes.columns, {"judgement": pl.UInt32(), "open": pl.Boolean()}, self._judgement
        )
        self._missing = _Missing(ledger, self._statuses, self._codes)

    def entries(self, frame: pl.DataFrame, columns: Sequence[str] | None) -> tuple[pl.DataFrame, int]:
        """What the rows of a piece come to, and how many were evaluated by themselves.

        What they come to are places in the ledger, and of the score and its parts, where they are columns, the texts.

        Args:
            frame: the piece.
            columns: those of the results that are wanted; all without it.

        Raises:
            StaleError: the piece has what the program does not reckon with.
        """
        try:
            if self._loaded is not frame:
                self._scope.load(frame)
                self._tape.repeat()
            return self._entries(frame, columns)
        finally:
            self._loaded = None
            self._scope.release()

    def _entries(self, frame: pl.DataFrame, columns: Sequence[str] | None) -> tuple[pl.DataFrame, int]:
        packed = self._scope.frame.select(self._selected)
        keys = packed.select(
            pl.when(~pl.col(_APART)).then(pl.col(column)).alias(column) for column in self._codes.columns
        )
        if not packed[_APART].any():
            keys = packed.select(self._codes.columns)
        known = self._judgements.of(keys)
        alone = known["judgement"].is_null().arg_true()
        nothing = pl.zeros(frame.height, dtype=pl.UInt32, eager=True)
        entries = pl.DataFrame(
            {
                "judgement": known["judgement"].fill_null(0),
                "missing": self._missing.places(
                    self._scope.frame, keys, known["open"].fill_null(value=False), nothing
                ),
                "score": nothing if self._scores is None else self._score_places(self._scores),
                "violations": nothing,
            }
        )
        entries = self._put_apart(entries, frame, alone)
        wanted = [text for name, text in self._points.items() if columns is None or name in columns]
        return self._with_points(entries, wanted, alone), len(alone)

    def _judgement(self, held: tuple[int, ...]) -> tuple[int, bool]:
        codes = self._codes.unpack(held)
        return self._ledger.signature(tuple(STATUSES[code] for code in codes)), UNKNOWN in codes

    def _score_places(self, parts: Parts) -> pl.Series:
        places = [0 if part is None else part.score for part in parts.found]
        return parts.gathered(pl.Series(places, dtype=pl.UInt32))

    def _with_points(
        self, entries: pl.DataFrame, wanted: Sequence[pl.Expr], alone: pl.Series
    ) -> pl.DataFrame:
        """`entries` with the texts of points; of rows that were evaluated by themselves the ledger has them."""
        if not wanted:
            return entries
        texts = self._scope.frame.select(*wanted, pl.int_range(pl.len()).alias(_ROW)).drop(_ROW)
        if len(alone):
            own = self._ledger.results(entries[alone], texts.columns)
            texts = texts.with_columns(texts[name].scatter(alone, own[name]) for name in texts.columns)
        return entries.hstack(texts.select(pl.all().name.prefix(TOLD)))

    def _put_apart(self, entries: pl.DataFrame, frame: pl.DataFrame, alone: pl.Series) -> pl.DataFrame:
        """`entries` with what the rows come to that are evaluated by themselves."""
        if not len(alone):
            return entries
        rows = frame[alone].iter_rows(named=True)
        found = [entry_of(self._evaluator, self._ledger, row, self._day) for row in rows]
        columns = pl.DataFrame(found, schema=dict.fromkeys(Entry._fields, pl.UInt32), orient="row")
        return entries.with_columns(
            entries[name].scatter(alone, columns[name]).alias(name) for name in Entry._fields
        )


class _Missing:
    """The facts that rows are missing that have an unknown finding."""

    def __init__(self, ledger: Ledger, statuses: Sequence[Statuses], codes: Packing) -> None:
        self._ledger, self._statuses, self._codes = ledger, statuses, codes
        self._unknown = dict(unknown_paths(statuses))
        roots = (each.meta.root_names() for each in self._unknown.values())
        self._looked_at = list(dict.fromkeys(name for names in roots for name in names))
        self._bits = Packing("unknown", [1] * len(self._unknown))
        self._given = {at: parts for at, each in enumerate(statuses) if (parts := each.parts) is not None}
        self._lists: dict[tuple[str, ...], int] = {(): 0}  # of facts, which findings row by row are missing
        self._names = {at: f"missing {at}" for at in self._given}
        self._places = Lookup(
            [*codes.columns, *self._bits.columns, *self._names.values()], {"place": pl.UInt32()}, self._place
        )

    def places(
        self, frame: pl.DataFrame, keys: pl.DataFrame, open_: pl.Series, nothing: pl.Series
    ) -> pl.Series:
        """For each row the place in the ledger of the facts that it is missing.

        Args:
            frame: the rows, with the columns that were made of them.
            keys: what the criteria say of them, packed.
            open_: which of them have an unknown finding.
            nothing: the place of no facts, for each of them.
        """
        if not open_.any():
            return nothing
        row = pl.int_range(pl.len()).alias(_ROW)  # so that there are rows where no column is looked at
        rows = frame.select(*self._looked_at, row).filter(open_)
        held = rows.select(*self._bits.pack(list(self._unknown.values())), row)
        given = [self._given_lists(at).filter(open_) for at in self._given]
        asked = pl.concat([keys.filter(open_), held.drop(_ROW), pl.DataFrame(given)], how="horizontal")
        return nothing.clone().scatter(open_.arg_true(), self._places.of(asked)["place"])

    def _given_lists(self, at: int) -> pl.Series:
        """For each row, which list of missing facts the finding at `at` has, which was found row by row."""
        parts = self._given[at]
        numbers = [
            self._lists.setdefault(() if part is None else part.missing.get(at, ()), len(self._lists))
            for part in parts.found
        ]
        return parts.gathered(pl.Series(numbers, dtype=pl.Int64)).alias(self._names[at])

    def _place(self, held: tuple[int, ...]) -> tuple[int]:
        first, second = len(self._codes.columns), len(self._codes.columns) + len(self._bits.columns)
        codes = self._codes.unpack(held[:first])
        bits = self._bits.unpack(held[first:second])
        gone = {path for path, bit in zip(self._unknown, bits, strict=True) if bit}
        lists = list(self._lists)
        given = {at: lists[number] for at, number in zip(self._given, held[second:], strict=True)}
        return (self._missing_of(codes, gone, given),)

    def _missing_of(self, codes: Sequence[int], gone: set[str], given: Mapping[int, tuple[str, ...]]) -> int:
        criteria = self._ledger.ruleset.criteria
        findings = []
        for at, code in enumerate(codes):
            if code == UNKNOWN:
                facts = given[at] if at in given else tuple(sorted(gone & self._statuses[at].reads.keys()))
                findings.append(Finding(criteria[at], STATUSES[code], (), facts))
        return self._ledger.missing_of(tuple(STATUSES[code] for code in codes), findings)
