"""Conditions as formulas over terms, with the three truth values of the language.

A formula says of a part of the terms' values which truth values it may still have. What it gives is never too little:
terms that hang together in truth are taken as free of each other. So that a value is impossible here is a proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from engine.analysis.proof.domains import Term, Truths, Value

Truth: TypeAlias = int
"""A set of truth values, as bits: plain numbers, since millions of them are put together."""

MAY_BE_TRUE: Final = 1
MAY_BE_FALSE: Final = 2
MAY_BE_NULL: Final = 4
ANY: Final = MAY_BE_TRUE | MAY_BE_FALSE | MAY_BE_NULL
Operator: TypeAlias = Literal["=", "<", "<=", ">", ">="]
Assignment: TypeAlias = Mapping[Term, Value]


@dataclass(frozen=True, slots=True)
class Known:
    """One of some truth values, whatever the terms are."""

    truth: Truth

    def possible(self, _: Assignment) -> Truth:
        """Which truth values it may have."""
        return self.truth


@dataclass(frozen=True, slots=True)
class Compare:
    """A term compared with a constant; a term that is a truth value compared with true stands for itself.

    Attributes:
        term: what is compared.
        operator: how.
        constant: with what; null only for ``=``.
        said: the comparison as its author wrote it, or an empty string.
    """

    term: Term
    operator: Operator
    constant: Value
    said: str = ""

    def possible(self, values: Assignment) -> Truth:
        """Which truth values it may have."""
        return self.of(values[self.term]) if self.term in values else ANY

    def of(self, value: Value) -> Truth:
        """Its truth value where the term has a value."""
        if self.operator == "=":
            if isinstance(self.constant, bool) and value is None:
                return MAY_BE_NULL  # a truth value that stands for itself
            return (
                MAY_BE_TRUE if value == self.constant and type(value) is type(self.constant) else MAY_BE_FALSE
            )
        if not isinstance(value, Fraction) or not isinstance(self.constant, Fraction):
            return MAY_BE_NULL
        match self.operator:
            case "<":
                holds = value < self.constant
            case "<=":
                holds = value <= self.constant
            case ">":
                holds = value > self.constant
            case _:
                holds = value >= self.constant
        return MAY_BE_TRUE if holds else MAY_BE_FALSE


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; null stays null."""

    part: Formula

    def possible(self, values: Assignment) -> Truth:
        """Which truth values it may have."""
        return _negated(self.part.possible(values))


@dataclass(frozen=True, slots=True)
class All:
    """True where all parts are."""

    parts: tuple[Formula, ...]

    def possible(self, values: Assignment) -> Truth:
        """Which truth values it may have."""
        found = 0
        true = null = True
        some_null = False
        for part in self.parts:
            may = part.possible(values)
            if may == MAY_BE_FALSE:
                return MAY_BE_FALSE
            found |= may & MAY_BE_FALSE
            true = true and bool(may & MAY_BE_TRUE)
            null = null and bool(may & ~MAY_BE_FALSE)
            some_null = some_null or bool(may & MAY_BE_NULL)
        if true:
            found |= MAY_BE_TRUE
        if null and some_null:
            found |= MAY_BE_NULL
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """``if condition then … else …``; a condition that is null counts as not true."""

    condition: Formula
    consequence: Formula
    alternative: Formula

    def possible(self, values: Assignment) -> Truth:
        """Which truth values it may have."""
        condition = self.condition.possible(values)
        found = 0
        if condition & MAY_BE_TRUE:
            found |= self.consequence.possible(values)
        if condition & ~MAY_BE_TRUE:
            found |= self.alternative.possible(values)
        return found


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a criterion holds, an unknown finding taken as one or the other; so it is true or false.

    Attributes:
        criterion: its name.
        part: when it holds.
        unknown: what null counts as.
    """

    criterion: str
    part: Formula
    unknown: bool

    @property
    def term(self) -> Term:
        """What a value is given to where it is assumed that the criterion holds, or that it does not."""
        return Term(f"{self.criterion} holds, unknown {self.unknown}", Truths(nullable=False))

    def possible(self, values: Assignment) -> Truth:
        """Which truth values it may have."""
        if self.term in values:
            return MAY_BE_TRUE if values[self.term] else MAY_BE_FALSE
        may = self.part.possible(values)
        if may & MAY_BE_NULL:
            may = may & ~MAY_BE_NULL | (MAY_BE_TRUE if self.unknown else MAY_BE_FALSE)
        return may


Formula: TypeAlias = Known | Compare | Not | All | Choice | Holds

TRUE: Final = Known(MAY_BE_TRUE)
FALSE: Final = Known(MAY_BE_FALSE)


def all_of(*parts: Formula) -> Formula:
    """True where all are; of none, true."""
    return parts[0] if len(parts) == 1 else All(parts)


def any_of(*parts: Formula) -> Formula:
    """True where one of them is; of none, false."""
    return Not(All(tuple(map(Not, parts))))


def comparisons_in(formula: Formula) -> Iterator[Compare]:
    """The comparisons of a formula, in its order."""
    match formula:
        case Compare():
            yield formula
        case Not(part) | Holds(_, part):
            yield from comparisons_in(part)
        case All(parts):
            for part in parts:
                yield from comparisons_in(part)
        case Choice(condition, consequence, alternative):
            for part in (condition, consequence, alternative):
                yield from comparisons_in(part)


def _negated(truth: Truth) -> Truth:
    found = truth & MAY_BE_NULL
    if truth & MAY_BE_TRUE:
        found |= MAY_BE_FALSE
    if truth & MAY_BE_FALSE:
        found |= MAY_BE_TRUE
    return found
