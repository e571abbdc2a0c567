"""Expressions over what a verdict knows: its facts and parameters, and the definitions of its ruleset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.feel import Program, Unknown, compile_program, parse, references
from engine.ruleset.ruleset import Ruleset


def compile_texts(ruleset: Ruleset, texts: Sequence[str]) -> Program:
    """A program whose outputs are the values of `texts`, in their order.

    Raises:
        FeelSyntaxError: one of them does not parse.
    """
    names = _names(ruleset)
    definitions = {definition.name: definition.node for definition in ruleset.definitions}
    # A text may stand twice (a share that is also a rank), so outputs are named by their place.
    outputs = {f"{place} {text}": parse(text, names=names) for place, text in enumerate(texts)}
    return compile_program(ruleset.program_inputs, definitions, outputs)


def reads_of(text: str, ruleset: Ruleset) -> tuple[str, ...]:
    """The facts and parameters that an expression reads, itself or through definitions."""
    definitions = {definition.name: definition.reads for definition in ruleset.definitions}

    def facts(paths: Sequence[str]) -> Iterator[str]:
        for path in paths:
            reads = definitions.get(path.partition(".")[0])
            if reads is None:
                yield path
            else:
                yield from facts(reads)

    return tuple(dict.fromkeys(facts(references(parse(text, names=_names(ruleset))))))


def facts_behind(value: object, reads: tuple[str, ...]) -> tuple[str, ...]:
    """The facts because of which `value` is of no use: those not stated, else all that its expression reads."""
    return tuple(sorted(value.facts)) if isinstance(value, Unknown) else reads


def _names(ruleset: Ruleset) -> tuple[str, ...]:
    return (*ruleset.program_inputs, *(definition.name for definition in ruleset.definitions))
