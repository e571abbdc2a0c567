"""A ruleset with what is needed to ask what it means: formulas to prove with, and an explorer to find records with."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from engine.analysis.proof import MAY_BE_TRUE, Formula, Reading, Truth, Verdicts, impossible
from engine.analysis.search import HOLDING, UNMET, Explorer
from engine.analysis.study import Study


class Subject(Study):
    """A study whose ruleset can be evaluated and reasoned about."""

    @cached_property
    def explorer(self) -> Explorer:
        """Finds records, on the last of the days on which a parameter changes."""
        explorer = Explorer(self, self.days[-1])
        # Most questions are about records on which all is well but for one thing.
        decision = self.ruleset.decision
        gates = [gate.criterion for gate in (*decision.cannot_evaluate, *decision.not_rated)]
        grounds = [name for ground in decision.grounds for name in ground.criteria]
        for rung in decision.ladder:
            well = dict.fromkeys((*gates, *grounds, *rung.criteria), HOLDING)
            explorer.seek(well)
            for name in well:
                explorer.seek({**well, name: UNMET})
        return explorer

    @cached_property
    def verdicts(self) -> tuple[Verdicts, ...]:
        """Formulas for each of the days on which a parameter changes."""
        return tuple(Verdicts(Reading(self, day)) for day in self.days)

    def never(self, formula: Callable[[Verdicts], Formula], truth: Truth = MAY_BE_TRUE) -> bool:
        """Whether a formula is proved never to have a truth value, on any day."""
        return all(impossible(formula(verdicts), truth) for verdicts in self.verdicts)
