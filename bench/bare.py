"""The bare outcome: a record in, an outcome out, and nothing that says why. The yardstick for what reasons cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine import Ruleset
from engine.facts import FactsReader
from engine.feel import compile_program, parse
from engine.findings import Status
from engine.judging import Judge


class BareOutcome:
    """A ruleset compiled without what its criteria look at, and asked for no more than the outcome."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._read = FactsReader(ruleset.facts).read
        inputs = ruleset.program_inputs
        names = (*inputs, *(definition.name for definition in ruleset.definitions))
        types = {name: fact.declared.feel for name, fact in ruleset.facts.items()}
        types |= {name: parameter.type for name, parameter in ruleset.parameters.items()}
        conditional = {each.name: each.applies for each in ruleset.criteria if each.applies is not None}
        outputs = {each.name: each.expression for each in ruleset.criteria}
        outputs |= {f"{name} applies": applies for name, applies in conditional.items()}
        self._program = compile_program(
            inputs,
            {each.name: parse(each.expression, names=names) for each in ruleset.definitions},
            {name: parse(text, names=names) for name, text in outputs.items()},
            types=types,
        )
        places = [index for index, each in enumerate(ruleset.criteria) if each.name in conditional]
        self._conditional = tuple(zip(places, range(len(ruleset.criteria), len(outputs)), strict=True))
        self._count = len(ruleset.criteria)
        self._judge = Judge(ruleset).judge

    def outcome(self, record: Mapping[str, object], evaluated_on: date) -> str | None:
        """The outcome of a record.

        Raises:
            RecordError: the record is not usable.
        """
        values = self._read(record)
        values |= self._ruleset.parameters_on(evaluated_on)
        results = self._program.run(values)
        statuses = [_status(holds) for holds in results[: self._count]]
        for criterion, applies in self._conditional:
            if results[applies] is not True:
                statuses[criterion] = Status.NOT_APPLICABLE if results[applies] is False else Status.UNKNOWN
        return self._judge(tuple(statuses)).outcome


def _status(holds: object) -> Status:
    if holds is True:
        return Status.MET
    return Status.UNMET if holds is False else Status.UNKNOWN
