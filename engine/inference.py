"""From findings to conclusions: the decision of a ruleset as rules over tokens, chained forward in two strata.

The first stratum leads from findings to what was attained, to grounds, ceilings and gates. The second, once the
outcome is resolved, leads to consequences, which may chain on each other (design, section 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from engine.findings import Signature, Status
from engine.network import Network, Rule, Step, Token
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Decision, Gate

HOLDING: Final = (Status.MET, Status.NOT_APPLICABLE)
"""Neither blocks nor fixes anything: a finding that is not applicable counts as met."""

NOT_RATED: Final = Token("not_rated", "")
CANNOT_EVALUATE: Final = Token("cannot_evaluate", "")
_ALWAYS: Final = Token("always", "")
REMEMBERED: Final = 8_192  # sets of tokens whose consequences are kept, for each ruleset


class PossibleStep(NamedTuple):
    """A step of the first stratum, and what has to be so for it: criteria that hold and that are unmet, as bits."""

    step: Step
    holds: int
    unmet: int


class Inference:
    """The two strata of one ruleset's decision. Safe to use from many threads."""

    def __init__(self, decision: Decision, criteria: Sequence[str]) -> None:
        """Compile the decision over `criteria`, the names in the order of a signature; their places are the bits.

        Raises:
            InferenceLimitError: the decision is larger than forward chaining is safe with.
        """
        self._criteria = tuple(criteria)
        self._bits = {name: 1 << index for index, name in enumerate(criteria)}
        self.citations = _citations(decision)
        self._outcomes = Network(_outcome_rules(decision))
        self._consequences = Network(_consequence_rules(decision))
        tokens = [{status: Token(status.value, name) for status in Status} for name in self._criteria]
        self._asked = [
            (at, asked)
            for at, each in enumerate(tokens)
            if (asked := {status: token for status, token in each.items() if self._consequences.reads(token)})
        ]
        self._chained = lru_cache(REMEMBERED)(self._consequences.close)

    def possibilities(self, holds: int, unmet: int) -> tuple[PossibleStep, ...]:
        """Everything that the first stratum could conclude of criteria that may hold, and that may be unmet, as bits.

        What is concluded of one way that they turn out is the steps whose needs it meets: in this stratum no rule
        rests on another, so that one session, in which every criterion turns out either way, serves for all.
        """
        return tuple(each for each in self._every if not (each.holds & ~holds or each.unmet & ~unmet))

    @cached_property
    def _every(self) -> tuple[PossibleStep, ...]:
        """Every step of the first stratum."""
        either = [Token(kind, name) for name in self._criteria for kind in ("holds", "unmet")]
        return tuple(
            PossibleStep(step, self._needs(step, "holds"), self._needs(step, "unmet"))
            for step in self._outcomes.close([_ALWAYS, *either])
        )

    def _needs(self, step: Step, kind: str) -> int:
        return sum(self._bits[token.name] for token in set(step.rule.when) if token.kind == kind)

    def consequences(self, signature: Signature, established: Iterable[Token]) -> tuple[Step, ...]:
        """The consequences of the findings and of what the first stratum `established`."""
        # Of thousands of signatures few differ in what a consequence asks for.
        findings = [asked[signature[at]] for at, asked in self._asked if signature[at] in asked]
        return self._chained((*findings, *sorted(filter(self._consequences.reads, established))))


def _outcome_rules(decision: Decision) -> list[Rule]:
    rules = []
    for gate, token in _gates(decision):
        rules.append(Rule(f"{token} unless {gate.criterion}", (Token("unmet", gate.criterion),), token))
    for ground in decision.grounds:
        for criterion in ground.criteria:
            name = f"ground {ground.outcome} unless {criterion}"
            rules.append(Rule(name, (Token("unmet", criterion),), Token("ground", ground.outcome)))
    for rung in decision.ladder:
        when = tuple(Token("holds", criterion) for criterion in rung.criteria) or (_ALWAYS,)
        rules.append(Rule(f"ladder {rung.outcome}", when, Token("attained", rung.outcome)))
    for ceiling in decision.ceilings:
        name = f"at most {ceiling.at_most} unless {ceiling.criterion}"
        rules.append(Rule(name, (Token("unmet", ceiling.criterion),), Token("ceiling", ceiling.at_most)))
    return rules


def _consequence_rules(decision: Decision) -> list[Rule]:
    rules = []
    for gate, token in _gates(decision):
        for name in gate.oblige:
            when: tuple[Token, ...] = (token, Token("unmet", gate.criterion))
            rules.append(Rule(f"{token} unless {gate.criterion}", when, Token("oblige", name)))
    for number, consequence in enumerate(decision.consequences):
        when = tuple(Token(*condition) for condition in consequence.when)
        rules.extend(Rule(f"consequence {number + 1}", when, Token(*gives)) for gives in consequence.gives)
    return rules


def _citations(decision: Decision) -> Mapping[str, tuple[Citation, ...]]:
    """The citations of the rules that lead to consequences, by the rules' names."""
    cited = {f"{token} unless {gate.criterion}": gate.citations for gate, token in _gates(decision)}
    for number, consequence in enumerate(decision.consequences):
        cited[f"consequence {number + 1}"] = consequence.citations
    return cited


def _gates(decision: Decision) -> Iterable[tuple[Gate, Token]]:
    for gate in decision.cannot_evaluate:
        yield gate, CANNOT_EVALUATE
    for gate in decision.not_rated:
        yield gate, NOT_RATED
