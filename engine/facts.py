"""Facts: a raw record read against the fact declarations of a ruleset.

A raw record is what JSON gives: text, numbers (`Decimal` or `int`, never `float`), booleans, null, lists and
records; dates as ``YYYY-MM-DD`` or `datetime.date`. What the record leaves out becomes `Unknown`; null says
that there is none, and is refused where a ruleset does not declare that there may be none. Everything that is
wrong is reported, not the first thing.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from engine.fact_code import record_function
from engine.fact_values import (
    SCALARS,
    SHOWN_NAME_LENGTH,
    Member,
    Reader,
    choice_reader,
    clipped,
    format_place,
    limited,
    list_reader,
    nullable,
    record_reader,
    unknown_of,
)
from engine.ruleset.ruleset import Fact
from engine.ruleset.types import DeclaredType, Field
from engine.violations import Violation


class RecordError(Exception):
    """A record is not usable; `violations` has everything that is wrong with it."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(f"{v.path}: {v.text()}" for v in violations))
        self.violations = tuple(violations)


class FactsReader:
    """Reads records for the facts of one ruleset."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._names = facts.keys()
        unknowns = {name: unknown_of(fact.declared, name) for name, fact in facts.items()}
        self._read = record_function({name: _fact(fact) for name, fact in facts.items()}, unknowns)

    def read(self, record: Mapping[str, object]) -> dict[str, object]:
        """The typed value of every declared fact, by name; `Unknown` where `record` says nothing.

        Raises:
            RecordError: with every violation.
        """
        violations: list[Violation] = []
        values = self._read(record, None, violations)
        if len(values) != len(self._names):
            violations.extend(self._unknown_fact(name) for name in record if name not in self._names)
        if violations:
            raise RecordError(violations)
        return values

    def _unknown_fact(self, name: object) -> Violation:
        near = difflib.get_close_matches(str(name)[:SHOWN_NAME_LENGTH], self._names, n=1)
        hint = f"→ {near[0]}" if near else "→ " + ", ".join(self._names)
        return Violation(format_place((None, clipped(name))), "unknown_fact", {"hint": hint})


def _fact(fact: Fact) -> Member:
    read = _reader(fact.declared)
    if fact.allowed is not None:
        read = limited(read, fact)
    return Member(fact.declared, nullable(read) if fact.empty else read, fact.empty, fact.allowed)


def _field(field: Field) -> Member:
    read = _reader(field.type)
    return Member(field.type, nullable(read) if field.empty else read, field.empty)


def _reader(declared: DeclaredType) -> Reader:
    """A function that reads one value of the declared type, reporting what is wrong at its place."""
    if declared.item is not None:
        return list_reader(_reader(declared.item))
    if declared.kind == "record":
        fields = {name: _field(field) for name, field in declared.fields.items()}
        return record_function(fields, otherwise=record_reader(fields))
    if declared.kind == "enum":
        return choice_reader(tuple(declared.values))
    return SCALARS[declared.kind]
