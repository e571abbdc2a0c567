"""The tree of a campaign: who is under whom, in which order they are judged, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.campaign.model import Organisation, Subject
from engine.campaign.problems import CampaignProblem, Code


@dataclass(frozen=True, slots=True)
class Tree:
    """The organisations of a campaign.

    Attributes:
        organisations: by id, in the order in which they are judged: lower before higher, then by id.
        children: by id, the ids of the organisations directly below, in order.
        cyclic: those that are in a circle; the rating of one is not known to the one above it.
        doubtful: those that are given several times, and so are not judged.
        depths: by id, how many are above it; of one in a circle none.
        problems: what is wrong with the tree.
    """

    organisations: Mapping[str, Organisation]
    children: Mapping[str, tuple[str, ...]]
    cyclic: frozenset[str]
    doubtful: frozenset[str]
    depths: Mapping[str, int]
    problems: tuple[CampaignProblem, ...]


def build_tree(organisations: Iterable[Organisation]) -> Tree:
    """The tree of `organisations`, whatever is wrong with them; nothing here recurses, however deep it is."""
    given: dict[str, list[Organisation]] = {}
    for organisation in organisations:
        given.setdefault(organisation.id, []).append(organisation)
    parents = {id_: _parent(given[id_]) for id_ in sorted(given)}
    known = {id_: parent for id_, parent in parents.items() if parent in given}
    cycles = list(_cycles(known))
    cyclic = frozenset(id_ for cycle in cycles for id_ in cycle)

    children: dict[str, list[str]] = {id_: [] for id_ in parents}
    for id_, parent in known.items():
        children[parent].append(id_)
    tops = [id_ for id_ in parents if id_ not in known or id_ in cyclic]
    depths = _depths(tops, children, cyclic)
    order = sorted(parents, key=lambda id_: (-depths[id_], id_))
    return Tree(
        {id_: given[id_][0] for id_ in order},
        {id_: tuple(below) for id_, below in children.items()},
        cyclic,
        frozenset(id_ for id_, several in given.items() if len(several) > 1),
        depths,
        (
            *_duplicates(given),
            *_orphans(parents, known, given),
            *(_problem(Code.CYCLE, cycle, given) for cycle in cycles),
        ),
    )


def _parent(several: list[Organisation]) -> str | None:
    """The parent of an organisation; None where it is given several times with different ones."""
    parents = {organisation.parent for organisation in several}
    return parents.pop() if len(parents) == 1 else None


def _cycles(parents: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from its smallest id on, every organisation followed by its parent."""
    done: set[str] = set()
    for start in parents:
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in way:
            way[at] = len(way)
            at = parents.get(at)
        if at is not None and at in way:
            cycle = list(way)[way[at] :]
            first = cycle.index(min(cycle))
            yield (*cycle[first:], *cycle[:first])
        done.update(way)


def _depths(
    tops: Iterable[str], children: Mapping[str, Iterable[str]], cyclic: frozenset[str]
) -> dict[str, int]:
    depths = dict.fromkeys(tops, 0)
    waiting = list(depths)
    while waiting:
        above = waiting.pop()
        for below in children[above]:
            if below not in cyclic:
                depths[below] = depths[above] + 1
                waiting.append(below)
    return depths


def _duplicates(given: Mapping[str, list[Organisation]]) -> Iterator[CampaignProblem]:
    for id_ in sorted(given):
        if len(given[id_]) > 1:
            yield _problem(Code.DUPLICATE, (id_,), given, count=str(len(given[id_])))


def _orphans(
    parents: Mapping[str, str | None],
    known: Mapping[str, str | None],
    given: Mapping[str, list[Organisation]],
) -> Iterator[CampaignProblem]:
    for id_, parent in parents.items():
        if parent is not None and id_ not in known:
            yield _problem(Code.ORPHAN, (id_,), given, parent=parent)


def _problem(
    code: Code, ids: Iterable[str], given: Mapping[str, list[Organisation]], **details: str
) -> CampaignProblem:
    subjects = tuple(map(Subject, ids))
    # Of several records of one organisation, the name does not depend on the order in which they came.
    names = {id_: max(organisation.name for organisation in given[id_]) for id_, *_ in subjects}
    return CampaignProblem(code, subjects, details, names)
