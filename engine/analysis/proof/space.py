"""Looks through every way the terms of a formula may be, and so proves what cannot be.

First criteria are assumed to hold or not, one after the other, as long as the formula and the criteria among
themselves allow it; only what is left then is a matter of the terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from engine.analysis.proof.domains import Term, Value
from engine.analysis.proof.formulas import (
    MAY_BE_FALSE,
    MAY_BE_NULL,
    MAY_BE_TRUE,
    TRUE,
    All,
    Choice,
    Compare,
    Formula,
    Holds,
    Not,
    Truth,
    all_of,
    comparisons_in,
)

MAX_STEPS: Final = 4_000  # values given to terms, and assumptions about criteria, before a proof is given up
_SURE: Final = (MAY_BE_TRUE, MAY_BE_FALSE, MAY_BE_NULL)


class Undecided(Exception):  # noqa: N818 - an answer, not a mistake
    """There are too many ways to look through."""


class _Budget:
    """Counts the steps of one proof."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def spend(self) -> None:
        """Take a step.

        Raises:
            Undecided: after `MAX_STEPS`.
        """
        self._left -= 1
        if self._left < 0:
            raise Undecided


def impossible(formula: Formula, truth: Truth) -> bool:
    """Whether it is proved that a formula never has a truth value."""
    try:
        return not _Assumptions(formula, truth).any()
    except Undecided:
        return False


class _Assumptions:
    """The criteria of a formula, each assumed to hold or not to hold."""

    def __init__(self, formula: Formula, wanted: Truth) -> None:
        self._formula, self._wanted = formula, wanted
        self._budget = _Budget()

    def any(self) -> bool:
        """Whether there may be a way for the formula to be as wanted.

        Raises:
            Undecided: after `MAX_STEPS`.
        """
        return self._search({}, ())

    def _search(self, values: dict[Term, Value], assumed: tuple[Formula, ...]) -> bool:
        possible = self._formula.possible(values)
        if not possible & self._wanted:
            return False
        if possible == self._wanted:
            return True
        open_ = _open_criterion(self._formula, values)
        if open_ is None:
            return _go_together(_as_wanted(self._formula, self._wanted), assumed, self._budget)
        for holds in (True, False):
            self._budget.spend()
            assumption = open_ if holds else Not(open_)
            if _go_together(assumption, assumed, self._budget) and self._search(
                {**values, open_.term: holds}, (assumption, *assumed)
            ):
                return True
        return False


def _as_wanted(formula: Formula, wanted: Truth) -> Formula:
    """A formula that is true where another has a truth value."""
    if wanted == MAY_BE_TRUE:
        return formula
    return Not(formula) if wanted == MAY_BE_FALSE else TRUE  # of null nothing is proved from the terms


def _go_together(formula: Formula, others: tuple[Formula, ...], budget: _Budget) -> bool:
    """Whether a formula may be true together with those others that speak of its terms, or of theirs."""
    together, terms, waiting = [formula], set(_terms(formula)), list(others)
    while found := [each for each in waiting if not terms.isdisjoint(_terms(each))]:
        together += found
        terms.update(*map(_terms, found))
        waiting = [each for each in waiting if each not in found]
    return _Space(all_of(*together), budget).any()


@lru_cache(maxsize=10_000)
def _terms(formula: Formula) -> frozenset[Term]:
    return frozenset(comparison.term for comparison in comparisons_in(formula))


class _Space:
    """The terms of a formula and their cells."""

    def __init__(self, formula: Formula, budget: _Budget) -> None:
        self._formula, self._budget = formula, budget
        asked: dict[Term, list[Compare]] = {}
        for comparison in comparisons_in(formula):
            asked.setdefault(comparison.term, []).append(comparison)
        self._cells = {
            term: tuple(dict.fromkeys(term.domain.cells(each.constant for each in those)))
            for term, those in asked.items()
        }

    def any(self) -> bool:
        """Whether values of the terms make the formula true.

        Raises:
            Undecided: after `MAX_STEPS`.
        """
        return self._search({})

    def _search(self, values: dict[Term, Value]) -> bool:
        possible = self._formula.possible(values)
        if not possible & MAY_BE_TRUE:
            return False
        open_ = None if possible == MAY_BE_TRUE else _open_term(self._formula, values)
        if open_ is None:
            return True
        for value in self._cells[open_]:
            self._budget.spend()
            values[open_] = value
            if self._search(values):
                return True
            del values[open_]
        return False


def _parts(formula: Formula) -> tuple[Formula, ...]:
    match formula:
        case Not(part) | Holds(_, part):
            return (part,)
        case All(parts):
            return parts
        case Choice(condition, consequence, alternative):
            return condition, consequence, alternative
    return ()


def _open_term(formula: Formula, values: Mapping[Term, Value]) -> Term | None:
    """A term without a value on which the formula still hangs."""
    if isinstance(formula, Compare):
        return None if formula.term in values else formula.term
    for part in _parts(formula):
        if part.possible(values) not in _SURE and (found := _open_term(part, values)) is not None:
            return found
    return None


def _open_criterion(formula: Formula, values: Mapping[Term, Value]) -> Holds | None:
    """A criterion of which nothing is assumed and on which the formula still hangs."""
    if isinstance(formula, Holds):
        return None if formula.term in values else formula
    for part in _parts(formula):
        if part.possible(values) not in _SURE and (found := _open_criterion(part, values)) is not None:
            return found
    return None
