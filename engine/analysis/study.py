"""A ruleset under study: the document with its places, the linked ruleset, and the trees of its expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from engine.analysis.kinds import KINDS
from engine.analysis.model import Finding, Sentences, Severity, Witness
from engine.feel.errors import FeelError
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.references import references
from engine.feel.tree import Node, children
from engine.feel.types import Type
from engine.ruleset.cases import Case
from engine.ruleset.document import Document, TableInput, TableOutput
from engine.ruleset.ruleset import Ruleset
from engine.ruleset.score import PARTS, SCORE
from engine.ruleset.source import Path, Source
from engine.ruleset.table_text import lines_of


class Site(NamedTuple):
    """An expression where it stands.

    Attributes:
        path: of the text that holds it.
        start: where it begins within that text.
        text: as written.
        node: its tree.
    """

    path: Path
    start: int
    text: str
    node: Node


@dataclass(frozen=True)
class Study:
    """What the analyses look at.

    Attributes:
        source: the file, with the place of everything in it.
        document: what stands in it.
        ruleset: what it means.
        others: rulesets beside it.
        cases: records that its author wrote, with those of the document; where a search begins.
    """

    source: Source
    document: Document
    ruleset: Ruleset
    others: Sequence[Ruleset] = ()
    cases: Sequence[Case] = field(default=())

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every expression of the document, in its order; of a table, each different cell of a column once."""
        return tuple(self._sites())

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The first day in effect, and each later one on which a parameter changes."""
        effective = self.ruleset.effective
        first = effective.from_ or date.min
        starts = {value.period.from_ for each in self.ruleset.parameters.values() for value in each.values}
        later = {day for day in starts if day is not None and day > first and day in effective}
        return (first, *sorted(later))

    def parse(self, text: str) -> Node:
        """The tree of an expression of the ruleset, which is known to be right."""
        return parse(text, types=self._types)

    @cached_property
    def _types(self) -> Mapping[str, Type]:
        return {name: declared.feel for name, declared in self.ruleset.types.items()}

    def found(
        self,
        name: str,
        path: Path,
        details: Mapping[str, object],
        *,
        witness: Witness | None = None,
        at_key: bool = False,
        span: tuple[int, int] | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of a kind at a place.

        Args:
            name: of the kind, see `engine.analysis.kinds`.
            path: where in the document.
            details: what the sentences of the kind put in.
            witness: a record that shows it.
            at_key: point at the key, not at the value.
            span: start and end within the text at `path`.
            severity: if not that of the kind.
        """
        kind = KINDS[name]
        english, vietnamese = (
            Sentences(*(part.in_(language).format_map(details) for part in (kind.what, kind.why, kind.how)))
            for language in ("en", "vi")
        )
        problem = self.source.problem(name, path, *english, at_key=at_key, span=span)
        return Finding(name, severity or kind.severity, problem, vietnamese, witness)

    def _sites(self) -> Iterator[Site]:
        document = self.document
        if document.selects is not None:
            yield from self._site(("selects",), document.selects)
        for name, text in document.definitions.items():
            yield from self._site(("definitions", name), text)
        for name in document.tables:
            yield from self._of_table(name)
        for name, criterion in document.criteria.items():
            if criterion.applies is not None:
                yield from self._site(("criteria", name, "applies"), criterion.applies)
            yield from self._site(("criteria", name, "holds"), criterion.holds)
        yield from self._of_score()
        yield from self._of_quota()

    def _site(self, path: Path, text: str) -> Iterator[Site]:
        yield Site(path, 0, text, self.parse(text))

    def _of_table(self, name: str) -> Iterator[Site]:
        table = self.document.tables[name]
        for column, written in table.inputs.items():
            path: Path = ("tables", name, "inputs", column)
            if isinstance(written, TableInput):
                yield from self._site((*path, "expression"), written.expression)
            else:
                yield from self._site(path, written)
        for column, output in table.outputs.items():
            if isinstance(output, TableOutput) and output.default is not None:
                yield from self._site(("tables", name, "outputs", column, "default"), output.default)
        seen: set[str] = set()
        for line in lines_of(table.rules):
            for piece in line.pieces if line.number else ():
                if piece.text not in seen:
                    seen.add(piece.text)
                    try:
                        node = parse_unary_tests(piece.text, types=self._types)
                    except FeelError:
                        continue  # the loader has read it as what it is: a word, or an expression
                    yield Site(("tables", name, "rules"), piece.start, piece.text, node)

    def _of_score(self) -> Iterator[Site]:
        score = self.document.score
        for name, part in score.parts.items() if score is not None else ():
            path: Path = ("score", "parts", name)
            yield from self._site((*path, "points"), part.points)
            yield from self._site((*path, "maximum"), part.maximum)
            for each, deduction in part.deductions.items():
                yield from self._site((*path, "deductions", each, "points"), deduction.points)
        if score is not None and score.maximum is not None:
            yield from self._site(("score", "maximum"), score.maximum)

    def _of_quota(self) -> Iterator[Site]:
        quota = self.document.quota
        if quota is None:
            return
        limits = {("quota", "at_most"): quota.at_most} | {
            ("quota", "readings", name, "at_most"): reading.at_most
            for name, reading in quota.readings.items()
        }
        for path, limit in limits.items():
            for key in ("share", "raised_to", "when"):
                text = None if limit is None else getattr(limit, key)
                if text is not None:
                    yield from self._site((*path, key), text)
        for index, rank in enumerate(quota.rank_by):
            yield from self._site(("quota", "rank_by", index), rank.rpartition(" ")[0])


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def names_read(node: Node) -> frozenset[str]:
    """The names that an expression reads: facts, parameters, definitions, tables and the score."""
    return frozenset(path.partition(".")[0] for path in references(node))


OF_SCORE = frozenset((PARTS, SCORE))
