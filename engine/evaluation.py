"""The way of a record: facts, findings, conclusions, verdict (design, section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from weakref import WeakKeyDictionary

from engine.facts import FactsReader
from engine.findings import find
from engine.judgement import Judge
from engine.ruleset.ruleset import Ruleset
from engine.verdict import ChosenBy, Verdict


class Evaluator:
    """Evaluates records against one ruleset. Safe to use from many threads."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Make `ruleset` ready.

        Raises:
            InferenceLimitError: its decision is larger than forward chaining is safe with.
        """
        self.ruleset = ruleset
        self._facts = FactsReader(ruleset.facts)
        self._judge = Judge(ruleset)

    def evaluate(
        self, record: Mapping[str, object], evaluated_on: date, chosen_by: ChosenBy = ChosenBy.VERSION
    ) -> Verdict:
        """The verdict on `record` as of `evaluated_on`.

        Raises:
            RecordError: the record is not usable; with every violation.
            FeelLimitError: a criterion passed a limit of the language.
        """
        values = self._facts.read(record)
        values |= self.ruleset.parameters_on(evaluated_on)
        findings = find(self.ruleset, values)
        judgement = self._judge.judge(tuple([finding.status for finding in findings]))
        return Verdict(self.ruleset, evaluated_on, chosen_by, values, findings, judgement)


_evaluators: WeakKeyDictionary[Ruleset, Evaluator] = WeakKeyDictionary()


def evaluate(
    ruleset: Ruleset,
    record: Mapping[str, object],
    *,
    evaluated_on: date,
    chosen_by: ChosenBy = ChosenBy.VERSION,
) -> Verdict:
    """The verdict of `ruleset` on `record` as of `evaluated_on`; the ruleset is made ready once and kept.

    Raises:
        RecordError: the record is not usable; with every violation.
        FeelLimitError: a criterion passed a limit of the language.
        InferenceLimitError: the ruleset's decision is larger than forward chaining is safe with.
    """
    evaluator = _evaluators.get(ruleset)
    if evaluator is None:
        evaluator = _evaluators.setdefault(ruleset, Evaluator(ruleset))
    return evaluator.evaluate(record, evaluated_on, chosen_by)
