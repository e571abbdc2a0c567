"""Shares of a list: how many of it are women, young, from elsewhere. They are reported and enter no outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from engine.canonical import canonical, tagged
from engine.cohort.expressions import compile_texts
from engine.feel import Unknown
from engine.verdict import Verdict


class MixedRulesetsError(ValueError):
    """The members of a list were judged by several rulesets, so that one fact may mean several things."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each value of an expression occurs in a list.

    Attributes:
        expression: what was counted.
        counts: each value that occurs and how often, the most frequent first, then in canonical order.
        unknown: how many of the list do not state it; they are part of no share.
    """

    expression: str
    counts: tuple[tuple[object, int], ...]
    unknown: int

    @property
    def known(self) -> int:
        """How many of the list state it."""
        return sum(count for _, count in self.counts)

    def count(self, value: object) -> int:
        """How many have `value`."""
        return next((count for found, count in self.counts if found == value), 0)

    def share(self, value: object) -> Fraction | None:
        """The share that have `value`, of those who state it; None where nobody does."""
        return Fraction(self.count(value), self.known) if self.known else None

    def range(self, value: object) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest share that `value` can have once all state it; None of an empty list."""
        total = self.known + self.unknown
        if not total:
            return None
        return Fraction(self.count(value), total), Fraction(self.count(value) + self.unknown, total)


def shares(members: Iterable[Verdict], expression: str) -> Shares:
    """How often each value of `expression` occurs among `members`.

    Facts that are marked as sensitive may be counted here, and only here.

    Args:
        members: the verdicts on the list, all by one ruleset.
        expression: a fact, such as ``gender``, or FEEL over facts, such as ``age < 40``.

    Raises:
        MixedRulesetsError: they were judged by several rulesets.
        FeelSyntaxError: the expression does not parse.
        FeelLimitError: it passed a limit of the language.
    """
    verdicts = tuple(members)
    rulesets = {verdict.ruleset.digest: verdict.ruleset for verdict in verdicts}
    if len(rulesets) > 1:
        names = ", ".join(sorted(f"{ruleset.id} {ruleset.version}" for ruleset in rulesets.values()))
        raise MixedRulesetsError(f"the list was judged by several rulesets: {names}")
    counts: Counter[bytes] = Counter()
    values: dict[bytes, object] = {}
    unknown = 0
    for ruleset in rulesets.values():
        program = compile_texts(ruleset, [expression])
        for verdict in verdicts:
            (value,) = program.run(verdict.values)
            if value is None or isinstance(value, Unknown):
                unknown += 1
            else:
                key = canonical(tagged(value))
                counts[key] += 1
                values.setdefault(key, value)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Shares(expression, tuple((values[key], count) for key, count in ordered), unknown)
