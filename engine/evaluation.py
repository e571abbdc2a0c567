"""The way of a record: facts, findings, conclusions, verdict (design, section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from engine.facts import FactsReader
from engine.findings import Finder, Finding, Found
from engine.foresight import foresee
from engine.judgement import Judgement
from engine.judging import Judge
from engine.ruleset.ruleset import Ruleset
from engine.scores import score_of
from engine.verdict import ChosenBy, Verdict

MAX_EVALUATORS: Final = 1_024  # rulesets kept ready at once
MAX_DAYS: Final = 1_024  # of which a ruleset's parameters are kept ready
NOTHING_FED: Final[Mapping[str, object]] = MappingProxyType({})


class Evaluator:
    """Evaluates records against one ruleset. Safe to use from many threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Make `ruleset` ready.

        Raises:
            InferenceLimitError: its decision is larger than forward chaining is safe with.
        """
        self.ruleset = ruleset
        self._read = FactsReader(ruleset.facts).read
        self._run = ruleset.program.judge
        self._judge = Judge(ruleset).judge
        self._find = Finder(ruleset).find
        self._parameters = lru_cache(MAX_DAYS)(lambda day: dict(ruleset.parameters_on(day)))

    def evaluate(
        self,
        record: Mapping[str, object],
        evaluated_on: date,
        chosen_by: ChosenBy = ChosenBy.VERSION,
        fed: Mapping[str, object] = NOTHING_FED,
        foresight: bool = False,
    ) -> Verdict:
        """The verdict on `record` as of `evaluated_on`.

        Args:
            record: the raw record.
            evaluated_on: the date of the evaluation.
            chosen_by: how the ruleset was chosen.
            fed: typed values of facts that come from other verdicts, in place of what the record says.
            foresight: also find out what would move it, which takes hundreds of evaluations.

        Raises:
            RecordError: the record is not usable; with every violation.
            FeelLimitError: a criterion passed a limit of the language.
        """
        values = self._read(record)
        if fed:
            values |= fed
        values.update(self._parameters(evaluated_on))
        found, judgement = self._judged(values)
        ahead = foresee(self.ruleset, self.judge, values, evaluated_on) if foresight else None
        score = None if self.ruleset.score is None else score_of(self.ruleset, values)
        return Verdict(self.ruleset, evaluated_on, chosen_by, values, found, judgement, ahead, score)

    def judge(self, values: Mapping[str, object]) -> tuple[tuple[Finding, ...], Judgement]:
        """The findings on typed `values`, facts and parameters by name, and what follows from them.

        Raises:
            FeelLimitError: a criterion passed a limit of the language.
        """
        found, judgement = self._judged(values)
        return found.findings, judgement

    def _judged(self, values: Mapping[str, object]) -> tuple[Found, Judgement]:
        judged = self._run(values)
        judgement = self._judge(judged[0])
        return self._find(judged, values, unknown=judgement.unknown), judgement


def evaluate(
    ruleset: Ruleset,
    record: Mapping[str, object],
    *,
    evaluated_on: date,
    chosen_by: ChosenBy = ChosenBy.VERSION,
    fed: Mapping[str, object] = NOTHING_FED,
    foresight: bool = False,
) -> Verdict:
    """The verdict of `ruleset` on `record` as of `evaluated_on`; see `Evaluator.evaluate`.

    Raises:
        RecordError: the record is not usable; with every violation.
        FeelLimitError: a criterion passed a limit of the language.
        InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
    """
    return evaluator_of(ruleset).evaluate(record, evaluated_on, chosen_by, fed, foresight)


@lru_cache(maxsize=MAX_EVALUATORS)
def evaluator_of(ruleset: Ruleset) -> Evaluator:
    """The evaluator of `ruleset`, made once and kept while it is in use.

    Raises:
        InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
    """
    return Evaluator(ruleset)
