"""A ruleset with what is needed to ask what it means: formulas to prove with, and an explorer to find records with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from engine.analysis.proof import MAY_BE_TRUE, Formula, Reading, Truth, Verdicts, impossible
from engine.analysis.search import Explorer
from engine.analysis.study import Study


class Subject(Study):
    """A study whose ruleset can be evaluated and reasoned about."""

    @cached_property
    def explorer(self) -> Explorer:
        """Finds records, on the last of the days on which a parameter changes."""
        return Explorer(self, self.days[-1])

    @cached_property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """Formulas for each of the days on which a parameter changes."""
        return tuple(Verdicts(Reading(self, day)) for day in self.days)

    def never(self, formula: Callable[[Verdicts], Formula], truth: Truth = MAY_BE_TRUE) -> bool:
        """Whether a formula is proved never to have a truth value, on any day."""
        return all(impossible(formula(verdicts), truth) for verdicts in self.verdicts)
