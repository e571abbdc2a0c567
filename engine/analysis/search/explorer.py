"""Looks for records with given findings: random ones first, then step by step from the nearest.

What is found has been evaluated. What is not found may be there all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any, Final, NamedTuple

from engine.analysis.search.candidates import Candidates, Leaf
from engine.analysis.study import OF_SCORE, Study
from engine.facts import FactsReader, RecordError
from engine.feel.errors import FeelLimitError
from engine.feel.unknown import Unknown
from engine.findings import Signature, Status
from engine.judgement import Judgement
from engine.judging import Judge

RECORDS: Final = 200  # made at random before anything is looked for
TRIES: Final = 600  # records evaluated for one question
MAX_EVALUATIONS: Final = 50_000  # of records of one ruleset
LIMITS_PASSED: Final = 5  # times that a record may pass a limit of the language: each takes its time
STARTS: Final = 3  # records of the pool that a search begins from
SEED: Final = 20_260_101  # of the random numbers, so that a check says the same every time

HOLDING: Final = frozenset((Status.MET, Status.NOT_APPLICABLE))
UNMET: Final = frozenset((Status.UNMET,))
Wanted = Mapping[str, Collection[Status]]
"""The statuses that criteria may have, by name."""


class Tried(NamedTuple):
    """A record that has been evaluated: its facts, complete, and what each criterion says."""

    facts: Mapping[str, Any]
    signature: Signature


class Explorer:
    """Tries records of one ruleset on one day, and remembers what they came to."""

    def __init__(self, study: Study, day: dt.date) -> None:
        self.study, self.day = study, day
        self._random = Random(SEED)  # noqa: S311 - nothing secret
        self._candidates = Candidates(study, day)
        self._judge = Judge(study.ruleset)
        self._parameters = study.ruleset.parameters_on(day)
        self._index = {criterion.name: criterion.index for criterion in study.ruleset.criteria}
        self._left = MAX_EVALUATIONS
        self._pool: dict[Signature, Tried] = {}
        for facts in self._beginnings():
            self.tried(facts)

    def status(self, tried: Tried, criterion: str) -> Status:
        """What a criterion says of a record."""
        return tried.signature[self._index[criterion]]

    def judged(self, tried: Tried) -> Judgement:
        """What follows from the findings on a record."""
        return self._judge.judge(tried.signature)

    def seek(
        self, wanted: Wanted, accept: Callable[[Tried], bool] = lambda _: True, tries: int = TRIES
    ) -> Tried | None:
        """A record with the wanted statuses that is accepted, or None where none was found."""
        goal = [(self._index[name], statuses) for name, statuses in wanted.items()]
        ranked = sorted(self._pool.values(), key=lambda tried: -_agreement(tried, goal))
        for tried in ranked:
            if _agreement(tried, goal) < len(goal):
                break
            if accept(tried):
                return tried
        for start in ranked[:STARTS]:
            found = self._climb(start, goal, accept, tries // STARTS)
            if found is not None:
                return found
        return None

    def _climb(
        self,
        current: Tried,
        goal: list[tuple[int, Collection[Status]]],
        accept: Callable[[Tried], bool],
        tries: int,
    ) -> Tried | None:
        """From a record on, one leaf changed at a time, to one that agrees no less."""
        reached = _agreement(current, goal)
        for _ in range(tries):
            open_ = [index for index, statuses in goal if current.signature[index] not in statuses]
            leaves = self._leaves_of[self._random.choice(open_)] if open_ else self._candidates.leaves
            if not leaves:
                return None
            tried = self.tried(self.changed(current.facts, self._random.choice(leaves)))
            if tried is None:
                continue
            agreement = _agreement(tried, goal)
            if agreement == len(goal) and accept(tried):
                return tried
            if agreement >= reached:
                current, reached = tried, agreement
        return None

    # Records

    def tried(self, facts: Mapping[str, Any]) -> Tried | None:
        """A record, complete, with what each criterion says of it; None where a limit was passed."""
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            signature = self.study.ruleset.program.judge({**facts, **self._parameters})[0]
        except FeelLimitError:
            self._left -= MAX_EVALUATIONS // LIMITS_PASSED
            return None
        tried = Tried(facts, signature)
        self._pool.setdefault(tried.signature, tried)
        return tried

    def _beginnings(self) -> Iterator[dict[str, Any]]:
        """The author's records, what they leave out filled in; then random ones."""
        reader = FactsReader(self.study.ruleset.facts)
        for case in self.study.cases:
            try:
                yield self.complete(reader.read(case.record))
            except RecordError:
                continue
        for _ in range(RECORDS):
            yield self.complete({})

    def complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A record that states these values of facts, and everything else at random."""
        facts: dict[str, Any] = {}
        for leaf in self._candidates.leaves:
            value: Any = values
            for key in leaf.keys:
                value = value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING
            if value is _NOTHING or _has_unknown(value):
                value = self._candidates.value(leaf, self._random)
            _put(facts, leaf.keys, value)
        return facts

    def changed(self, facts: Mapping[str, Any], leaf: Leaf) -> dict[str, Any]:
        """The facts with another value at a leaf."""
        changed: dict[str, Any] = _copied(facts)
        current = _at(changed, leaf.keys)
        if leaf.declared.kind == "list" and current and self._random.randrange(3):
            value: Any = self._edited(current, leaf)
        elif leaf.declared.kind in ("count", "number", "date") and not self._random.randrange(3):
            value = self._like_another(changed, leaf)
        else:
            value = self._candidates.value(leaf, self._random)
        fact = leaf.fact
        if fact is not None and value is not None and fact.allows(value) is not True:
            value = self._candidates.value(leaf, self._random)
        _put(changed, leaf.keys, value)
        return changed

    def _edited(self, items: list[Any], leaf: Leaf) -> list[Any]:
        """A list with an item more, one less, or one that is another."""
        assert leaf.declared.item is not None  # noqa: S101 - a list has items of a type
        place = self._random.randrange(len(items))
        item = self._candidates.item(leaf.declared.item, self._random)
        match self._random.randrange(3):
            case 0:
                return [*items, item]
            case 1:
                return items[:place] + items[place + 1 :]
        if isinstance(item, dict) and isinstance(items[place], dict):
            name = self._random.choice(list(item))
            item = items[place] | {name: item[name]}
        return [*items[:place], item, *items[place + 1 :]]

    def _like_another(self, facts: Mapping[str, Any], leaf: Leaf) -> Any:
        """The value of another fact of the kind, or one beside it: figures are often compared with each other."""
        alike = [each for each in self._candidates.leaves if each.declared.kind == leaf.declared.kind]
        value = _at(facts, self._random.choice(alike).keys)
        if value is None:
            return self._candidates.value(leaf, self._random)
        if isinstance(value, dt.date):
            return value + dt.timedelta(days=self._random.choice((-1, 0, 0, 1)))
        value += self._random.choice((-1, 0, 0, 1))
        return max(value, value * 0) if leaf.declared.kind == "count" else value

    @cached_property
    def _leaves_of(self) -> list[list[Leaf]]:
        """The leaves that each criterion looks at, through definitions, tables and the score."""
        return [self.leaves(criterion.reads) for criterion in self.study.ruleset.criteria]

    def leaves(self, reads: Iterable[str]) -> list[Leaf]:
        """The leaves among the facts that are read; those of the score where that is."""
        reads, score = set(reads), self.study.ruleset.score
        if score is not None and any(path.partition(".")[0] in OF_SCORE for path in reads):
            reads.update(score.reads)
        return [leaf for leaf in self._candidates.leaves if _touched(leaf.path, reads)]

    def stated(self, facts: Mapping[str, Any], leaf: Leaf, value: Any) -> dict[str, Any]:
        """The facts with a value at a leaf."""
        changed: dict[str, Any] = _copied(facts)
        _put(changed, leaf.keys, value)
        return changed

    def climb(
        self,
        facts: Mapping[str, Any],
        leaves: Sequence[Leaf],
        agreement: Callable[[Mapping[str, Any]], int],
        goal: int,
    ) -> Mapping[str, Any] | None:
        """From a record on, one of the leaves changed at a time, to one of which `agreement` gives `goal`."""
        reached = agreement(facts)
        for _ in range(TRIES if leaves else 0):
            if reached >= goal:
                return facts
            changed = self.changed(facts, self._random.choice(leaves))
            found = agreement(changed)
            if found >= reached:
                facts, reached = changed, found
        return facts if reached >= goal else None


_NOTHING: Final = object()


def _touched(path: str, reads: Iterable[str]) -> bool:
    return any(read == path or read.startswith(f"{path}.") or path.startswith(f"{read}.") for read in reads)


def _agreement(tried: Tried, goal: Iterable[tuple[int, Collection[Status]]]) -> int:
    return sum(tried.signature[index] in statuses for index, statuses in goal)


def _has_unknown(value: Any) -> bool:
    match value:
        case Unknown():
            return True
        case list():
            return any(map(_has_unknown, value))
        case dict():
            return any(map(_has_unknown, value.values()))
    return False


def _at(facts: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    value: Any = facts
    for key in keys:
        value = value[key]
    return value


def _put(facts: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    for key in keys[:-1]:
        facts = facts.setdefault(key, {})
    facts[keys[-1]] = value


def _copied(value: Any) -> Any:
    """A copy of records; lists are never changed in place, and so are shared."""
    return {name: _copied(each) for name, each in value.items()} if isinstance(value, dict) else value
