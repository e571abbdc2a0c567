"""Looks through every way the terms of a formula may be, and so proves what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.analysis.proof.domains import Term, Value
from engine.analysis.proof.formulas import All, Choice, Compare, Formula, Not, Settled, Truth, comparisons_in

_SURE: Final = (Truth.TRUE, Truth.FALSE, Truth.NULL)
MAX_STEPS: Final = 20_000  # values given to terms before a proof is given up


class Undecided(Exception):  # noqa: N818 - an answer, not a mistake
    """There are too many ways to look through."""


class Space:
    """The terms of a formula and their cells."""

    def __init__(self, formula: Formula) -> None:
        self._formula = formula
        tests: dict[Term, list[Compare]] = {}
        for test in comparisons_in(formula):
            tests.setdefault(test.term, []).append(test)
        self._cells = {
            term: tuple(dict.fromkeys(term.domain.cells(test.constant for test in those)))
            for term, those in tests.items()
        }

    def find(self, wanted: Truth) -> dict[Term, Value] | None:
        """Values of terms with which the formula has the wanted truth value; None where there are none: a proof.

        Raises:
            Undecided: after `MAX_STEPS`.
        """
        self._steps = 0
        values: dict[Term, Value] = {}
        return values if self._search(values, wanted) else None

    def _search(self, values: dict[Term, Value], wanted: Truth) -> bool:
        possible = self._formula.possible(values)
        if not possible & wanted:
            return False
        open_ = _open(self._formula, values)
        if possible == wanted or open_ is None:
            return True
        for value in self._cells[open_]:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise Undecided
            values[open_] = value
            if self._search(values, wanted):
                return True
            del values[open_]
        return False


def _open(formula: Formula, values: Mapping[Term, Value]) -> Term | None:
    """A term without a value on which the formula still hangs."""
    match formula:
        case Compare(term):
            return None if term in values else term
        case Not(part) | Settled(part):
            return _open(part, values)
        case All(parts):
            below: tuple[Formula, ...] = parts
        case Choice(condition, consequence, alternative):
            below = (condition, consequence, alternative)
        case _:
            return None
    for part in below:
        if part.possible(values) not in _SURE and (found := _open(part, values)) is not None:
            return found
    return None


def impossible(formula: Formula, truth: Truth) -> bool:
    """Whether it is proved that a formula never has a truth value."""
    try:
        return Space(formula).find(truth) is None
    except Undecided:
        return False
