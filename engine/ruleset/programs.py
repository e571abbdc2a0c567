"""All expressions of a ruleset as one program, and which of its outputs belong to which criterion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.causes import Cause
from engine.feel.compiler import Expression, Program, compile_program
from engine.feel.parser import parse
from engine.feel.trace import Trace
from engine.feel.tree import Node
from engine.feel.types import Type
from engine.ruleset.expressions import Checked


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
    """The program of a ruleset.

    Args:
        inputs: facts and parameters, and their types.
        definitions: each after those that it reads.
        criteria: in the order of the document.
    """
    outputs: dict[str, Node] = {}
    slots = {}
    for name, asked in criteria.items():
        holds_at = len(outputs)
        outputs[f"holds {name}"] = asked.holds.node
        applies_at = None
        if asked.applies is not None:
            applies_at = len(outputs)
            outputs[f"applies {name}"] = asked.applies.node
        wanted = [*(asked.applies.reads if asked.applies else ()), *asked.holds.reads]
        reads = tuple(dict.fromkeys([*_with_definitions(wanted, definitions), *asked.seen]))
        reads_at = slice(len(outputs), len(outputs) + len(reads))
        for path in reads:
            outputs[f"{name} sees {path}"] = parse(path)
        slots[name] = Slots(reads, holds_at, applies_at, reads_at)
    trees = {name: checked.node for name, checked in definitions.items()}
    return compile_program(tuple(inputs), trees, outputs, types=inputs), slots


def _with_definitions(paths: Iterable[str], definitions: Mapping[str, Checked]) -> Iterator[str]:
    for path in paths:
        yield path
        definition = definitions.get(path.partition(".")[0])
        if definition is not None:
            yield from _with_definitions(definition.reads, definitions)


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
                traced[checked.text] = Expression(checked.node, checked.text, scope)
        return traced[checked.text].trace(values)

    def why_null(expression: str, values: Mapping[str, Any]) -> Cause | None:
        checked = known[expression]
        needed = {path.partition(".")[0] for path in _with_definitions(checked.reads, definitions)}
        context = dict(values)
        cause: Cause | None = None
        for name, definition in definitions.items():
            if name in needed:
                found = trace(definition, context)
                context[name] = found.value
                cause = cause or _first_cause(found)
        return cause or _first_cause(trace(checked, context))

    return why_null


def _first_cause(trace: Trace) -> Cause | None:
    """The cause that is furthest down among the nulls that led to this one."""
    if trace.value is not None:
        return None
    below = (_first_cause(child) for child in trace.children)
    own = trace.causes[0] if trace.causes else None
    return next((cause for cause in below if cause is not None), own)
