"""The proof of a page: each step in words, criteria by the numbers that they have on the page."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final, NamedTuple

from engine.explanation.phrases import phrase
from engine.judgement import ProofStep
from engine.network import Token
from engine.ruleset.localized import Language
from engine.verdict import Verdict

_OF_CRITERIA: Final = frozenset({"met", "unmet", "unknown", "not_applicable"})
_OF_OUTCOMES: Final = frozenset({"attained", "outcome", "ground", "ceiling"})
_LABELLED: Final = frozenset({"oblige", "propose", "note"})


class Line(NamedTuple):
    """One step: the rule, what it was applied to, and what it gave."""

    rule: str
    antecedents: str
    gives: str


def prove(verdict: Verdict, language: Language) -> tuple[Line, ...]:
    """The steps of the proof of `verdict`, in their order."""
    writer = _Writer(verdict, language)
    return tuple(map(writer.line, verdict.judgement.steps))


class _Writer:
    def __init__(self, verdict: Verdict, language: Language) -> None:
        self._ruleset = verdict.ruleset
        self._language = language
        self._numbers = {criterion.name: criterion.index + 1 for criterion in verdict.ruleset.criteria}

    def line(self, step: ProofStep) -> Line:
        return Line(step.rule, self._all(step.antecedents), self._all([step.gives]))

    def _all(self, tokens: Iterable[Token]) -> str:
        """Tokens of one kind together: ``met: 1, 4, 5; not met: 2``."""
        together = groupby(sorted(tokens, key=lambda token: token.kind), key=lambda token: token.kind)
        said = [
            phrase(f"proof_{kind}", self._language, names=self._names(kind, group))
            for kind, group in together
        ]
        return "; ".join(said) or phrase("proof_always", self._language)

    def _names(self, kind: str, tokens: Iterable[Token]) -> str:
        if kind in _OF_CRITERIA:
            return ", ".join(map(str, sorted(self._numbers[token.name] for token in tokens)))
        if kind in _OF_OUTCOMES:
            labels = [self._ruleset.outcome_label(token.name) for token in tokens]
            return ", ".join(f"“{label.in_(self._language)}”" for label in labels)
        if kind in _LABELLED:
            return "; ".join(self._ruleset.label_of(token.name).in_(self._language) for token in tokens)
        return ""
