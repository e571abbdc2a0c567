"""All expressions of a ruleset as one program, and which of its outputs belong to which criterion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.feel.causes import Cause
from engine.feel.compiler import Answers, Demand, Expression, Program, compile_program
from engine.feel.parser import parse
from engine.feel.trace import Trace
from engine.feel.tree import Lookup, Node
from engine.feel.types import Type
from engine.ruleset.expressions import Checked
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.status import Status


@dataclass(frozen=True, slots=True)
class Slots:
    """Which outputs of the program belong to a criterion, and what it reads; see `Criterion`."""

    reads: tuple[str, ...]
    holds_at: int
    applies_at: int | None
    reads_at: slice


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be computed for one criterion: its expressions, and further paths to see."""

    holds: Checked
    applies: Checked | None
    seen: tuple[str, ...]


def build_program(
    inputs: Mapping[str, Type], definitions: Mapping[str, Checked], criteria: Mapping[str, Asked]
) -> tuple[Program, dict[str, Slots]]:
    """The program of a ruleset: its answers are the statuses of the criteria.

    Args:
        inputs: facts and parameters, and their types.
        definitions: each after those that it reads.
        criteria: in the order of the document.
    """
    outputs: dict[str, Node] = {}
    slots = {}
    demands = []
    for name, asked in criteria.items():
        holds_at = len(outputs)
        outputs[f"holds {name}"] = asked.holds.node
        applies_at = None
        if asked.applies is not None:
            applies_at = len(outputs)
            outputs[f"applies {name}"] = asked.applies.node
        reads = tuple(dict.fromkeys([*decided_by(asked, definitions), *asked.seen]))
        reads_at = slice(len(outputs), len(outputs) + len(reads))
        sees = tuple(map(parse, reads))
        outputs |= {f"{name} sees {path}": node for path, node in zip(reads, sees, strict=True)}
        applies = None if asked.applies is None else asked.applies.node
        demands.append(Demand(asked.holds.node, applies, sees))
        slots[name] = Slots(reads, holds_at, applies_at, reads_at)
    trees = {name: checked.node for name, checked in definitions.items()}
    program = compile_program(tuple(inputs), trees, outputs, types=inputs, demands=demands, answers=STATUSES)
    return program, slots


STATUSES: Final = Answers(Status.MET, Status.UNMET, Status.UNKNOWN, Status.NOT_APPLICABLE)
"""What a program of criteria answers."""


def decided_by(asked: Asked, definitions: Mapping[str, Checked]) -> Iterator[str]:
    """The paths that a criterion reads, each definition followed by what it reads in turn.

    The score is not followed: a verdict shows once what it is made of, not in every criterion that asks for it.
    """
    followed = {name: checked for name, checked in definitions.items() if name not in (PARTS, SCORE)}
    paths = (*(asked.applies.reads if asked.applies else ()), *asked.holds.reads)
    return with_definitions(paths, followed)


def with_definitions(paths: Iterable[str], definitions: Mapping[str, Checked]) -> Iterator[str]:
    """`paths`, each definition among them followed by what it reads in turn."""
    for path in paths:
        yield path
        definition = definitions.get(path.partition(".")[0])
        if definition is not None:
            yield from with_definitions(definition.reads, definitions)


def null_finder(
    definitions: Mapping[str, Checked], expressions: Iterable[Checked], names: Iterable[str]
) -> Callable[[str, Mapping[str, Any]], Cause | None]:
    """A function that says what made an expression null.

    Args:
        definitions: each after those that it reads.
        expressions: those that it will be asked about, by their texts.
        names: all names that they may call.
    """
    known = {checked.text: checked for checked in expressions}
    scope = tuple(names)
    traced: dict[str, Expression] = {}
    lock = threading.Lock()

    def trace(checked: Checked, values: Mapping[str, Any]) -> Trace:
        with lock:  # made when first asked for, which is seldom
            if checked.text not in traced:
                # A table has no text that pieces could be cut from.
                text = None if isinstance(checked.node, Lookup) else checked.text
                traced[checked.text] = Expression(checked.node, text, scope)
        return traced[checked.text].trace(values)

    def why_null(expression: str, values: Mapping[str, Any]) -> Cause | None:
        checked = known[expression]
        needed = {path.partition(".")[0] for path in with_definitions(checked.reads, definitions)}
        context = dict(values)
        cause: Cause | None = None
        within: Cause | None = None  # why a part of a definition is null that is not null itself
        for name, definition in definitions.items():
            if name in needed:
                found = trace(definition, context)
                context[name] = found.value
                if found.value is None:
                    cause = cause or within or _first_cause(found)
                within = within or _cause_within(found)
        return cause or within or _first_cause(trace(checked, context))

    return why_null


def _first_cause(trace: Trace) -> Cause | None:
    """The cause that is furthest down among the nulls that led to this one."""
    if trace.value is not None:
        return None
    below = (_first_cause(child) for child in trace.children)
    own = trace.causes[0] if trace.causes else None
    return next((cause for cause in below if cause is not None), own)


def _cause_within(trace: Trace) -> Cause | None:
    """The cause of the first part of a record or list that is null for one."""
    if not isinstance(trace.value, dict | list):
        return None
    found = (_first_cause(child) or _cause_within(child) for child in trace.children)
    return next((cause for cause in found if cause is not None), None)
