"""The names a ruleset declares: its types, its facts, and what else expressions may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from engine.feel.errors import FeelError
from engine.feel.parser import parse
from engine.feel.tree import Name
from engine.feel.types import ANY, ContextOf, Type
from engine.feel.vocabulary import function_names
from engine.ruleset import document
from engine.ruleset.document import Document, RecordField
from engine.ruleset.entries import NAME
from engine.ruleset.localized import Localized
from engine.ruleset.report import Report
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.source import Path
from engine.ruleset.types import BUILT_IN_NAMES, OUTCOME, DeclaredType, Field, list_of, simple, split, walk

_SECTIONS: Final[Mapping[str, str]] = {
    "facts": "a fact",
    "parameters": "a parameter",
    "definitions": "a definition",
    "tables": "a table",
}


@dataclass(slots=True)
class Vocabulary:
    """Declared types, and the FEEL type of each name that expressions may call.

    Attributes:
        types: declared types by name, the outcomes among them.
        facts: the type of each fact.
        names: the FEEL type of each fact, parameter, definition and table; of one that is wrong itself, any.
        sensitive: facts that state a protected attribute.
    """

    types: dict[str, DeclaredType] = field(default_factory=dict)
    facts: dict[str, DeclaredType] = field(default_factory=dict)
    names: dict[str, Type] = field(default_factory=dict)
    sensitive: dict[str, str] = field(default_factory=dict)

    @property
    def feel_types(self) -> Mapping[str, Type]:
        """Declared types as FEEL knows them, for `instance of`."""
        return MappingProxyType({name: declared.feel for name, declared in self.types.items()})

    def lost_step(self, path: str) -> tuple[str, tuple[str, ...], str] | None:
        """The first step of a path of names that is not there, what could be there, and what that is called."""
        name, *steps = path.split(".")
        if name not in self.names:
            return name, tuple(self.names), "names"
        declared = self.facts.get(name)
        if declared is None:
            return self._lost_part(name, steps)
        known = _fields(declared)
        for step, member in zip(steps, walk(declared, tuple(steps)), strict=False):
            if member is None:
                return step, known, "fields"
            known = _fields(member.type)
        return None

    def _lost_part(self, name: str, steps: list[str]) -> tuple[str, tuple[str, ...], str] | None:
        """As `lost_step`, of a path into the parts of the score, of a table or of a definition."""
        type_ = self.names[name]
        if not isinstance(type_, ContextOf) or not type_.fields or not steps or steps[0] in type_.fields:
            return None
        return steps[0], tuple(type_.fields), "parts"

    def declared_at(self, path: str) -> DeclaredType | None:
        """The type of a fact, or of a field of one, by a path that is known to be there."""
        name, *steps = path.split(".")
        fact = self.facts.get(name)
        if fact is None or not steps:
            return fact
        *_, member = walk(fact, tuple(steps))
        return None if member is None else member.type


def _fields(declared: DeclaredType) -> tuple[str, ...]:
    while declared.kind == "list" and declared.item is not None:
        declared = declared.item
    return tuple(declared.fields)


def localized(text: document.Localized) -> Localized:
    """A text of the document."""
    return Localized(text.vi, text.en)


def read_vocabulary(document: Document, report: Report) -> Vocabulary:
    """Read the declarations of types and facts; parameters and definitions get the type any for now."""
    vocabulary = Vocabulary()
    _check_names(report, () if document.score is None else (PARTS, SCORE))
    _read_types(document, report, vocabulary)
    for name in report.declared("facts"):
        vocabulary.names[name] = ANY
    for name, fact in document.facts.items():
        declared = resolve_type(fact.type, ("facts", name, "type"), vocabulary, report)
        if declared is not None:
            vocabulary.facts[name] = declared
            vocabulary.names[name] = declared.feel
        if fact.sensitive is not None:
            vocabulary.sensitive[name] = fact.sensitive
    for section in ("parameters", "definitions", "tables"):
        for name in report.declared(section):
            vocabulary.names.setdefault(name, ANY)
    if document.score is not None:
        vocabulary.names |= dict.fromkeys((PARTS, SCORE), ANY)
    return vocabulary


def _check_names(report: Report, of_score: tuple[str, ...]) -> None:
    taken = dict.fromkeys(of_score, "a name of the score")
    for section, kind in _SECTIONS.items():
        for name in report.declared(section):
            path: Path = (section, name)
            if NAME.fullmatch(name) and not _is_name(name):
                report.add(
                    "reserved-name",
                    path,
                    f'"{name}" is a word of the expression language.',
                    "",
                    "Take another name.",
                    at_key=True,
                )
            elif name in function_names():
                report.add(
                    "reserved-name",
                    path,
                    f'"{name}" is a function of the expression language.',
                    f"{kind.capitalize()} of that name would hide it.",
                    "Take another name.",
                    at_key=True,
                )
            elif name in taken:
                report.add(
                    "name-taken",
                    path,
                    f'"{name}" is already {taken[name]}.',
                    "Expressions could not tell them apart.",
                    "Take another name.",
                    at_key=True,
                )
            taken.setdefault(name, kind)
    for name in report.declared("types"):
        if name in BUILT_IN_NAMES:
            report.add(
                "name-taken",
                ("types", name),
                f'"{name}" is a type that every ruleset has.',
                "",
                "Take another name.",
                at_key=True,
            )


def _is_name(name: str) -> bool:
    """Whether the expression language reads `name` as a name, and not as one of its words."""
    try:
        return isinstance(parse(name), Name)
    except FeelError:
        return False


def _read_types(document: Document, report: Report, vocabulary: Vocabulary) -> None:
    vocabulary.types[OUTCOME] = _enum(OUTCOME, document.outcomes)
    records: dict[str, Mapping[str, str | RecordField]] = {}
    for name, declaration in document.types.items():
        if name in BUILT_IN_NAMES:
            continue
        if isinstance(declaration, list) or all(isinstance(item, _LABEL) for item in declaration.values()):
            vocabulary.types[name] = _enum(name, declaration)  # type: ignore[arg-type]  # just told apart
        else:
            records[name] = declaration  # type: ignore[assignment]  # just told apart
    for name in records:
        _read_record(name, records, (), report, vocabulary)


_LABEL: Final = document.Localized


def _enum(name: str, values: list[str] | Mapping[str, document.Localized]) -> DeclaredType:
    labels = (
        dict.fromkeys(values) if isinstance(values, list) else {v: localized(t) for v, t in values.items()}
    )
    return DeclaredType("enum", name, MappingProxyType(labels))


def _read_record(
    name: str,
    records: Mapping[str, Mapping[str, str | RecordField]],
    inside: tuple[str, ...],
    report: Report,
    vocabulary: Vocabulary,
) -> None:
    """Read a record type, after those that its fields are of."""
    if name in vocabulary.types:
        return
    fields = {}
    for field_name, member in records[name].items():
        text = member if isinstance(member, str) else member.type
        path: Path = (
            ("types", name, field_name) if isinstance(member, str) else ("types", name, field_name, "type")
        )
        _, wanted = split(text)
        if wanted in (*inside, name):
            report.add(
                "type-cycle",
                path,
                f'A "{wanted}" cannot hold a "{wanted}".',
                "The type would have no end.",
                "Take another type.",
            )
            continue
        if wanted in records:
            _read_record(wanted, records, (*inside, name), report, vocabulary)
        declared = resolve_type(text, path, vocabulary, report)
        if declared is not None:
            fields[field_name] = _field(declared, member)
    vocabulary.types[name] = DeclaredType("record", name, fields=MappingProxyType(fields))


def _field(declared: DeclaredType, member: str | RecordField) -> Field:
    if isinstance(member, str):
        return Field(declared)
    label = None if member.label is None else localized(member.label)
    return Field(declared, label, member.empty, member.changeable)


def resolve_type(text: str, path: Path, vocabulary: Vocabulary, report: Report) -> DeclaredType | None:
    """The type of that name; None where there is none, which is reported."""
    depth, name = split(text)
    declared = simple(name) or vocabulary.types.get(name)
    if declared is None:
        if name not in report.declared("types"):
            known = (*BUILT_IN_NAMES, *report.declared("types"))
            start = len(text) - len(name)
            report.known(name, known, "type", path, (start, len(text)))
        return None
    for _ in range(depth):
        declared = list_of(declared)
    return declared
