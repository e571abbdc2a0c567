"""By which ruleset each row is judged: one for all, or the one whose selector is true of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple, Protocol

import polars as pl

from clients.score.binding import Binding
from clients.score.leaves import leaves_of
from clients.score.mapping import ColumnMapping
from clients.score.problems import Problem, ScoreError
from clients.score.reading import Row
from clients.score.reading.table import Block
from clients.score.sources import Source
from engine import Catalogue, Ruleset, SelectionError


class Ruled(NamedTuple):
    """Rows of a block by one ruleset, or by none.

    Attributes:
        ruleset: that they are judged by; None where there is none, or several.
        places: of the rows in the block.
        problems: why there is none.
    """

    ruleset: Ruleset | None
    places: pl.Series
    problems: tuple[Problem, ...] = ()


class Rulings(Protocol):
    """Says by which ruleset rows are judged.

    Attributes:
        rulesets: those that may be.
    """

    rulesets: tuple[Ruleset, ...]

    def mapping_of(self, ruleset: Ruleset) -> ColumnMapping:
        """The part of the mapping that a ruleset can use."""
        ...

    def bind(self, source: Source) -> None:
        """Make a file ready.

        Raises:
            ScoreError: nothing in it can be judged.
        """
        ...

    def rule(self, source: Source, block: Block, places: pl.Series) -> Iterator[Ruled]:
        """By which ruleset the rows of a block at `places` are judged; each row once."""
        ...


class OneForAll:
    """One ruleset judges every row; rows that it is not for are rejected by it."""

    def __init__(self, ruleset: Ruleset, mapping: ColumnMapping) -> None:
        """Make it ready.

        Raises:
            ScoreError: the mapping is for another ruleset.
        """
        if mapping.ruleset and mapping.ruleset != ruleset.id:
            raise ScoreError(f"the mapping is for {mapping.ruleset}, not for {ruleset.id}")
        self.rulesets: tuple[Ruleset, ...] = (ruleset,)
        self._mapping = mapping

    def mapping_of(self, ruleset: Ruleset) -> ColumnMapping:  # noqa: ARG002 - there is but one
        """See `Rulings`."""
        return self._mapping

    def bind(self, source: Source) -> None:
        """See `Rulings`."""
        source.binding(self.rulesets[0])

    def rule(self, source: Source, block: Block, places: pl.Series) -> Iterator[Ruled]:  # noqa: ARG002 - for all
        """See `Rulings`."""
        yield Ruled(self.rulesets[0], places)


class BySelector:
    """Each row is judged by the one ruleset of a catalogue, in effect on the day, whose selector is true of it."""

    def __init__(self, catalogue: Catalogue, day: date, mapping: ColumnMapping) -> None:
        """Make it ready.

        Raises:
            ScoreError: the mapping is for one ruleset, or states a fact that none of these has.
        """
        if mapping.ruleset:
            raise ScoreError(
                f"the mapping is for {mapping.ruleset} alone: name that ruleset, or take `ruleset` out of the mapping"
            )
        self._catalogue = catalogue
        self._day = day
        self._mapping = mapping
        in_effect = [each for each in catalogue.list() if each.selects is not None and day in each.effective]
        if not in_effect:
            raise ScoreError(f"no ruleset says by a selector whom it is for on {day}: name one")
        self.rulesets = tuple(in_effect)
        self._leaves = {each: leaves_of(each) for each in in_effect}
        known = set[str]().union(*self._leaves.values())
        for name, column in mapping.columns.items():
            if column.fact not in known:
                raise ScoreError(
                    f"column '{name}': none of the {len(in_effect)} rulesets on {day} has a fact '{column.fact}'"
                )
        self._asked: dict[Source, tuple[Binding, ...]] = {}

    def mapping_of(self, ruleset: Ruleset) -> ColumnMapping:
        """See `Rulings`."""
        return self._mapping.within(self._leaves[ruleset])

    def bind(self, source: Source) -> None:
        """See `Rulings`."""
        found: list[Binding] = []
        for ruleset in self.rulesets:
            with suppress(ScoreError):  # nothing in the file is for it
                found.append(source.binding(ruleset))
        if not found:
            source.binding(self.rulesets[0])  # which says what is wrong
        self._asked[source] = tuple(found)

    def rule(self, source: Source, block: Block, places: pl.Series) -> Iterator[Ruled]:
        """See `Rulings`."""
        bindings = self._asked[source]
        columns = list(dict.fromkeys(name for each in bindings for name in each.selector_columns))
        numbers = places.to_list()
        known: dict[object, int] = {}
        answers: list[tuple[Ruleset | None, tuple[Problem, ...]]] = []
        which: list[int] = []
        for row in block.rows(numbers, columns):
            # Whole records are each their own; of columns, the few combinations that there are.
            key = tuple(map(_key, row.cells.values())) if columns else row.number
            number = known.setdefault(key, len(answers))
            if number == len(answers):
                answers.append(self._answer(row, bindings))
            which.append(number)
        answer_of = pl.Series(which, dtype=pl.Int64)
        for number, (ruleset, problems) in enumerate(answers):
            yield Ruled(ruleset, places.filter(answer_of == number), problems)

    def _answer(self, row: Row, bindings: Sequence[Binding]) -> tuple[Ruleset | None, tuple[Problem, ...]]:
        record: dict[str, object] = {}
        wrong: list[Problem] = []
        for binding in bindings:
            facts, problems = binding.bind_selector(row)
            _merge(record, facts)
            wrong += problems
        try:
            return self._catalogue.select(record, self._day), ()
        except SelectionError as error:
            if wrong:
                return None, tuple(wrong[:1])
            if error.found:
                names = ", ".join(f"{each.id} {each.version}" for each in error.found)
                return None, (Problem("several_rulesets", details={"names": names}),)
            asks = dict.fromkeys(name for each in self.rulesets for name in sorted(each.selects_reads))
            return None, (Problem("no_ruleset", details={"facts": ", ".join(asks)}),)


def _key(cell: object) -> object:
    return cell if isinstance(cell, str) or cell is None else (cell.__class__, repr(cell))


def _merge(record: dict[str, object], facts: Mapping[str, object]) -> None:
    """Add what `record` does not state yet."""
    for name, value in facts.items():
        inner = record.setdefault(name, value)
        if isinstance(inner, dict) and isinstance(value, Mapping) and inner is not value:
            _merge(inner, value)
