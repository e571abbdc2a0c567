"""The sentences of an explanation: what a finding says, what a fact is called, what the law beside it is.

What depends on the ruleset alone is written once and kept: the same few dozen labels and citations stand in
every explanation.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from engine.explanation.law import write_law
from engine.explanation.phrases import phrase
from engine.explanation.writing import write
from engine.findings import Finding, Status
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Ruleset, Standing
from engine.ruleset.types import DeclaredType

KEPT: Final = 16_384  # labels and citations kept, of all rulesets together; a ruleset has some hundreds


def finding_sentence(ruleset: Ruleset, finding: Finding, language: Language) -> str:
    """What a finding says, in the words of its ruleset, or in ours where the ruleset has none for its status."""
    criterion = finding.criterion
    says = criterion.says.get(language)
    template = says.get(finding.status.value) if says else None
    if template is not None:
        values = dict(zip(criterion.reads, finding.seen, strict=True))
        sentence = "".join(
            [
                part
                if isinstance(part, str)
                else write_at(ruleset, part.path, values[part.path], language, form=part.form)
                for part in template.parts
            ]
        )
    else:
        sentence = phrase(f"finding_{finding.status.value}", language, label=criterion.label.in_(language))
        if finding.status is not Status.NOT_APPLICABLE:
            sentence += _seen(ruleset, finding, language)
    if finding.cause is not None:
        sentence += phrase("cause", language, cause=finding.cause.text(language))
    return sentence


def write_at(ruleset: Ruleset, path: str, value: object, language: Language, *, form: str = "") -> str:
    """The value of the fact at `path`, written as its declaration asks."""
    unit, declared = _declaration(ruleset, path)
    return write(value, language, form=form, unit=unit, declared=declared)


def name_of(ruleset: Ruleset, path: str, language: Language) -> str:
    """What people call the fact at `path`; the path itself where it is no fact."""
    return label_of(ruleset, path, language) or path


@lru_cache(maxsize=KEPT)
def label_of(ruleset: Ruleset, path: str, language: Language) -> str | None:
    """What people call the fact at `path`; None where it is no fact."""
    label = ruleset.label_at(path)
    return label.in_(language) if label else None


@lru_cache(maxsize=KEPT)
def law_of(ruleset: Ruleset, index: int, language: Language) -> str:
    """The law that the criterion at `index` rests on, and how surely that is known where it is not sourced."""
    criterion = ruleset.criteria[index]
    law = write_law(criterion.citations, language)
    if criterion.standing is Standing.SOURCED:
        return law
    standing = phrase(f"standing_{criterion.standing.value}", language)
    return f"{law} - {standing}" if law else standing


@lru_cache(maxsize=KEPT)
def _declaration(ruleset: Ruleset, path: str) -> tuple[str, DeclaredType | None]:
    fact = ruleset.facts.get(path)
    return fact.unit if fact else "", ruleset.declared_at(path)


def _seen(ruleset: Ruleset, finding: Finding, language: Language) -> str:
    seen = [
        f"{label}: {write_at(ruleset, path, value, language)}"
        for path, value in zip(finding.criterion.reads, finding.seen, strict=True)
        if (label := label_of(ruleset, path, language)) is not None
    ]
    return phrase("seen", language, seen="; ".join(seen)) if seen else ""
