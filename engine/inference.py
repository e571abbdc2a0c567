"""From findings to conclusions: the decision of a ruleset as rules over tokens, chained forward in two strata.

The first stratum leads from findings to what was attained, to grounds, ceilings and gates. The second, once the
outcome is resolved, leads to consequences, which may chain on each other (design, section 3.3). What is
concluded depends on the statuses of the findings alone, so it is remembered by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from engine.findings import Status
from engine.network import Network, Rule, Step, Token
from engine.ruleset.citations import Citation
from engine.ruleset.ruleset import Decision, Gate

REMEMBERED: Final = 8_192  # signatures whose conclusions are kept, for each ruleset

Signature = tuple[Status, ...]
"""The statuses of all findings, in the order of the ruleset's criteria."""

NOT_RATED: Final = Token("not_rated", "")
CANNOT_EVALUATE: Final = Token("cannot_evaluate", "")
_ALWAYS: Final = Token("always", "")


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What follows from a signature in the first stratum."""

    attained: frozenset[str]
    grounds: frozenset[str]
    ceilings: frozenset[str]
    gates: frozenset[Token]
    steps: tuple[Step, ...]


class Inference:
    """The two strata of one ruleset's decision. Safe to use from many threads."""

    def __init__(self, decision: Decision, criteria: Sequence[str]) -> None:
        """Compile the decision over `criteria`, the names in the order of a signature.

        Raises:
            InferenceLimitError: the decision is larger than forward chaining is safe with.
        """
        self._criteria = tuple(criteria)
        self.citations = _citations(decision)
        self._outcomes = Network(_outcome_rules(decision))
        self._consequences = Network(_consequence_rules(decision))
        self.conclude = lru_cache(REMEMBERED)(self._conclude)
        self.consequences = lru_cache(REMEMBERED)(self._chain_consequences)

    def _conclude(self, signature: Signature) -> Conclusions:
        """What follows from the findings; an unknown one supports nothing and refutes nothing."""
        steps = self._outcomes.close([_ALWAYS, *self._tokens(signature)])
        given = {step.gives for step in steps}
        return Conclusions(
            attained=_names(given, "attained"),
            grounds=_names(given, "ground"),
            ceilings=_names(given, "ceiling"),
            gates=frozenset(given & {NOT_RATED, CANNOT_EVALUATE}),
            steps=steps,
        )

    def _chain_consequences(self, signature: Signature, established: frozenset[Token]) -> tuple[Step, ...]:
        """The consequences of the findings and of what the first stratum `established`."""
        return self._consequences.close([*self._tokens(signature), *sorted(established)])

    def _tokens(self, signature: Signature) -> Iterable[Token]:
        for criterion, status in zip(self._criteria, signature, strict=True):
            yield Token(status.value, criterion)
            if status is Status.MET or status is Status.NOT_APPLICABLE:
                # A finding that is not applicable neither blocks nor fixes anything: it counts as met.
                yield Token("holds", criterion)


def _names(tokens: Iterable[Token], kind: str) -> frozenset[str]:
    return frozenset(token.name for token in tokens if token.kind == kind)


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
            when = (token, Token("unmet", gate.criterion))
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
