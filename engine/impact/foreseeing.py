"""Judges records by two rulesets, and tells what differs.

The work goes chunk by chunk, each chunk a part by itself: parts can be made by several processes, kept in a journal
and gone on with, or come from tables that judge a chunk at once; they add up to the same impact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final

from engine.evaluation import evaluator_of
from engine.facts import RecordError
from engine.feel.errors import FeelLimitError
from engine.findings import Status
from engine.impact.model import DECISION, Change, Impact, Part, Subject
from engine.impact.tally import Flip, Group, Move, Tally
from engine.judgement import Judgement, VerdictStatus
from engine.ruleset.ruleset import Ruleset
from engine.verdict import Verdict

CHUNK: Final = 1_000  # records of a part
REFUSED: Final = "refused"  # what a record comes to that a ruleset cannot read


class Foreseer:
    """Foresees what a draft changes. Safe to use from many threads."""

    def __init__(self, draft: Ruleset, against: Ruleset | None = None, *, by: str = "") -> None:
        """Make both ready.

        Args:
            draft: the draft.
            against: the rules in force; None where every subject says by which it was judged.
            by: the path of the fact that tells the groups apart, such as ``unit_id``; empty: no groups.

        Raises:
            InferenceLimitError: a decision is larger than forward chaining is safe with.
        """
        self.draft = draft
        self.against = against
        self._by = tuple(by.split(".")) if by else ()
        self._new = evaluator_of(draft)

    def parts(self, chunks: Iterable[Sequence[Subject]], done: int = 0) -> Iterator[Part]:
        """The part of each chunk, made as it is asked for; `done` records came before them."""
        for chunk in chunks:
            done += len(chunk)
            yield self.part(chunk, done)

    def part(self, chunk: Sequence[Subject], done: int) -> Part:
        """What becomes of the records of one chunk; with it, `done` are done."""
        moves: Counter[Move] = Counter()
        flipped: Counter[Flip] = Counter()
        groups: dict[str, Counter[Move]] = {}
        changes = []
        for subject in chunk:
            before, after = self.verdicts(subject)
            move = (result_name(before), result_name(after))
            moves[move] += 1
            group = self._group(subject.record) if self._by else ""
            if self._by:
                groups.setdefault(group, Counter())[move] += 1
            if move[0] != move[1]:
                flips = tuple(_flips(before, after))
                flipped.update(flips)
                changes.append(Change(subject.ref, *move, flips, group))
        grouped = {name: Group(counted.total(), counted) for name, counted in groups.items()}
        return Part(done, Tally(moves, flipped, grouped), tuple(changes))

    def verdicts(self, subject: Subject) -> tuple[Verdict | None, Verdict | None]:
        """What `subject` comes to now, and by the draft; None where a ruleset cannot read it.

        The draft judges as if it had been in force: on the day of the evaluation, or the nearest of its own.

        Raises:
            ValueError: the subject does not say by which ruleset it was judged, and none is in force.
        """
        live = subject.judged_by or self.against
        if live is None:
            raise ValueError("name the ruleset that the draft is held against")
        return _verdict(live, subject, subject.on), _verdict(self.draft, subject, self.day(subject.on))

    def day(self, on: date) -> date:
        """The day on which the draft judges what is judged `on` a day."""
        effective = self.draft.effective
        if effective.from_ is not None and on < effective.from_:
            return effective.from_
        if effective.until is not None and on > effective.until:
            return effective.until
        return on

    def _group(self, record: Mapping[str, object]) -> str:
        value: object = record
        for step in self._by:
            value = value.get(step) if isinstance(value, Mapping) else None
        return "" if value is None or isinstance(value, list | Mapping) else str(value)


def impact(draft: Ruleset, live: Ruleset | None, records: Iterable[Subject], *, by: str = "") -> Impact:
    """What `draft` changes of all `records`, at once; see `Foreseer` for parts of it."""
    return Impact.of(draft, live, Foreseer(draft, live, by=by).parts(in_chunks(records)))


def in_chunks(subjects: Iterable[Subject], size: int = CHUNK) -> Iterator[tuple[Subject, ...]]:
    """`subjects`, so many at a time."""
    iterator = iter(subjects)
    while chunk := tuple(islice(iterator, size)):
        yield chunk


def _verdict(ruleset: Ruleset, subject: Subject, on: date) -> Verdict | None:
    try:
        return evaluator_of(ruleset).evaluate(subject.record, on)
    except (RecordError, FeelLimitError):
        return None


def result_name(verdict: Verdict | None) -> str:
    """What a verdict comes to, as one word that two verdicts share only if they come to the same."""
    if verdict is None:
        return REFUSED
    judgement = verdict.judgement
    if judgement.status is VerdictStatus.DECIDED:
        return judgement.outcome or ""
    if judgement.status is not VerdictStatus.UNDETERMINED:
        return judgement.status.value
    ends = dict.fromkeys(filter(None, (judgement.lowest, judgement.highest)))
    return " ".join([judgement.status.value, "..".join(ends), *judgement.possible]).strip()


def _flips(before: Verdict | None, after: Verdict | None) -> Iterator[Flip]:
    """The criteria by which the results differ."""
    if before is None or after is None:
        return  # a record that cannot be read is not moved by a rule
    old, new = _statuses(before), _statuses(after)
    moving = _moving(before.judgement) | _moving(after.judgement)
    found = [
        Flip(name, None if was is None else was.value, None if is_ is None else is_.value)
        for name in dict.fromkeys((*new, *old))
        if name in moving and (was := old.get(name)) is not (is_ := new.get(name))
    ]
    yield from found or [Flip(DECISION, None, None)]


def _statuses(verdict: Verdict) -> dict[str, Status]:
    criteria = verdict.ruleset.criteria
    return {
        criterion.name: status for criterion, status in zip(criteria, verdict.found.signature, strict=True)
    }


def _moving(judgement: Judgement) -> set[str]:
    """The criteria that keep a judgement from being higher."""
    return {block.criterion for each in judgement.why_not for block in each.blocks}
