"""The parts of a ruleset's facts that a column can state: simple values, and lists of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clients.score.problems import ScoreError
from clients.score.words import plain
from engine import Ruleset
from engine.ruleset.localized import Language, Localized
from engine.ruleset.types import DeclaredType


@dataclass(frozen=True)
class Leaf:
    """What a column can state.

    Attributes:
        path: such as ``tasks.total``.
        declared: its type.
        labels: what people call it, of the fact first and then of each field on the way.
        unit: what it is counted in, or empty.
        personal: whether it is about a person.
    """

    path: str
    declared: DeclaredType
    labels: tuple[Localized, ...]
    unit: str = ""
    personal: bool = True

    def label(self, language: Language) -> str:
        """What people call it: ``Nhiệm vụ của viên chức: số nhiệm vụ được giao``."""
        return ": ".join(label.in_(language) for label in self.labels)


def leaves_of(ruleset: Ruleset) -> Mapping[str, Leaf]:
    """The leaves of a ruleset's facts by path, in the order of the document; a list of records is one leaf."""
    return {
        leaf.path: leaf
        for fact in ruleset.facts.values()
        for leaf in _inside(fact.name, fact.declared, (fact.label,), fact.unit, fact.personal)
    }


def fields_of(item: DeclaredType) -> Mapping[str, Leaf]:
    """The leaves of the items of a list, by path within an item."""
    return {leaf.path: leaf for leaf in _inside("", item, (), "", personal=True)}


def _inside(
    path: str, declared: DeclaredType, labels: tuple[Localized, ...], unit: str, personal: bool
) -> Iterator[Leaf]:
    if declared.kind != "record":
        yield Leaf(path, declared, labels, unit, personal)
        return
    for name, member in declared.fields.items():
        inner = f"{path}.{name}" if path else name
        further = (*labels, member.label) if member.label else labels
        yield from _inside(inner, member.type, further, "", personal)


def leaf_at(leaves: Mapping[str, Leaf], path: str, where: str) -> Leaf:
    """The leaf of a path that the mapping names at `where`.

    Raises:
        ScoreError: there is none; with the nearest.
    """
    if path in leaves:
        return leaves[path]
    inside = [each for each in leaves if each.startswith(f"{path}.")]
    near = inside or difflib.get_close_matches(path, leaves, n=3, cutoff=0.5) or list(leaves)
    raise ScoreError(f"{where}: there is no fact '{path}' for a column to state; there is {', '.join(near)}")


def columns_by_name(columns: tuple[str, ...], leaves: Mapping[str, Leaf]) -> dict[str, str]:
    """The columns that are called as a fact is: by its path, or a label that no other has; to the fact's path."""
    known: dict[str, set[str]] = {}
    for leaf in leaves.values():
        labels = {plain(leaf.label(language)) for language in ("vi", "en")}
        if len(leaf.labels) > 1:
            labels |= {plain(leaf.labels[-1].vi), plain(leaf.labels[-1].en)}
        for label in labels:
            known.setdefault(label, set()).add(leaf.path)
    known |= {plain(path): {path} for path in leaves}
    found: dict[str, str] = {}
    for column in columns:
        paths = known.get(plain(column), set())
        if len(paths) == 1 and (path := next(iter(paths))) not in found.values():
            found[column] = path
    return found
