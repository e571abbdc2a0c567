"""The meaning of a ruleset as parts with aspects: what can be compared, without its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeAlias

from engine.comparison.aspects import ASPECTS, How
from engine.comparison.trees import Expression, expanded
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.tables import HitPolicy
from engine.feel.tree import Node
from engine.ruleset import document as written
from engine.ruleset import source
from engine.ruleset.document import Document, Section, as_list, names_of
from engine.ruleset.localized import Localized
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.validate import validate


@dataclass(frozen=True, slots=True)
class Names:
    """Several names; `ordered` where their order says something."""

    names: tuple[str, ...]
    ordered: bool = False


Aspect: TypeAlias = Expression | Names | str | bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a ruleset that has a name.

    Attributes:
        section: what it is, such as ``criterion``.
        name: what it is called within its section.
        aspects: what is said of it, by name.
        label: what people call it, where there is a label.
        within: the key of the part that it belongs to, if it does.
    """

    section: str
    name: str
    aspects: Mapping[str, Aspect]
    label: Localized | None = None
    within: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Tells it from all others."""
        return self.section, self.name


_ROWS_IN_ORDER: Final = (HitPolicy.FIRST, HitPolicy.RULE_ORDER, HitPolicy.COLLECT)


class Meaning:
    """What a ruleset says, apart from its texts.

    Args:
        ruleset: the ruleset.
        document: what stands in its text; left out, it is read.
        renamed: for each criterion that another ruleset calls otherwise, what it is called there.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        document: Document | None = None,
        renamed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.ruleset = ruleset
        self.document = document or _document(ruleset)
        self._renamed = renamed
        self._types = {name: declared.feel for name, declared in ruleset.types.items()}
        self._definitions: dict[str, Node] = {}
        for each in ruleset.definitions:  # each after those that it reads
            if each.name not in ruleset.tables and each.name not in (PARTS, SCORE):
                self._definitions[each.name] = expanded(each.node, self._definitions)

    def parts(self) -> Iterator[Part]:
        """Its parts, in the order in which changes of them are told."""
        ruleset, document = self.ruleset, self.document
        yield self._part("ruleset", "", document)
        outcomes = Names(names_of(document.outcomes), ordered=True)
        yield Part("outcomes", "", MappingProxyType({"order": outcomes}))
        for name, type_ in document.types.items():
            yield from self._of_type(name, type_)
        for name, fact in document.facts.items():
            yield self._part("fact", name, fact, ruleset.facts[name].label)
        for name, each in self._definitions.items():
            own = next(definition.node for definition in ruleset.definitions if definition.name == name)
            yield Part("definition", name, MappingProxyType({"is": Expression(own, each)}))
        for name, table in document.tables.items():
            yield from self._of_table(name, table)
        for name, criterion in document.criteria.items():
            label = ruleset.criterion(name).label
            yield self._part("criterion", self._called(name), criterion, label)
        if document.score is not None:
            yield from self._of_score(document.score)
        yield from self._of_decision(document.decision)
        for gap in document.gaps:
            yield self._part("gap", gap.name, gap)
        if document.quota is not None:
            yield self._part("quota", "", document.quota)
            for name, reading in document.quota.readings.items():
                label = Localized(reading.label.vi, reading.label.en)
                yield self._part("reading", name, reading, label, within=("quota", ""))
        for name, instrument in document.sources.items():
            yield self._part("source", name, instrument, ruleset.sources[name].title)

    def _called(self, criterion: str) -> str:
        return self._renamed.get(criterion, criterion)

    def _part(
        self,
        section: str,
        name: str,
        said: Section,
        label: Localized | None = None,
        within: tuple[str, str] | None = None,
    ) -> Part:
        return Part(section, name, MappingProxyType(dict(self._aspects(said))), label, within)

    def _aspects(self, said: Section, within: str = "") -> Iterator[tuple[str, Aspect]]:
        for key, how in ASPECTS[type(said)].items():
            name, value = f"{within}{key.rstrip('_')}", getattr(said, key)
            if how is How.INSIDE:
                if value is not None:
                    yield from self._aspects(value, f"{name}.")
            elif how not in (How.TEXT, How.APART):
                yield name, self._aspect(how, value)

    def _aspect(self, how: How, value: object) -> Aspect:
        match how:
            case How.CRITERIA:
                return Names(tuple(self._called(str(each)) for each in as_list(value)))
            case How.SET | How.ORDER:
                return Names(tuple(map(_joined, as_list(value))), ordered=how is How.ORDER)
            case How.EXPRESSION:
                return None if value is None else self._expression(parse(str(value), types=self._types))
            case How.TESTS:
                return None if value is None else self._expression(parse_unary_tests(str(value)))
        return value if value is None or isinstance(value, bool) else str(value)

    def _expression(self, node: Node) -> Expression:
        return Expression(node, expanded(node, self._definitions))

    def _of_type(self, name: str, type_: object) -> Iterator[Part]:
        declared = self.ruleset.types[name]
        if declared.kind == "enum":
            values = Names(tuple(declared.values), ordered=True)
            yield Part("type", name, MappingProxyType({"order": values}))
            return
        yield Part("type", name, MappingProxyType({}))
        for key, field in type_.items() if isinstance(type_, dict) else ():
            said = written.RecordField(type=field) if isinstance(field, str) else field
            label = declared.fields[key].label
            yield self._part("field", f"{name}.{key}", said, label, within=("type", name))

    def _of_table(self, name: str, said: written.TableDeclaration) -> Iterator[Part]:
        """The table, its columns, and its rows, which are told apart by their conditions."""
        table, key = self.ruleset.tables[name], ("table", name)
        decision = table.decision
        rows = {
            " | ".join(str(self._expression(test)) for test in rule.tests): rule for rule in decision.rules
        }
        head = self._part(*key, said, table.label)
        if decision.hit in _ROWS_IN_ORDER:
            order = Names(tuple(rows), ordered=True)
            head = replace(head, aspects=MappingProxyType({**head.aspects, "row_order": order}))
        yield head
        for column in decision.inputs:
            aspects: dict[str, Aspect] = {
                "is": self._expression(column.expression),
                "allowed": None if column.allowed is None else self._expression(column.allowed),
            }
            yield Part("column", f"{name}.{column.name}", MappingProxyType(aspects), within=key)
        for output in decision.outputs:
            aspects = {
                "type": str(output.type),
                "values": Names(tuple(map(str, output.values)), ordered=True),
                "default": None if output.default is None else self._expression(output.default),
            }
            yield Part("column", f"{name}.{output.name}", MappingProxyType(aspects), within=key)
        for conditions, rule in rows.items():
            results = zip(decision.outputs, rule.results, strict=True)
            gives = {output.name: self._expression(result) for output, result in results}
            yield Part("row", f"{name}: {conditions}", MappingProxyType(gives), within=key)

    def _of_score(self, score: written.ScoreDeclaration) -> Iterator[Part]:
        yield self._part("score", "", score)
        for name, part in score.parts.items():
            label = Localized(part.label.vi, part.label.en)
            yield self._part("score_part", name, part, label, within=("score", ""))
            for key, deduction in part.deductions.items():
                label = Localized(deduction.label.vi, deduction.label.en)
                own = f"{name}.{key}"
                yield self._part("deduction", own, deduction, label, within=("score_part", name))

    def _of_decision(self, decision: written.DecisionDeclaration) -> Iterator[Part]:
        yield self._part("decision", "", decision)
        for section, gates in (
            ("cannot_evaluate", decision.cannot_evaluate),
            ("not_rated", decision.not_rated),
        ):
            for gate in gates:
                yield self._part(section, self._called(gate.unless), gate)
        for section, lines in (("ground", decision.grounds), ("rung", decision.ladder)):
            for outcome, criteria in lines.items():
                names = Names(tuple(map(self._called, criteria)))
                label = self.ruleset.outcome_label(outcome)
                yield Part(section, outcome, MappingProxyType({"criteria": names}), label)
        for ceiling in decision.ceilings:
            yield self._part("ceiling", f"{ceiling.at_most} unless {self._called(ceiling.unless)}", ceiling)
        for consequence in decision.consequences:
            yield self._part("consequence", self._condition(consequence.when), consequence)

    def _condition(self, when: list[str]) -> str:
        pairs = (token.split() for token in when)
        return ", ".join(sorted(" ".join((kind, *map(self._called, names))) for kind, *names in pairs))


def _document(ruleset: Ruleset) -> Document:
    document, _ = validate(source.read(ruleset.text, ""), Document)
    if document is None:
        raise AssertionError("a ruleset that was loaded has a document that is right")
    return document


def _joined(value: object) -> str:
    """A name, or several that belong together, on one line."""
    return "+".join(value) if isinstance(value, list) else " ".join(str(value).split())
