"""One criterion explained to its author: what it asks, where the law says so, what it reads and what it decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.canonical import Data, without_empty
from engine.explanation.law import write_law
from engine.rendering.phrases import phrase
from engine.rendering.wording import Wording
from engine.ruleset.localized import Language
from engine.ruleset.ruleset import Criterion, Ruleset

_NO_CASES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CriterionNote:
    """What there is to say of a criterion, in one language.

    Attributes:
        name: of the criterion.
        expression: when it holds, in FEEL.
        said: by the key of a heading, the lines below it.
    """

    name: str
    expression: str
    language: Language
    said: Mapping[str, tuple[str, ...]]

    def text(self) -> str:
        """For a terminal."""
        lines = [self.name]
        for key, said in self.said.items():
            heading = phrase(f"explain_{key}", self.language)
            lines += (
                [f"{heading}: {said[0]}"]
                if len(said) == 1
                else [f"{heading}:", *(f"  • {each}" for each in said)]
            )
        return "\n".join(lines)

    @property
    def data(self) -> Data:
        """As plain data: what `--format json` prints and the service answers."""
        return without_empty(
            {"criterion": self.name, "language": self.language, "expression": self.expression}
            | {key: list(said) for key, said in self.said.items() if key != "expression"}
        )


def explain_criterion(
    ruleset: Ruleset, name: str, language: Language = "vi", *, cases: Mapping[str, str] = _NO_CASES
) -> CriterionNote:
    """Explain the criterion `name` of `ruleset`.

    Args:
        ruleset: whose criterion it is.
        name: of the criterion.
        language: ``vi`` or ``en``.
        cases: by the status of a finding, the name of a case that shows it.

    Raises:
        KeyError: there is no such criterion.
    """
    criterion = ruleset.criterion(name)
    wording = Wording(ruleset, language)
    said = {
        "asks": (criterion.label.in_(language),),
        "met": wording.parts(criterion.expression),
        "applies": (wording.of(criterion.applies),) if criterion.applies else (),
        "expression": (" ".join(criterion.expression.split()),),
        "law": (write_law(criterion.citations, language),) if criterion.citations else (),
        "standing": (phrase(f"standing_{criterion.standing.value}", language),),
        "reads": tuple(_facts(ruleset, criterion, language)),
        "numbers": tuple(_numbers(ruleset, criterion, wording)),
        "decides": tuple(_decides(ruleset, criterion, language)) or (phrase("explain_nothing", language),),
        "says": tuple(_says(criterion, language)),
        "note": (criterion.note.in_(language),) if criterion.note else (),
        "questions": tuple(
            question.asks.in_(language)
            for question in ruleset.questions.values()
            if f"criteria.{name}" in question.touches
        ),
        "cases": tuple(f"{phrase(f'status_{status}', language)}: {case}" for status, case in cases.items()),
    }
    filled = {key: lines for key, lines in said.items() if lines}
    return CriterionNote(name, criterion.expression, language, MappingProxyType(filled))


def _facts(ruleset: Ruleset, criterion: Criterion, language: Language) -> Iterator[str]:
    for path in criterion.reads:
        label = ruleset.label_at(path)
        if label is not None:
            yield f"{label.in_(language)} ({path})"


def _numbers(ruleset: Ruleset, criterion: Criterion, wording: Wording) -> Iterator[str]:
    for path in criterion.reads:
        if path in ruleset.parameters:
            yield f"{path} = {wording.parameter(ruleset.parameters[path])}"


def _decides(ruleset: Ruleset, criterion: Criterion, language: Language) -> Iterator[str]:
    decision, name = ruleset.decision, criterion.name

    def outcome(of: str) -> str:
        return ruleset.outcome_label(of).in_(language)

    for key in ("cannot_evaluate", "not_rated"):
        if any(gate.criterion == name for gate in getattr(decision, key)):
            yield phrase(key, language)
    for ground in decision.grounds:
        if name in ground.criteria:
            yield phrase("ground", language, outcome=outcome(ground.outcome))
    for rung in decision.ladder:
        if name in rung.criteria:
            yield phrase("rung", language, outcome=outcome(rung.outcome))
    for ceiling in decision.ceilings:
        if ceiling.criterion == name:
            yield phrase("ceiling", language, outcome=outcome(ceiling.at_most))
    for consequence in decision.consequences:
        for kind, of in consequence.when:
            if of == name:
                given = "; ".join(ruleset.label_of(each).in_(language) for _, each in consequence.gives)
                when = phrase(f"when_{kind}", language, name=name)
                yield f"{phrase('when', language, conditions=when)}: {given}"


def _says(criterion: Criterion, language: Language) -> Iterator[str]:
    for status, template in criterion.says.get(language, {}).items():
        text = "".join(part if isinstance(part, str) else f"{{{part.path}}}" for part in template.parts)
        yield f"{phrase(f'status_{status}', language)}: {text}"
