"""The bare outcome: a record in, an outcome out, and nothing that says why. The yardstick for what reasons cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine import Ruleset
from engine.facts import FactsReader
from engine.feel import Node, compile_program, parse
from engine.feel.compiler import Demand
from engine.judging import Judge
from engine.ruleset.programs import STATUSES


class BareOutcome:
    """A ruleset compiled without what its criteria look at, and asked for no more than the outcome."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._read = FactsReader(ruleset.facts).read
        inputs = ruleset.program_inputs
        names = (*inputs, *(definition.name for definition in ruleset.definitions))
        types = {name: fact.declared.feel for name, fact in ruleset.facts.items()}
        types |= {name: parameter.type for name, parameter in ruleset.parameters.items()}

        def tree(text: str) -> Node:
            return parse(text, names=names)

        self._program = compile_program(
            inputs,
            {each.name: tree(each.expression) for each in ruleset.definitions},
            {},
            types=types,
            demands=[
                Demand(tree(each.expression), None if each.applies is None else tree(each.applies))
                for each in ruleset.criteria
            ],
            answers=STATUSES,
        )
        self._judge = Judge(ruleset).judge

    def outcome(self, record: Mapping[str, object], evaluated_on: date) -> str | None:
        """The outcome of a record.

        Raises:
            RecordError: the record is not usable.
        """
        values = self._read(record)
        values |= self._ruleset.parameters_on(evaluated_on)
        signature, _, _ = self._program.judge(values)
        return self._judge(signature).outcome
